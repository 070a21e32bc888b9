// The methods of tikvpb.Tikv as functions from bytes to bytes, however they arrive.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "tikv/mvcc/command.h"
#include "tikv/mvcc/commands.h"
#include "tikv/regions.h"

namespace tbl::tikv {

/// Where a region is split on request; asks PD for ids, so it blocks.
class Splitter {
 public:
  virtual ~Splitter() = default;
  /// `keys` in order. Returns the parts in key order. kAborted: the region has changed meanwhile.
  virtual Result<std::vector<RegionPtr>> split(const RegionPtr& region,
                                               const std::vector<std::string>& keys) = 0;
};

/// What a method works on: one store's side of the regions.
struct MethodContext {
  Store& store;
  const Regions& regions;
  uint64_t store_id;
  Splitter& splitter;
};

struct Method {
  const char* name;     ///< of the gRPC method
  uint32_t subcommand;  ///< its number in BatchCommands; 0: only unary
  /// Checks the region, runs the command, serializes the answer. May block, but not for another
  /// transaction's lock: then `wait` holds a ticket and there is no answer yet. Errors: kInternal
  /// for bytes that are no request, and what the storage says.
  Status (*run)(const MethodContext& context, Bytes request, std::string* response, LockWait* wait);
  /// The same for a thread that must not wait; null: there is none. is_would_block(): run() it is.
  Status (*run_at_once)(const MethodContext& context, Bytes request,
                        std::string* response) = nullptr;
};

/// All there are; what is not in it is UNIMPLEMENTED. Lives for ever.
const std::vector<Method>& methods();
/// Null: no such sub-command.
const Method* find_subcommand(uint32_t number);

}  // namespace tbl::tikv
