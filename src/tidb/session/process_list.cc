#include "tidb/session/process_list.h"

namespace tbl::tidb {

void ProcessEntry::set_account(std::string user, std::string host) {
  std::lock_guard lock(mutex_);
  info_.user = std::move(user);
  info_.host = std::move(host);
}

void ProcessEntry::set_database(std::string db) {
  std::lock_guard lock(mutex_);
  info_.db = std::move(db);
}

void ProcessEntry::statement_began(std::string text) {
  std::lock_guard lock(mutex_);
  info_.info = std::move(text);
  running_ = true;
  since_ = Clock::now();
}

void ProcessEntry::statement_ended() {
  std::lock_guard lock(mutex_);
  info_.info.clear();
  running_ = false;
  if (!killed_) query_killed_ = false;
  since_ = Clock::now();
}

void ProcessEntry::set_transaction(uint64_t start_ts) {
  std::lock_guard lock(mutex_);
  info_.txn_start_ts = start_ts;
}

ProcessInfo ProcessEntry::info() const {
  std::lock_guard lock(mutex_);
  ProcessInfo info = info_;
  info.id = id_;
  info.command = running_ ? "Query" : "Sleep";
  info.state = info.txn_start_ts != 0 ? "in transaction" : "autocommit";
  info.seconds = static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - since_).count());
  return info;
}

void ProcessEntry::kill_query() {
  {
    std::lock_guard lock(mutex_);
    // The next statement is not meant.
    if (!running_ && !killed_) return;
    query_killed_ = true;
  }
  interrupted_.notify_all();
}

bool ProcessEntry::wait(std::chrono::nanoseconds time) {
  std::unique_lock lock(mutex_);
  return interrupted_.wait_for(lock, time, [this] { return query_killed_.load(); });
}

void ProcessEntry::kill() {
  killed_ = true;
  {
    // Before the statement wakes: its client sees a lost connection, never an interrupted
    // statement.
    std::lock_guard lock(end_mutex_);
    if (end_connection_) end_connection_();
  }
  kill_query();
}

void ProcessEntry::detach() {
  std::lock_guard lock(end_mutex_);
  end_connection_ = nullptr;
}

void ProcessList::add(const std::shared_ptr<ProcessEntry>& entry) {
  std::lock_guard lock(mutex_);
  entries_[entry->id()] = entry;
}

void ProcessList::remove(uint64_t id) {
  std::lock_guard lock(mutex_);
  entries_.erase(id);
}

std::shared_ptr<ProcessEntry> ProcessList::find(uint64_t id) const {
  std::lock_guard lock(mutex_);
  const auto it = entries_.find(id);
  return it != entries_.end() ? it->second : nullptr;
}

std::vector<ProcessInfo> ProcessList::list() const {
  std::vector<std::shared_ptr<ProcessEntry>> entries;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [id, entry] : entries_) entries.push_back(entry);
  }
  std::vector<ProcessInfo> out;
  for (const auto& entry : entries) out.push_back(entry->info());
  return out;
}

size_t ProcessList::size() const {
  std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace tbl::tidb
