// From the urls that PD and its members give themselves to addresses a channel can be made to.
#pragma once

#include <string>
#include <string_view>

namespace tbl::cluster {

/// What rpc::ClientRuntime::channel() takes: "http://a:1" -> "a:1", "unix://a:1" -> "unix:a:1".
/// An address without a scheme is returned as it is.
std::string url_address(std::string_view url);

}  // namespace tbl::cluster
