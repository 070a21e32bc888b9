#include "drainer/schedule/hold_ups.h"

#include <fmt/format.h>

namespace tbl::schedule {
namespace {

// A server under load takes a while for many a statement.
constexpr std::chrono::seconds kSlow(3);

}  // namespace

HoldUps::Call::Call(HoldUps& owner, uint64_t commit_ts, std::string what)
    : owner_(owner),
      commit_ts_(commit_ts),
      what_(std::move(what)),
      begun_(owner.clock_.steady_now()) {
  std::lock_guard lock(owner_.mutex_);
  place_ = owner_.calls_.insert(owner_.calls_.end(), this);
}

HoldUps::Call::~Call() {
  std::lock_guard lock(owner_.mutex_);
  owner_.calls_.erase(place_);
}

void HoldUps::Call::failed(const Status& error) {
  std::lock_guard lock(owner_.mutex_);
  error_ = error;
}

std::vector<std::string> HoldUps::sentences() const {
  std::lock_guard lock(mutex_);
  struct Kind {
    const Call* oldest = nullptr;
    size_t count = 0;
  };
  Kind failing;
  Kind slow;
  for (const Call* call : calls_) {
    if (call->error_.ok() && clock_.steady_now() - call->begun_ < kSlow) continue;
    Kind& kind = call->error_.ok() ? slow : failing;
    if (kind.count++ == 0) kind.oldest = call;
  }
  std::vector<std::string> out;
  for (const Kind& kind : {failing, slow}) {
    if (kind.oldest != nullptr) out.push_back(sentence(*kind.oldest, kind.count));
  }
  return out;
}

std::string HoldUps::sentence(const Call& oldest, size_t count) const {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(clock_.steady_now() - oldest.begun_).count();
  std::string out = oldest.error_.ok()
                        ? fmt::format("the downstream has not answered for {} s", seconds)
                        : fmt::format("the downstream fails for {} s, and is tried again: {}",
                                      seconds, oldest.error_.message());
  out += " (" + oldest.what_;
  if (oldest.commit_ts_ != 0) out += fmt::format(", commit ts {}", oldest.commit_ts_);
  if (count > 1) out += fmt::format("; {} more wait as well", count - 1);
  return out + ")";
}

}  // namespace tbl::schedule
