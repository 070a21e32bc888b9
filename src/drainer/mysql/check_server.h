// `drainer -dry-run`: looks at the server that is to get the rows. Reads only.
#pragma once

#include <string>
#include <vector>

#include "drainer/mysql/connection.h"
#include "drainer/mysql/finding.h"

namespace tbl::mysql {

struct ServerCheck {
  std::string checkpoint_schema;
  /// Databases whose rows are to come.
  std::vector<std::string> schemas;
};

/// Version, privileges, read-only, packet size, character set, collation, case of names, engine,
/// variables that demand keys. Error: the connection is lost.
Status check_server(Connection& connection, const ServerCheck& check, Findings* findings);

/// The privileges that a GRANT line gives, and on what ("*.*", "`db`.*"). For tests.
struct Grant {
  std::vector<std::string> privileges;  ///< upper case; "ALL PRIVILEGES" stands for every one
  std::string on;
};
Grant parse_grant(const std::string& line);

}  // namespace tbl::mysql
