#include "drainer/schedule/dispatcher.h"

#include <algorithm>

namespace tbl::schedule {

Dispatcher::Dispatcher(size_t workers, CommitOrder order)
    : order_(order), bound_(workers), retry_(workers) {}

void Dispatcher::count_placed(Node& node, uint32_t worker) {
  if (node.candidate == kNoWorker) node.candidate = worker;
  if (node.candidate == worker) {
    ++node.placed;
  } else {
    node.scattered = true;
  }
}

void Dispatcher::forget_placed(Node& node, uint32_t worker) {
  if (node.candidate != worker) return;
  if (--node.placed == 0 && !node.scattered) node.candidate = kNoWorker;
}

bool Dispatcher::bindable(const Node& node) {
  return node.unfinished > 0 && !node.scattered && node.placed == node.unfinished;
}

void Dispatcher::depend(Node& dependent, uint64_t number, uint64_t on) {
  Node& dependency = node(on);
  if (dependency.state == State::kFinished) return;
  dependency.dependents.push_back(number);
  ++dependent.unfinished;
  if (dependency.worker != kNoWorker) count_placed(dependent, dependency.worker);
}

std::optional<size_t> Dispatcher::bound_to(uint64_t number) const {
  const Node& n = node(number);
  if (n.state != State::kBound) return std::nullopt;
  return n.worker;
}

uint64_t Dispatcher::add(const WriteSet& writes, uint64_t rows, uint64_t bytes) {
  uint64_t number = next_number();
  auto& deps = deps_;
  deps.clear();
  for (uint64_t hash : writes.hashes) {
    if (auto before = last_.exchange(hash, number, first_)) deps.push_back(*before);
  }
  // An exclusive transaction waits for all before it; all after it wait for it.
  if (writes.exclusive) {
    for (uint64_t i = first_; i < number; ++i) deps.push_back(i);
  } else if (barrier_ > first_) {
    deps.push_back(barrier_ - 1);
  }
  std::sort(deps.begin(), deps.end());
  deps.erase(std::unique(deps.begin(), deps.end()), deps.end());
  if (writes.exclusive) barrier_ = number + 1;

  Node& fresh = nodes_.emplace_back();
  fresh.table = writes.table;
  fresh.rows = rows;
  fresh.bytes = bytes;
  for (uint64_t dep : deps) depend(fresh, number, dep);
  waiting_rows_ += rows;
  settle(number);
  return number;
}

// A waiting transaction becomes ready or bound, if it can; so may those that depend on it.
void Dispatcher::settle(uint64_t number) {
  Node& n = node(number);
  if (n.state != State::kWaiting) return;
  if (n.unfinished == 0) {
    n.state = State::kReady;
    ready_.insert(number, n.table, n.rows);
  } else if (order_ == CommitOrder::kFree && bindable(n)) {
    place(number, n.candidate, State::kBound);
  }
}

// Gives a transaction to a worker and lets what depends on it follow. A loop instead of recursion:
// the chain of a hot row is long.
void Dispatcher::place(uint64_t number, uint32_t worker, State state) {
  auto& todo = to_place_;
  todo.assign(1, {number, state});
  while (!todo.empty()) {
    auto [current, next_state] = todo.back();
    todo.pop_back();
    Node& n = node(current);
    bool was_unplaced = n.worker == kNoWorker;
    n.worker = worker;
    n.state = next_state;
    if (next_state == State::kBound) bound_[worker].insert(current);
    if (!was_unplaced) continue;
    for (uint64_t dependent : n.dependents) {
      Node& d = node(dependent);
      count_placed(d, worker);
      if (order_ == CommitOrder::kFree && d.state == State::kWaiting && bindable(d)) {
        todo.emplace_back(dependent, State::kBound);
      }
    }
  }
}

bool Dispatcher::take_alone(size_t worker, uint64_t* number) const {
  *number = first_;
  if (nodes_.empty()) return false;
  const Node& n = nodes_.front();
  return n.state == State::kReady || (n.state == State::kBound && n.worker == worker);
}

bool Dispatcher::take_in_order(size_t worker, uint64_t* number) const {
  *number = next_in_order_;
  if (next_in_order_ >= next_number()) return false;
  const Node& n = node(next_in_order_);
  return n.state == State::kReady || (bindable(n) && n.candidate == worker);
}

bool Dispatcher::take_next(size_t worker, uint64_t table, uint64_t* number) {
  if (order_ == CommitOrder::kUpstream) return take_in_order(worker, number);
  if (!bound_[worker].empty()) {
    *number = *bound_[worker].begin();
    return true;
  }
  if (ready_.empty()) return false;
  *number = ready_.next(table);
  return true;
}

uint64_t Dispatcher::first_work(size_t worker) {
  uint64_t number = 0;
  const bool any =
      is_retrying(worker) ? take_alone(worker, &number) : take_next(worker, 0, &number);
  return any ? number : kNothing;
}

void Dispatcher::mark_taken(size_t worker, uint64_t number) {
  Node& n = node(number);
  if (n.state == State::kReady) ready_.erase(number, n.table, n.rows);
  if (n.worker != kNoWorker) bound_[n.worker].erase(number);
  next_in_order_ = std::max(next_in_order_, number + 1);
  waiting_rows_ -= n.rows;
  place(number, static_cast<uint32_t>(worker), State::kTaken);
}

void Dispatcher::take(size_t worker, const TakeLimits& limits, Taken* taken) {
  Taken& batch = *taken;
  batch.numbers.clear();
  batch.rows = 0;
  uint64_t bytes = 0;
  uint64_t number = 0;
  uint64_t table = 0;
  batch.alone = !retry_[worker].empty();
  while (batch.numbers.size() < limits.transactions && batch.rows < limits.rows) {
    if (!(batch.alone ? take_alone(worker, &number) : take_next(worker, table, &number))) break;
    const Node& n = node(number);
    bool fits = batch.rows + n.rows <= limits.rows && bytes + n.bytes <= limits.bytes;
    if (!batch.numbers.empty() && !fits) break;
    table = n.table;
    batch.rows += n.rows;
    bytes += n.bytes;
    batch.numbers.push_back(number);
    mark_taken(worker, number);
    if (batch.alone) break;
  }
  // Rows of one table may have several forms, of the schema before and after somebody's DDL, each
  // with a plan of its own: these must follow each other as in the stream.
  std::sort(batch.numbers.begin(), batch.numbers.end());
}

void Dispatcher::finish(const Taken& batch) {
  for (uint64_t number : batch.numbers) {
    Node& n = node(number);
    n.state = State::kFinished;
    retry_[n.worker].erase(number);
    for (uint64_t dependent : n.dependents) {
      Node& d = node(dependent);
      --d.unfinished;
      forget_placed(d, n.worker);
      settle(dependent);
    }
    n.dependents.clear();
  }
  while (!nodes_.empty() && nodes_.front().state == State::kFinished) {
    nodes_.pop_front();
    ++first_;
  }
  next_in_order_ = std::max(next_in_order_, first_);
}

void Dispatcher::retry_alone(size_t worker, const Taken& batch) {
  for (uint64_t number : batch.numbers) {
    Node& n = node(number);
    n.state = State::kBound;
    bound_[worker].insert(number);
    retry_[worker].insert(number);
    waiting_rows_ += n.rows;
  }
}

bool Dispatcher::may_commit(const Taken& batch) const {
  return batch.numbers.empty() || batch.numbers.front() == first_;
}

}  // namespace tbl::schedule
