#include "base/urls.h"

#include <algorithm>
#include <charconv>

#include "base/secret.h"

namespace tbl {
namespace {

std::string_view trim(std::string_view text) {
  size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

/// The URL as it goes into the list, or what is wrong with it.
Result<std::string> check_etcd_url(std::string_view text, UrlRule rule) {
  std::string url(text);
  if (rule == UrlRule::kBareAllowed && url.find("://") == url.npos) url = "http://" + url;
  auto parsed = parse_url(url);
  if (!parsed.ok()) return std::move(parsed).status();
  const std::string& scheme = parsed->scheme;
  if (scheme != "http" && scheme != "https" && scheme != "unix" && scheme != "unixs") {
    return invalid_argument("URL scheme must be http, https, unix, or unixs: " + url);
  }
  if (!parse_host_port(parsed->host).ok()) {
    return invalid_argument("URL address does not have the form \"host:port\": " + url);
  }
  if (!parsed->path.empty()) return invalid_argument("URL must not contain a path: " + url);
  return url;
}

}  // namespace

std::string HostPort::to_string() const {
  std::string name = host.find(':') == host.npos ? host : "[" + host + "]";
  return name + ":" + std::to_string(port);
}

Result<HostPort> parse_host_port(std::string_view text) {
  auto bad = [text](const char* why) {
    return invalid_argument("address " + std::string(text) + ": " + why);
  };
  size_t colon = text.rfind(':');
  if (colon == text.npos) return bad("missing port in address");
  std::string_view host = text.substr(0, colon);
  std::string_view digits = text.substr(colon + 1);
  bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!bracketed && host.find(':') != host.npos) return bad("too many colons in address");
  uint16_t port = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size()) return bad("invalid port");
  return HostPort{std::string(host), port};
}

Result<Url> parse_url(std::string_view text) {
  size_t colon = text.find("://");
  if (colon == text.npos || colon == 0) {
    return invalid_argument("parse " + std::string(text) + ": missing protocol scheme");
  }
  Url url;
  for (char c : text.substr(0, colon)) {
    url.scheme += static_cast<char>(tolower(static_cast<unsigned char>(c)));
  }
  std::string_view rest = text.substr(colon + 3);
  size_t slash = std::min(rest.find('/'), rest.size());
  url.host = rest.substr(0, slash);
  url.path = rest.substr(slash);
  return url;
}

Result<std::vector<std::string>> parse_etcd_urls(const std::string& urls, UrlRule rule) {
  std::vector<std::string> out;
  std::string_view rest = urls;
  while (true) {
    size_t comma = rest.find(',');
    auto url = check_etcd_url(trim(rest.substr(0, comma)), rule);
    if (!url.ok()) {
      return invalid_argument(
          without_passwords("parse EtcdURLs error: " + urls + ", " + url.status().message()));
    }
    out.push_back(std::move(url).value());
    if (comma == rest.npos) break;
    rest.remove_prefix(comma + 1);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> url_hosts(const std::vector<std::string>& urls) {
  std::vector<std::string> out;
  for (const std::string& text : urls) {
    auto url = parse_url(text);
    out.push_back(url.ok() ? url->host : text);
  }
  return out;
}

}  // namespace tbl
