// Regions and stores of a TiKV cluster, as PD knows them. All keys here are raw (decoded) user
// keys.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace tbl::cluster {

struct Peer {
  uint64_t id = 0;
  uint64_t store_id = 0;
  bool learner = false;
};

/// A range of keys, [start_key, end_key), replicated by its peers; an empty end is unbounded.
struct Region {
  uint64_t id = 0;
  uint64_t conf_ver = 0;
  uint64_t version = 0;
  std::string start_key;
  std::string end_key;
  std::vector<Peer> peers;
  Peer leader;  ///< id 0: unknown

  bool contains(Bytes key) const { return key >= start_key && (end_key.empty() || key < end_key); }
};

enum class StoreState : uint8_t { kUp, kOffline, kTombstone };

struct Store {
  uint64_t id = 0;
  std::string address;
  StoreState state = StoreState::kUp;
  std::string version;
  std::vector<std::pair<std::string, std::string>> labels;
};

}  // namespace tbl::cluster
