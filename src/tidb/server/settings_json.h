// The configuration as the status port's /settings shows it.
#pragma once

#include "tidb/server/config.h"
#include "tidb/server/http_reply.h"

namespace tbl::tidb {

/// TiDB's sections, keys and types; the keys that have a meaning here. It holds no secrets: keys
/// and certificates are named by their files.
Json settings_json(const TidbConfig& config);

}  // namespace tbl::tidb
