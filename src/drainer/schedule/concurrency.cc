#include "drainer/schedule/concurrency.h"

#include <algorithm>

namespace tbl::schedule {
namespace {

constexpr size_t kFewest = 4;
constexpr auto kTrialTime = std::chrono::milliseconds(100);
constexpr unsigned kTrialBatches = 16;
/// Trials at the best level between two elsewhere.
constexpr unsigned kTrialsAtBest = 8;
/// More workers must be faster by so much; fewer may be slower by so much.
constexpr double kWorthMore = 1.1;
constexpr double kGoodEnough = 0.97;

}  // namespace

Concurrency::Concurrency(size_t workers) {
  levels_.push_back(workers);
  while (levels_.back() / 2 >= kFewest) levels_.push_back(levels_.back() / 2);
  std::reverse(levels_.begin(), levels_.end());
  best_ = levels_.size() > 1 ? levels_.size() - 2 : 0;
  trying_ = best_;
  trials_at_best_ = kTrialsAtBest - 1;  // the first look elsewhere comes soon
}

void Concurrency::on_finished(uint64_t rows, bool saturated, Time now) {
  if (!saturated || batches_ == 0) {
    // The first batch of a trial may have begun long before.
    began_ = now;
    rows_ = 0;
    batches_ = 1;
    return;
  }
  rows_ += rows;
  ++batches_;
  if (batches_ <= kTrialBatches || now - began_ < kTrialTime) return;
  judge(static_cast<double>(rows_) / std::chrono::duration<double>(now - began_).count());
  batches_ = 0;
}

void Concurrency::judge(double rate) {
  if (trying_ != best_) {
    const bool better = rate > best_rate_ * (trying_ > best_ ? kWorthMore : kGoodEnough);
    if (better) best_ = trying_;
  }
  if (trying_ == best_) best_rate_ = rate;
  choose_next();
}

void Concurrency::choose_next() {
  const bool elsewhere = ++trials_at_best_ > kTrialsAtBest && levels_.size() > 1;
  trying_ = best_;
  if (!elsewhere) return;
  trials_at_best_ = 0;
  if (best_ == 0) next_is_up_ = true;
  if (best_ + 1 == levels_.size()) next_is_up_ = false;
  trying_ = next_is_up_ ? best_ + 1 : best_ - 1;
  next_is_up_ = !next_is_up_;
}

}  // namespace tbl::schedule
