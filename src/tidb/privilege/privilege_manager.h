// The grant tables in memory, and the questions statements and logins ask of them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tidb/privilege/privileges.h"

namespace tbl::tidb {

/// Runs a query of the server itself; values as texts, NULL as nothing.
struct TextResult {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;
};
using QueryRunner = std::function<Result<TextResult>(const std::string& sql)>;

/// Any thread. Statements that change accounts call reload() afterwards.
class PrivilegeManager {
 public:
  /// `skip`: everybody may do everything and needs no password (skip-grant-table).
  explicit PrivilegeManager(bool skip) : skip_(skip) {}

  /// Reads mysql.user, db, tables_priv and columns_priv.
  Status reload(const QueryRunner& query);
  std::shared_ptr<const GrantTables> tables() const;
  bool is_skipped() const { return skip_; }

  // Login.
  /// The account of a client; nothing: there is none for it.
  std::optional<UserRecord> match(std::string_view user, std::string_view host) const;
  enum class Check : uint8_t { kRight, kWrong, kWantsClearText };
  Check check_response(const UserRecord& user, std::string_view salt, std::string_view response);
  Check check_clear_text(const UserRecord& user, std::string_view password);

  // Statements. `verb` is the word of the error: "SELECT", "INSERT".
  bool has_global(const AccountName& who, PrivilegeSet wanted) const;
  bool has_on_database(const AccountName& who, std::string_view db, PrivilegeSet wanted) const;
  bool has_on_table(const AccountName& who, std::string_view db, std::string_view table,
                    PrivilegeSet wanted) const;
  bool sees_database(const AccountName& who, std::string_view db) const;
  bool sees_table(const AccountName& who, std::string_view db, std::string_view table) const;
  /// Has any right on the table as a whole.
  bool sees_whole_table(const AccountName& who, std::string_view db, std::string_view table) const;
  /// Has any right on it: one on the whole table, or one on the column.
  bool sees_column(const AccountName& who, std::string_view db, std::string_view table,
                   std::string_view column) const;
  /// 1044.
  Status check_database_visible(const AccountName& who, std::string_view db) const;
  Status check_database(const AccountName& who, std::string_view db, PrivilegeSet wanted) const;
  struct TableCheck {
    std::string_view db;
    std::string_view table;
    PrivilegeSet wanted;
    std::string_view verb;
  };
  /// The right on the whole table: 1142.
  Status check_table(const AccountName& who, const TableCheck& check) const;
  /// The right on the whole table, or on each of the columns (on any of the table's, when there are
  /// none): 1142 without a right there, 1143 for a column. `all`: the statement did not name them,
  /// and 1142 does not either.
  struct ColumnList {
    std::span<const std::string> names;
    bool all = false;
  };
  Status check_columns(const AccountName& who, const TableCheck& check,
                       const ColumnList& columns) const;
  /// 1227: "SUPER privilege(s)".
  Status check_global(const AccountName& who, PrivilegeSet wanted, std::string_view name) const;

 private:
  const bool skip_;
  mutable std::mutex mutex_;
  std::shared_ptr<const GrantTables> tables_ = std::make_shared<GrantTables>();
  /// caching_sha2_password: digests of passwords that were right, by hash.
  std::map<std::string, std::string> sha2_digests_;
};

}  // namespace tbl::tidb
