// From PD's messages to regions and stores with raw keys. Inside of this folder only.
#pragma once

#include "base/status.h"
#include "cluster/region.h"

namespace metapb {
class Peer;
class Region;
class Store;
}  // namespace metapb

namespace tbl::cluster {

/// Decodes the keys. kDataLoss: a key is not memcomparable-encoded, or there is no peer.
Result<Region> to_region(const metapb::Region& region, const metapb::Peer& leader);
Store to_store(const metapb::Store& store);

}  // namespace tbl::cluster
