#include "pump/inspect/findings.h"

namespace tbl::pump {

void Findings::count(Finding::Kind kind) { ++(kind == Finding::Kind::kDamage ? damages_ : notes_); }

void Findings::add(Finding::Kind kind, const std::string& text) {
  count(kind);
  on_finding_({kind, text});
}

bool Findings::take(Finding::Kind kind, const std::string& topic) {
  if (++per_topic_[topic] <= kToldPerTopic) return true;
  count(kind);
  return false;
}

void Findings::damage(const std::string& topic, const std::string& text) {
  if (take(Finding::Kind::kDamage, topic)) damage(text);
}

void Findings::note(const std::string& topic, const std::string& text) {
  if (take(Finding::Kind::kNote, topic)) note(text);
}

void Findings::finish() {
  for (const auto& [topic, n] : per_topic_) {
    if (n <= kToldPerTopic) continue;
    on_finding_({Finding::Kind::kNote,
                 topic + ": " + std::to_string(n - kToldPerTopic) + " more like these"});
  }
}

}  // namespace tbl::pump
