// What the sessions of one server share.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/status.h"

namespace tbl::cluster {
class PdClient;
class Registry;
}  // namespace tbl::cluster

namespace tbl::tidb {

class AutoIds;
class Ddl;
class GlobalVariables;
class KvStore;
class PrivilegeManager;
class ProcessList;
class SchemaHolder;
class SlowLog;
class UserLocks;
class VirtualCatalog;

/// Facts that do not change while the server runs.
struct ServerFacts {
  std::string server_version;  ///< version()
  std::string tidb_version;    ///< tidb_version(): eight lines
  bool binlog = false;
  bool skip_grant_table = false;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
};

/// Owns nothing; all of it outlives the sessions. Pointers that a test leaves null make the
/// statements that need them fail with an error.
struct Domain {
  KvStore* store = nullptr;
  SchemaHolder* schemas = nullptr;
  AutoIds* auto_ids = nullptr;
  Ddl* ddl = nullptr;
  GlobalVariables* globals = nullptr;
  ProcessList* processes = nullptr;
  UserLocks* user_locks = nullptr;
  PrivilegeManager* privileges = nullptr;
  const VirtualCatalog* virtuals = nullptr;
  cluster::Registry* registry = nullptr;  ///< of pumps and drainers
  SlowLog* slow_log = nullptr;            ///< null: slow statements are not noted
  ServerFacts facts;
  /// A binlog could not be written and ignore-error is off: no new connections.
  std::function<void()> on_critical_error;
};

}  // namespace tbl::tidb
