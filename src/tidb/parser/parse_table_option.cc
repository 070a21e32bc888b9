// ENGINE = InnoDB and the like.
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

enum class Form : uint8_t { kNumber, kText, kWord, kCharset, kWordOrNumber, kTables };

struct OptionRule {
  Kw word;
  TableOptionKind kind;
  Form form;
};

constexpr OptionRule kRules[] = {
    {"ENGINE", TableOptionKind::kEngine, Form::kWord},
    {"CHARSET", TableOptionKind::kCharset, Form::kCharset},
    {"COLLATE", TableOptionKind::kCollate, Form::kCharset},
    {"COMMENT", TableOptionKind::kComment, Form::kText},
    {"AUTO_INCREMENT", TableOptionKind::kAutoIncrement, Form::kNumber},
    {"AUTO_ID_CACHE", TableOptionKind::kAutoIdCache, Form::kNumber},
    {"AUTO_RANDOM_BASE", TableOptionKind::kAutoRandomBase, Form::kNumber},
    {"SHARD_ROW_ID_BITS", TableOptionKind::kShardRowIdBits, Form::kNumber},
    {"PRE_SPLIT_REGIONS", TableOptionKind::kPreSplitRegions, Form::kNumber},
    {"ROW_FORMAT", TableOptionKind::kRowFormat, Form::kWord},
    {"COMPRESSION", TableOptionKind::kCompression, Form::kText},
    {"AVG_ROW_LENGTH", TableOptionKind::kOther, Form::kNumber},
    {"CHECKSUM", TableOptionKind::kOther, Form::kNumber},
    {"TABLE_CHECKSUM", TableOptionKind::kOther, Form::kNumber},
    {"CONNECTION", TableOptionKind::kOther, Form::kText},
    {"PASSWORD", TableOptionKind::kOther, Form::kText},
    {"DELAY_KEY_WRITE", TableOptionKind::kOther, Form::kNumber},
    {"KEY_BLOCK_SIZE", TableOptionKind::kOther, Form::kNumber},
    {"MAX_ROWS", TableOptionKind::kOther, Form::kNumber},
    {"MIN_ROWS", TableOptionKind::kOther, Form::kNumber},
    {"PACK_KEYS", TableOptionKind::kOther, Form::kWordOrNumber},
    {"STATS_PERSISTENT", TableOptionKind::kOther, Form::kWordOrNumber},
    {"STATS_AUTO_RECALC", TableOptionKind::kOther, Form::kWordOrNumber},
    {"STATS_SAMPLE_PAGES", TableOptionKind::kOther, Form::kWordOrNumber},
    {"INSERT_METHOD", TableOptionKind::kOther, Form::kWord},
    {"TABLESPACE", TableOptionKind::kOther, Form::kWord},
    {"NODEGROUP", TableOptionKind::kOther, Form::kNumber},
    {"ENCRYPTION", TableOptionKind::kOther, Form::kText},
    {"SECONDARY_ENGINE", TableOptionKind::kOther, Form::kWord},
    {"STORAGE", TableOptionKind::kOther, Form::kWord},
    {"TYPE", TableOptionKind::kEngine, Form::kWord},
    {"UNION", TableOptionKind::kOther, Form::kTables},
};

const OptionRule* find_rule(const Cursor& in, size_t ahead = 0) {
  for (const auto& rule : kRules) {
    if (in.at(rule.word, ahead)) return &rule;
  }
  return nullptr;
}

bool at_directory(const Cursor& in) {
  return in.at_words("DATA", "DIRECTORY") || in.at_words("INDEX", "DIRECTORY");
}

bool at_character_set(const Cursor& in, size_t ahead = 0) {
  return (in.at("CHARACTER", ahead) || in.at("CHAR", ahead)) && in.at("SET", ahead + 1);
}

/// UNION = (a, b) as an option; UNION SELECT is none.
bool is_union_option(const Cursor& in) {
  return in.at("UNION") && (in.at('=', 1) || (in.at('(', 1) && !at_query(in, 2)));
}

Status parse_value(Cursor& in, Form form, TableOption* option) {
  switch (form) {
    case Form::kNumber: {
      TBL_ASSIGN(option->number, in.integer());
      return ok_status();
    }
    case Form::kText: {
      TBL_ASSIGN(option->text, in.string());
      return ok_status();
    }
    case Form::kCharset: {
      if (in.accept("DEFAULT")) return ok_status();
      TBL_ASSIGN(option->text, in.charset_name());
      return ok_status();
    }
    case Form::kTables: {
      TBL_ASSIGN(auto tables, in.name_list());
      return ok_status();
    }
    default:
      break;
  }
  if (in.at(TokenKind::kString)) {
    option->text = in.value(in.take());
  } else if (form == Form::kWordOrNumber && in.at(TokenKind::kInteger)) {
    TBL_ASSIGN(option->number, in.integer());
  } else {
    TBL_ASSIGN(option->text, in.any_word());
  }
  return ok_status();
}

Result<TableOption> parse_directory(Cursor& in) {
  TableOption option;
  option.name = in.at("DATA") ? "DATA DIRECTORY" : "INDEX DIRECTORY";
  in.take();
  in.take();
  in.accept('=');
  TBL_ASSIGN(option.text, in.string());
  return option;
}

}  // namespace

bool at_table_option(const Cursor& in) {
  if (in.at("UNION")) return is_union_option(in);
  if (in.at("DEFAULT")) {
    return in.at("CHARSET", 1) || in.at("COLLATE", 1) || at_character_set(in, 1);
  }
  if (in.at("FORCE")) return in.at("AUTO_INCREMENT", 1) || in.at("AUTO_RANDOM_BASE", 1);
  return at_directory(in) || at_character_set(in) || find_rule(in) != nullptr;
}

Result<TableOption> parse_table_option(Cursor& in) {
  if (at_directory(in)) return parse_directory(in);
  in.accept_any(Kw("DEFAULT"), Kw("FORCE"));
  TableOption option;
  Form form = Form::kCharset;
  if (at_character_set(in)) {
    in.take();
    in.take();
    option.kind = TableOptionKind::kCharset;
    option.name = "CHARSET";
  } else {
    const OptionRule* rule = find_rule(in);
    if (rule == nullptr) return in.syntax_error();
    option.kind = rule->kind;
    option.name = keyword(rule->word).name;
    form = rule->form;
    in.take();
  }
  in.accept('=');
  TBL_TRY(parse_value(in, form, &option));
  return option;
}

}  // namespace tbl::tidb
