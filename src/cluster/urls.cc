#include "cluster/urls.h"

namespace tbl::cluster {

std::string url_address(std::string_view url) {
  const size_t separator = url.find("://");
  if (separator == std::string_view::npos) return std::string(url);
  const std::string_view scheme = url.substr(0, separator);
  const std::string_view rest = url.substr(separator + 3);
  if (scheme == "unix" || scheme == "unixs") return "unix:" + std::string(rest);
  return std::string(rest.substr(0, rest.find('/')));
}

}  // namespace tbl::cluster
