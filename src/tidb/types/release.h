// The version this server says it is compatible with.
#pragma once

namespace tbl::tidb {

constexpr const char* kReleaseVersion = "v3.0.20";
/// What the handshake and version() give; clients look for "TiDB" in it.
constexpr const char* kServerVersion = "5.7.25-TiDB-v3.0.20";

}  // namespace tbl::tidb
