// What a pump or drainer says about itself in the registry.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace tbl::cluster {

inline constexpr std::string_view kStateOnline = "online";
inline constexpr std::string_view kStatePausing = "pausing";
inline constexpr std::string_view kStatePaused = "paused";
inline constexpr std::string_view kStateClosing = "closing";
inline constexpr std::string_view kStateOffline = "offline";

/// One of the five above.
bool is_known_state(std::string_view state);

/// Stored as compact JSON, fields in this order. Unknown fields are dropped when it is read.
struct NodeStatus {
  std::string node_id;
  std::string host;   ///< advertised "host:port"
  std::string state;  ///< may be a word we do not know
  bool is_alive = false;
  int64_t score = 0;
  std::optional<std::map<std::string, std::string>> labels;
  int64_t max_commit_ts = 0;
  int64_t update_ts = 0;

  std::string to_json() const;
  /// Field names in any case, as Go reads them. The error says what is wrong, not where.
  static Result<NodeStatus> from_json(std::string_view json);
  /// "{NodeID: a, Addr: h:1, State: online, MaxCommitTS: 1, UpdateTime: 2019-04-28 09:29:57 +0000
  /// UTC}"
  std::string to_text() const;

  bool operator==(const NodeStatus&) const = default;
};

}  // namespace tbl::cluster
