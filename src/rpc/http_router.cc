#include "rpc/http_router.h"

namespace tbl::rpc {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The parts between slashes; a leading slash opens the first one.
std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> parts;
  size_t at = path.starts_with('/') ? 1 : 0;
  while (true) {
    size_t slash = path.find('/', at);
    parts.push_back(path.substr(at, slash == std::string::npos ? slash : slash - at));
    if (slash == std::string::npos) return parts;
    at = slash + 1;
  }
}

bool parse_query(const std::string& text, std::map<std::string, std::string>* query) {
  size_t at = 0;
  while (at < text.size()) {
    size_t end = std::min(text.find('&', at), text.size());
    std::string pair = text.substr(at, end - at);
    at = end + 1;
    if (pair.empty()) continue;
    size_t equals = pair.find('=');
    std::string name;
    std::string value;
    if (!url_decode(pair.substr(0, equals), true, &name)) return false;
    if (equals != std::string::npos && !url_decode(pair.substr(equals + 1), true, &value)) {
      return false;
    }
    query->emplace(std::move(name), std::move(value));
  }
  return true;
}

}  // namespace

bool url_decode(const std::string& text, bool plus_is_space, std::string* out) {
  out->clear();
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out->push_back(' ');
    } else if (text[i] != '%') {
      out->push_back(text[i]);
    } else {
      if (i + 2 >= text.size()) return false;
      int high = hex_value(text[i + 1]);
      int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return false;
      out->push_back(static_cast<char>(high << 4 | low));
      i += 2;
    }
  }
  return true;
}

void HttpRouter::add(std::string method, const std::string& pattern, HttpHandler handler) {
  Route route;
  route.method = std::move(method);
  route.handler = std::move(handler);
  for (std::string& part : split_path(pattern)) {
    Segment segment;
    if (part.starts_with('{') && part.ends_with('}')) {
      segment.parameter = true;
      segment.rest = part.ends_with("...}");
    } else {
      segment.text = std::move(part);
    }
    route.segments.push_back(std::move(segment));
  }
  routes_.push_back(std::move(route));
}

bool HttpRouter::matches(const Route& route, const std::vector<std::string>& segments,
                         std::vector<std::string>* params) {
  params->clear();
  for (size_t i = 0; i < route.segments.size(); ++i) {
    const Segment& segment = route.segments[i];
    if (i >= segments.size()) return false;
    if (segment.rest) {
      std::string rest = segments[i];
      for (size_t j = i + 1; j < segments.size(); ++j) rest += "/" + segments[j];
      params->push_back(std::move(rest));
      return true;
    }
    if (segment.parameter && !segments[i].empty()) {
      params->push_back(segments[i]);
    } else if (segment.parameter || segment.text != segments[i]) {
      return false;
    }
  }
  return segments.size() == route.segments.size();
}

const HttpHandler* HttpRouter::route(const std::string& target, HttpRequest* request,
                                     HttpResponse* refusal) const {
  size_t question = target.find('?');
  std::string raw_path = target.substr(0, question);
  bool good = url_decode(raw_path, false, &request->path);
  if (good && question != std::string::npos) {
    good = parse_query(target.substr(question + 1), &request->query);
  }
  if (!good) {
    refusal->status = 400;
    refusal->body = "400 Bad Request\n";
    return nullptr;
  }
  std::vector<std::string> segments;
  for (const std::string& part : split_path(raw_path)) {
    segments.emplace_back();
    if (!url_decode(part, false, &segments.back())) return nullptr;
  }
  bool other_method = false;
  for (const Route& route : routes_) {
    if (!matches(route, segments, &request->params)) continue;
    if (route.method == request->method) return &route.handler;
    other_method = true;
  }
  request->params.clear();
  refusal->status = other_method ? 405 : 404;
  if (!other_method) refusal->body = "404 page not found\n";
  return nullptr;
}

}  // namespace tbl::rpc
