// PD's objects as its HTTP API shows them.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "pd/regions.h"
#include "pd/service.h"
#include "pd/topology.h"

namespace tbl::pd {

nlohmann::ordered_json member_json(const MemberInfo& member);
/// `regions`: those it leads, and has; there is no other store.
nlohmann::ordered_json store_json(const StoreInfo& store, const std::vector<RegionInfo>& regions);
nlohmann::ordered_json region_json(const RegionInfo& region);

/// As PD 5.4 writes amounts: "252GiB", "39.06MiB", "512B".
std::string format_size(uint64_t bytes);
/// Local time, RFC 3339 with nanoseconds as far as they are not zero.
std::string format_rfc3339(int64_t unix_ns);
/// The keys of regions: upper-case hexadecimal.
std::string upper_hex(Bytes bytes);

}  // namespace tbl::pd
