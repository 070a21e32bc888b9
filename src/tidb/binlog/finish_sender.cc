#include "tidb/binlog/finish_sender.h"

#include "base/log.h"

namespace tbl::tidb {

FinishSender::FinishSender(FinishLimits limits)
    : limits_(limits), thread_("binlog-finish", [this] { run(); }) {}

FinishSender::~FinishSender() {
  stop_.request_stop();
  thread_.join();
  // Calls end here, without the lock that their callbacks take.
  Items left;
  {
    std::lock_guard lock(mutex_);
    left.swap(items_);
  }
  for (auto& item : left) item.call.reset();
}

void FinishSender::send(PumpPtr pump, uint64_t start_ts, std::string request) {
  {
    std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    Item item;
    item.pump = std::move(pump);
    item.start_ts = start_ts;
    item.request = std::move(request);
    item.deadline = now + limits_.total_timeout;
    item.next_try = now;
    items_.push_back(std::move(item));
    news_ = true;
  }
  changed_.notify_all();
}

bool FinishSender::drain(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return items_.empty(); });
}

void FinishSender::run() {
  std::unique_lock lock(mutex_);
  const StopToken stop = stop_.get_token();
  while (!stop.stop_requested()) {
    const auto next = look(lock);
    if (items_.empty()) changed_.notify_all();
    if (next == Clock::time_point::max()) {
      changed_.wait(lock, stop, [&] { return news_; });
    } else {
      changed_.wait_until(lock, stop, next, [&] { return news_; });
    }
    news_ = false;
  }
}

void FinishSender::start(Items::iterator item) {
  item->over = false;
  item->call = std::make_unique<WriteCall>(*item->pump->channel, item->request,
                                           limits_.call_timeout, [this, item](const Status& s) {
                                             std::lock_guard lock(mutex_);
                                             item->result = s;
                                             item->over = true;
                                             news_ = true;
                                             changed_.notify_all();
                                           });
}

void FinishSender::settle(Items::iterator item, Items* done) {
  const auto now = Clock::now();
  if (!item->result.ok() && now < item->deadline) {
    item->next_try = now + limits_.retry_interval;
    return;
  }
  if (!item->result.ok()) {
    log_warn(
        "a finish binlog was given up; pump will ask the store",
        {{"start ts", item->start_ts}, {"pump", item->pump->node_id}, {"error", item->result}});
  }
  done->splice(done->end(), items_, item);
}

FinishSender::Clock::time_point FinishSender::look(std::unique_lock<std::mutex>& lock) {
  auto next = Clock::time_point::max();
  Items done;
  std::vector<std::unique_ptr<WriteCall>> ended;
  std::vector<Items::iterator> due;
  const auto now = Clock::now();
  for (auto it = items_.begin(); it != items_.end();) {
    const auto item = it++;
    if (item->call != nullptr && item->over) {
      ended.push_back(std::move(item->call));
      settle(item, &done);
      if (done.empty() || &done.back() != &*item) next = std::min(next, item->next_try);
    } else if (item->call == nullptr && item->next_try <= now) {
      due.push_back(item);
    } else if (item->call == nullptr) {
      next = std::min(next, item->next_try);
    }
  }
  // Only this thread removes items, so the iterators stay valid while calls begin and end.
  lock.unlock();
  ended.clear();
  done.clear();
  for (const auto item : due) start(item);
  lock.lock();
  return next;
}

}  // namespace tbl::tidb
