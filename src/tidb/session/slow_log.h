// The slow log: statements that took long, in TiDB's format ("# Time: ...").
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/rotating_file.h"
#include "tidb/ast/statement.h"

namespace tbl::tidb {

/// The statement's text as logs may show it: statements on accounts, which may hold passwords, show
/// their kind only.
std::string loggable_text(const ast::Statement& statement);

/// Any thread.
class SlowLog {
 public:
  struct Options {
    std::string file;
    uint64_t max_file_bytes = 300ULL << 20;
    std::chrono::milliseconds threshold{300};
  };
  /// What ran.
  struct Entry {
    int64_t end_unix_us = 0;
    std::chrono::microseconds took{0};
    uint64_t start_ts = 0;  ///< of its transaction; 0: none
    std::string account;    ///< "user@host"
    uint64_t connection_id = 0;
    std::string database;
    bool succeeded = false;
    std::string text;
  };

  explicit SlowLog(Options options) : options_(std::move(options)) {}
  /// Error: the file cannot be opened.
  Status open() { return file_.open(options_.file, options_.max_file_bytes); }

  bool is_slow(std::chrono::microseconds took) const { return took > options_.threshold; }
  void write(const Entry& entry);

 private:
  const Options options_;
  RotatingFile file_;
};

/// An entry's lines.
std::string slow_log_text(const SlowLog::Entry& entry);

}  // namespace tbl::tidb
