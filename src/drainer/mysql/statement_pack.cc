#include "drainer/mysql/statement_pack.h"

#include <algorithm>

#include "drainer/mysql/errors.h"

namespace tbl::mysql {
namespace {

constexpr uint64_t kMaxStatementBytes = 1 << 20;

}  // namespace

void StatementPack::reset(Connection& connection) {
  connection_ = &connection;
  limit_ = std::min(kMaxStatementBytes, connection.max_packet() / 2);
  sql_.clear();
  ends_.clear();
  expectations_.clear();
  done_ = 0;
}

std::string& StatementPack::begin_statement() {
  if (!sql_.empty()) sql_ += ';';
  return sql_;
}

Status StatementPack::end_statement(const Expectation& expectation) {
  ends_.push_back(sql_.size());
  expectations_.push_back(expectation);
  return sql_.size() < limit_ ? ok_status() : flush();
}

Status StatementPack::add(std::string_view sql) {
  begin_statement() += sql;
  return end_statement({});
}

std::string_view StatementPack::statement(size_t i) const {
  size_t begin = i == 0 ? 0 : ends_[i - 1] + 1;
  return std::string_view(sql_).substr(begin, ends_[i] - begin);
}

Status StatementPack::check_counts(const std::vector<uint64_t>& counts) {
  for (size_t i = 0; i < counts.size(); ++i) {
    const Expectation& expected = expectations_[i];
    const auto& warnings = connection_->warnings();
    if (expected.table != nullptr && i < warnings.size() && warnings[i] > 0) {
      misses_.report_changed({*expected.table, expected.commit_ts, warnings[i], statement(i)});
    }
    if (expected.rows == Expectation::kAnyCount || counts[i] == expected.rows) continue;
    TBL_TRY(misses_.report({*expected.table, expected.commit_ts, expected.rows, counts[i]},
                           statement(i)));
  }
  return ok_status();
}

Status StatementPack::flush() {
  if (sql_.empty()) return ok_status();
  std::vector<uint64_t> counts;
  Status sent = connection_->exec(sql_, &counts);
  counts.resize(std::min(counts.size(), expectations_.size()));
  done_ += counts.size();
  if (!sent.ok()) {
    const Expectation* failed =
        counts.size() < expectations_.size() ? &expectations_[counts.size()] : nullptr;
    if (failed != nullptr && failed->table != nullptr && !is_lost(sent)) {
      sent = std::move(sent).wrap("table " + *failed->table + ", commit ts " +
                                  std::to_string(failed->commit_ts));
    }
    return sent;
  }
  TBL_TRY(check_counts(counts));
  sql_.clear();
  ends_.clear();
  expectations_.clear();
  return ok_status();
}

}  // namespace tbl::mysql
