#include "pump/resolver.h"

#include "base/clock.h"
#include "base/go_time.h"
#include "pump/gc_hold.h"
#include "pump/written_keys.h"

namespace tbl::pump {
namespace {

using namespace std::chrono_literals;

constexpr size_t kQuestionsAtOnce = 256;
constexpr int kAskers = 4;
/// Keys looked at when the primary tells nothing.
constexpr size_t kOtherKeys = 64;
/// A question older than this makes PD keep what TiKV could still tell.
constexpr int64_t kHoldGcAfterMs = 30'000;

int64_t ms_between(std::chrono::steady_clock::time_point from,
                   std::chrono::steady_clock::time_point to) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count();
}

void log_written(const char* what, uint64_t start_ts, const Status& status) {
  if (status.ok()) return;
  log_error("a transaction's outcome could not be written",
            {{"outcome", what}, {"start ts", start_ts}, {"error", status}});
}

}  // namespace

Resolver::Resolver(Storage& storage, Oracle& oracle, PumpMetrics& metrics)
    : storage_(storage), oracle_(oracle), metrics_(metrics) {
  threads_.emplace_back("resolver", [this] { collect(); });
  for (int i = 0; i < kAskers; ++i) threads_.emplace_back("resolver-ask", [this] { ask_all(); });
}

Resolver::~Resolver() {
  stop_.request_stop();
  threads_.clear();
}

std::vector<OpenQuestion> Resolver::open() const {
  const Time now = std::chrono::steady_clock::now();
  std::lock_guard lock(mutex_);
  std::vector<OpenQuestion> out;
  for (const auto& [start_ts, asked] : asked_) {
    OpenQuestion& one = out.emplace_back();
    one.start_ts = start_ts;
    one.primary_key = asked.question.primary_key;
    one.answer = asked.answer;
    one.answer_age_ms = ms_between(asked.answered, now);
    if (asked.in_flight) one.asking_ms = ms_between(asked.asked, now);
    one.undecidable = asked.undecidable;
  }
  return out;
}

void Resolver::note_answer(uint64_t start_ts, const std::string& answer, bool undecidable) {
  std::lock_guard lock(mutex_);
  Asked& asked = asked_[start_ts];
  asked.answer = answer;
  asked.answered = std::chrono::steady_clock::now();
  asked.undecidable = undecidable;
}

void Resolver::collect() {
  StopToken stop = stop_.get_token();
  GcHold gc_hold(oracle_, std::chrono::steady_clock::now());
  while (!stop.stop_requested()) {
    std::vector<Question> questions = storage_.questions(kQuestionsAtOnce);
    for (Question& question : due(questions)) {
      uint64_t bytes = sizeof(Question) + question.primary_key.size();
      if (!todo_.push(std::move(question), bytes, stop)) return;
    }
    gc_hold.update(oldest_of(questions), std::chrono::steady_clock::now());
    (void)storage_.wait_question(stop, questions.empty() ? 1s : 200ms);
  }
}

/// Those that are not being asked and were not asked within the last second; forgets answered ones.
std::vector<Question> Resolver::due(const std::vector<Question>& questions) {
  std::lock_guard lock(mutex_);
  std::map<uint64_t, Asked> open;
  std::vector<Question> out;
  Time now = std::chrono::steady_clock::now();
  for (const Question& question : questions) {
    auto found = asked_.find(question.start_ts);
    Asked asked = found == asked_.end() ? Asked{} : found->second;
    bool news = asked.question.why != question.why;  // an R came: ask at once
    asked.question = question;
    if (!asked.in_flight && (news || asked.next <= now)) {
      asked.in_flight = true;
      asked.asked = now;
      out.push_back(question);
    }
    open.emplace(question.start_ts, std::move(asked));
  }
  for (auto& [start_ts, asked] : asked_) {
    if (asked.in_flight) open.emplace(start_ts, asked);
  }
  asked_.swap(open);
  return out;
}

void Resolver::ask_all() {
  while (auto question = todo_.pop(stop_.get_token())) {
    ask(*question);
    std::lock_guard lock(mutex_);
    Asked& asked = asked_[question->start_ts];
    asked.in_flight = false;
    asked.next = std::chrono::steady_clock::now() + (asked.undecidable ? 60s : 1s);
  }
}

Result<Verdict> Resolver::find_verdict(const Question& question) {
  TBL_ASSIGN(Verdict verdict, decide(question, oracle_));
  if (verdict.kind != Verdict::Kind::kUndecidable) return verdict;
  TBL_ASSIGN(std::string payload, storage_.read_prewrite(question.start_ts));
  return decide_by_keys(question.start_ts, written_keys(payload, kOtherKeys), oracle_);
}

void Resolver::ask(const Question& question) {
  auto verdict = find_verdict(question);
  if (verdict.ok()) return act(question, *verdict);
  if (stop_.stop_requested()) return;
  note_answer(question.start_ts, "error: " + verdict.status().message(), false);
  log_error("could not ask TiKV for a transaction's outcome",
            {{"start ts", question.start_ts}, {"error", verdict.status()}});
}

void Resolver::act(const Question& question, const Verdict& verdict) {
  uint64_t start_ts = question.start_ts;
  if (verdict.settled) metrics_.tikv_queries.add();
  note_answer(start_ts, verdict.said, verdict.kind == Verdict::Kind::kUndecidable);
  switch (verdict.kind) {
    case Verdict::Kind::kWait:
      if (verdict.young) {
        log_info("Find no MVCC record for a young txn",
                 {{"start ts", start_ts}, {"elapse sec", question.waited_ms / 1000}});
      }
      return;
    case Verdict::Kind::kCommitted:
      log_info("TiKV shows that a transaction is committed",
               {{"start ts", start_ts}, {"commit ts", verdict.commit_ts}});
      storage_.committed(start_ts, verdict.commit_ts, [start_ts](const Status& status) {
        log_written("committed", start_ts, status);
      });
      return;
    case Verdict::Kind::kDropped:
      log_debug("TiKV shows that a transaction is rolled back", {{"start ts", start_ts}});
      storage_.dropped(
          start_ts, [start_ts](const Status& status) { log_written("dropped", start_ts, status); });
      return;
    case Verdict::Kind::kUndecidable:
      return report_undecidable(question);
  }
}

void Resolver::report_undecidable(const Question& question) {
  if (!complain_.due()) return;
  std::string path = "/txn/" + std::to_string(question.start_ts);
  log_error(
      "a transaction has no record in TiKV, but garbage collection has passed it, so it may have "
      "committed; nothing later is served until it is decided",
      {{"start ts", question.start_ts},
       {"start time", format_tso_time(question.start_ts)},
       {"primary", to_hex(question.primary_key)},
       {"if it never committed", "curl -X PUT http://<pump>" + path + "/drop"},
       {"if it committed", "curl -X PUT http://<pump>" + path + "/commit/<commit ts>"}});
}

/// Start ts of the oldest question that has been open for a while.
uint64_t Resolver::oldest_of(const std::vector<Question>& questions) {
  uint64_t oldest = 0;
  for (const Question& question : questions) {
    if (question.waited_ms < kHoldGcAfterMs) continue;
    oldest = oldest == 0 ? question.start_ts : std::min(oldest, question.start_ts);
  }
  return oldest;
}

}  // namespace tbl::pump
