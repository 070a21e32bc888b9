#include "schema/table_refs.h"

namespace tbl::schema {

namespace {

class Finder {
 public:
  explicit Finder(std::string_view sql) : cursor_(sql) {}

  std::optional<std::vector<TableRef>> find() {
    if (!statement()) return std::nullopt;
    return std::move(refs_);
  }

 private:
  bool statement() {
    if (cursor_.skip({"CREATE"})) return create();
    if (cursor_.skip({"DROP"})) return drop();
    if (cursor_.skip({"ALTER"})) return alter();
    if (cursor_.skip({"TRUNCATE"})) {
      cursor_.skip({"TABLE"});
      return table();
    }
    return (cursor_.skip({"RENAME", "TABLE"}) || cursor_.skip({"RENAME", "TABLES"})) && renames();
  }

  bool create() {
    if (is_database()) {
      cursor_.skip({"IF", "NOT", "EXISTS"});
      return database(RefKind::kDatabase);
    }
    if (cursor_.skip({"TABLE"})) {
      cursor_.skip({"IF", "NOT", "EXISTS"});
      if (!table()) return false;
      const bool is_copy = cursor_.skip({"LIKE"}) || cursor_.skip({"(", "LIKE"});
      return is_copy ? table() : rest(false);
    }
    for (const char* kind : {"UNIQUE", "FULLTEXT", "SPATIAL"}) cursor_.skip({kind});
    if (!cursor_.skip({"INDEX"})) return false;
    cursor_.skip({"IF", "NOT", "EXISTS"});
    return index_on();
  }

  bool drop() {
    if (is_database()) {
      cursor_.skip({"IF", "EXISTS"});
      return database(RefKind::kDroppedDatabase);
    }
    if (cursor_.skip({"TABLE"}) || cursor_.skip({"TABLES"})) {
      cursor_.skip({"IF", "EXISTS"});
      do {
        if (!table()) return false;
      } while (cursor_.skip({","}));
      return true;
    }
    if (!cursor_.skip({"INDEX"})) return false;
    cursor_.skip({"IF", "EXISTS"});
    return index_on();
  }

  bool alter() {
    if (is_database()) {
      // The name may be left out: then it is the session's.
      for (const char* option : {"CHARACTER", "CHARSET", "COLLATE", "DEFAULT"}) {
        if (cursor_.skip({option})) return true;
      }
      return database(RefKind::kDatabase);
    }
    cursor_.skip({"IGNORE"});
    return cursor_.skip({"TABLE"}) && table() && rest(true);
  }

  bool renames() {
    do {
      if (!table() || !cursor_.skip({"TO"}) || !table()) return false;
    } while (cursor_.skip({","}));
    return true;
  }

  // What a definition or an action names besides: referenced, exchanged, new tables.
  bool rest(bool is_alter) {
    bool action_begins = is_alter;
    while (!cursor_.at_end()) {
      if (cursor_.skip({"REFERENCES"}) || cursor_.skip({"WITH", "TABLE"})) {
        if (!table()) return false;
      } else if (action_begins && cursor_.skip({"RENAME"})) {
        if (!renamed()) return false;
      }
      action_begins = is_alter && cursor_.skip({","});
      if (!action_begins) cursor_.skip_token();
    }
    return true;
  }

  bool renamed() {
    for (const char* part : {"INDEX", "KEY", "COLUMN"}) {
      if (cursor_.skip({part})) return true;
    }
    if (!cursor_.skip({"TO"}) && !cursor_.skip({"AS"})) cursor_.skip({"="});
    return table();
  }

  bool index_on() {
    std::string index;
    if (!cursor_.read_name(&index)) return false;
    while (!cursor_.skip({"ON"})) {
      if (!cursor_.skip_token()) return false;
    }
    return table();
  }

  bool is_database() { return cursor_.skip({"DATABASE"}) || cursor_.skip({"SCHEMA"}); }

  bool table() {
    TableRef ref;
    if (!cursor_.read_table(&ref.name)) return false;
    refs_.push_back(std::move(ref));
    return true;
  }

  bool database(RefKind kind) { return table() && (refs_.back().kind = kind, true); }

  SqlCursor cursor_;
  std::vector<TableRef> refs_;
};

}  // namespace

std::optional<std::vector<TableRef>> find_table_refs(std::string_view sql) {
  return Finder(sql).find();
}

}  // namespace tbl::schema
