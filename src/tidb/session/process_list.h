// The sessions of this server: what each is doing, and how to stop it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace tbl::tidb {

/// One row of SHOW PROCESSLIST.
struct ProcessInfo {
  uint64_t id = 0;
  std::string user;
  std::string host;
  std::string db;
  std::string command;  ///< "Query", "Sleep"
  uint64_t seconds = 0;
  std::string state;  ///< "autocommit", "in transaction"
  std::string info;   ///< text of the running statement
  uint64_t txn_start_ts = 0;
};

/// What a session shows of itself, and the flags that stop it. Any thread.
class ProcessEntry {
 public:
  ProcessEntry(uint64_t id, std::function<void()> end_connection)
      : id_(id), end_connection_(std::move(end_connection)), since_(Clock::now()) {}

  uint64_t id() const { return id_; }
  void set_account(std::string user, std::string host);
  void set_database(std::string db);
  void statement_began(std::string text);
  void statement_ended();
  void set_transaction(uint64_t start_ts);
  ProcessInfo info() const;

  /// Ends the running statement only; nothing when none is running.
  void kill_query();
  /// Ends the statement and the connection.
  void kill();
  /// The connection is about to be gone.
  void detach();
  bool is_killed() const { return killed_; }
  bool is_interrupted() const { return query_killed_; }
  /// Waits; true when a kill ended it early.
  bool wait(std::chrono::nanoseconds time);
  /// For waits below that look at a flag.
  const std::atomic<bool>& interrupted() const { return query_killed_; }

 private:
  using Clock = std::chrono::steady_clock;
  const uint64_t id_;
  std::mutex end_mutex_;
  std::function<void()> end_connection_;
  std::atomic<bool> killed_{false};
  std::atomic<bool> query_killed_{false};  ///< also set by kill()
  mutable std::mutex mutex_;
  std::condition_variable interrupted_;
  ProcessInfo info_;
  bool running_ = false;
  Clock::time_point since_;
};

/// Any thread.
class ProcessList {
 public:
  void add(const std::shared_ptr<ProcessEntry>& entry);
  void remove(uint64_t id);
  std::shared_ptr<ProcessEntry> find(uint64_t id) const;
  /// By id.
  std::vector<ProcessInfo> list() const;
  size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::map<uint64_t, std::shared_ptr<ProcessEntry>> entries_;
};

}  // namespace tbl::tidb
