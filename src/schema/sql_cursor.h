// Reads the tokens of a statement one after the other.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "schema/sql_tokens.h"

namespace tbl::schema {

/// A name as a statement gives it.
struct SqlName {
  std::string schema;  ///< empty: the session's database
  std::string table;
  std::string_view text;  ///< where it stands
};

/// One thread. Points into the statement, which must live longer.
class SqlCursor {
 public:
  explicit SqlCursor(std::string_view sql) : tokens_(significant_tokens(sql)) {}

  /// Goes on behind these words (in upper case), if they are next.
  bool skip(std::initializer_list<std::string_view> words);
  /// table, or schema.table; false: something else stands there.
  bool read_table(SqlName* name);
  /// A name without a dot.
  bool read_name(std::string* name);
  /// Whatever it is, but for the end.
  bool skip_token();
  bool at_end() const { return at_ == tokens_.size(); }

 private:
  const std::vector<SqlToken> tokens_;
  size_t at_ = 0;
};

}  // namespace tbl::schema
