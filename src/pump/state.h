// Which life state pump is in, and who may change it.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

namespace tbl::pump {

enum class State : uint8_t { kOnline, kPausing, kPaused, kClosing, kOffline };

/// As in the registry: "online", "pausing", ...
constexpr std::string_view state_name(State state) {
  constexpr std::string_view kNames[] = {"online", "pausing", "paused", "closing", "offline"};
  return kNames[static_cast<size_t>(state)];
}

/// Begins offline; online once registered; then online -> pausing -> paused, or online -> closing
/// -> offline. Any thread.
class StateMachine {
 public:
  State get() const { return state_.load(); }
  std::string_view name() const { return state_name(get()); }
  void set(State state) { state_.store(state); }
  /// False: it was not `from`, nothing changed.
  bool change(State from, State to) { return state_.compare_exchange_strong(from, to); }

 private:
  std::atomic<State> state_{State::kOffline};
};

}  // namespace tbl::pump
