// Lists of addresses as -pd-urls takes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace tbl {

struct HostPort {
  std::string host;  ///< an IPv6 address without its brackets
  uint16_t port = 0;

  /// "host:port", with brackets around IPv6.
  std::string to_string() const;
};

/// "host:port", "[::1]:port", ":port". Error names the text.
Result<HostPort> parse_host_port(std::string_view text);

struct Url {
  std::string scheme;
  std::string host;  ///< "host:port", or what a unix URL has there
  std::string path;  ///< with its first slash, or empty
};
/// "scheme://host/path"; nothing but the shape is checked.
Result<Url> parse_url(std::string_view text);

enum class UrlRule : uint8_t {
  kFull,         ///< pump and drainer: scheme://host:port only
  kBareAllowed,  ///< binlogctl: "host:port" is read as http://host:port
};

/// Comma separated, each trimmed; scheme http, https, unix or unixs, no path; sorted. The error is
/// the original's: "parse EtcdURLs error: <urls>, <why>".
Result<std::vector<std::string>> parse_etcd_urls(const std::string& urls,
                                                 UrlRule rule = UrlRule::kFull);

/// Host and port of each, without scheme: "127.0.0.1:2379".
std::vector<std::string> url_hosts(const std::vector<std::string>& urls);

}  // namespace tbl
