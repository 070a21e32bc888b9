// Statements that travel together: one round trip for many of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "drainer/mysql/connection.h"
#include "drainer/mysql/miss_report.h"

namespace tbl::mysql {

/// Collects statements separated by ';' and sends them when enough came together. Used within one
/// transaction of one connection; its buffers are kept for the next one.
class StatementPack {
 public:
  /// What a statement is about and what it should do.
  struct Expectation {
    static constexpr uint64_t kAnyCount = ~0ULL;

    const std::string* table = nullptr;  ///< null: a statement of our own
    uint64_t commit_ts = 0;
    uint64_t rows = kAnyCount;  ///< rows it must find
  };

  explicit StatementPack(MissReport& misses) : misses_(misses) {}

  /// Forgets what was not sent; begins a transaction on `connection`.
  void reset(Connection& connection);

  /// The buffer to append the next statement to; end_statement() closes it.
  std::string& begin_statement();
  /// Sends what is there if it is long enough.
  Status end_statement(const Expectation& expectation);
  Status add(std::string_view sql);
  /// Sends everything. Errors name the table and commit ts of the statement that failed.
  Status flush();

  /// The one given to reset().
  Connection& connection() { return *connection_; }
  /// Statements that succeeded since reset(), in packs that failed too.
  uint64_t done_statements() const { return done_; }
  /// Bytes that one statement should not exceed.
  uint64_t statement_limit() const { return limit_; }

 private:
  Status check_counts(const std::vector<uint64_t>& counts);
  std::string_view statement(size_t i) const;

  MissReport& misses_;
  Connection* connection_ = nullptr;
  uint64_t limit_ = 0;
  std::string sql_;
  std::vector<size_t> ends_;  // of each statement in sql_
  std::vector<Expectation> expectations_;
  uint64_t done_ = 0;
};

}  // namespace tbl::mysql
