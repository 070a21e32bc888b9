// Which address this machine has.
#pragma once

#include <string>

namespace tbl {

/// The first IPv4 address that is not a loopback one, or "127.0.0.1".
std::string first_ipv4_address();

/// gethostname(), or "localhost".
std::string host_name();

}  // namespace tbl
