// The addresses of PD, as flags and config files give them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace tbl::cluster {

enum class UrlForm : uint8_t {
  kUrlOnly,  ///< pump, drainer: a scheme is required
  kBareToo,  ///< binlogctl: "host:port" means http://host:port
};

/// Comma separated urls, trimmed and sorted. Schemes http, https, unix, unixs; host:port; no path.
/// Error: "parse EtcdURLs error: <urls>, <why>".
Result<std::vector<std::string>> parse_pd_urls(std::string_view text, UrlForm form);

/// What rpc::ClientRuntime::channel() takes: "http://a:1" -> "a:1", "unix://a:1" -> "unix:a:1".
/// An address without a scheme is returned as it is.
std::string url_address(std::string_view url);

}  // namespace tbl::cluster
