#include "tidb/session/slow_log.h"

#include <fmt/format.h>
#include <time.h>

namespace tbl::tidb {
namespace {

constexpr int64_t kMicros = 1000000;

/// "2019-08-14T09:26:59.487776+08:00", local time.
std::string local_time(int64_t unix_us) {
  const auto seconds = static_cast<time_t>(unix_us / kMicros);
  tm local{};
  localtime_r(&seconds, &local);
  char date[32];
  strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &local);
  const long minutes = local.tm_gmtoff / 60;
  return fmt::format("{}.{:06}{}{:02}:{:02}", date, unix_us % kMicros, minutes < 0 ? '-' : '+',
                     std::abs(minutes) / 60, std::abs(minutes) % 60);
}

}  // namespace

std::string loggable_text(const ast::Statement& statement) {
  switch (statement.kind) {
    case ast::StatementKind::kCreateUser:
      return "CREATE USER ***";
    case ast::StatementKind::kAlterUser:
      return "ALTER USER ***";
    case ast::StatementKind::kSetPassword:
      return "SET PASSWORD ***";
    case ast::StatementKind::kGrant:
      return "GRANT ***";
    default:
      return statement.text;
  }
}

std::string slow_log_text(const SlowLog::Entry& entry) {
  std::string out = fmt::format("# Time: {}\n", local_time(entry.end_unix_us));
  if (entry.start_ts != 0) out += fmt::format("# Txn_start_ts: {}\n", entry.start_ts);
  out += fmt::format("# User: {}\n# Conn_ID: {}\n# Query_time: {:.6f}\n", entry.account,
                     entry.connection_id, static_cast<double>(entry.took.count()) / kMicros);
  if (!entry.database.empty()) out += fmt::format("# DB: {}\n", entry.database);
  out += fmt::format("# Is_internal: false\n# Succ: {}\n{};\n", entry.succeeded, entry.text);
  return out;
}

void SlowLog::write(const Entry& entry) { file_.write(slow_log_text(entry)); }

}  // namespace tbl::tidb
