// Which HTTP handler answers a request.
#pragma once

#include <string>
#include <vector>

#include "rpc/http.h"

namespace tbl::rpc {

/// Filled before the server starts, then read by any thread.
class HttpRouter {
 public:
  void add(std::string method, const std::string& pattern, HttpHandler handler);

  /// Handler for a request whose method and raw target ("/a%20b?c=d") are given; fills path, query
  /// and params. Null: `refusal` is the answer (404, 405, or 400 for a bad escape).
  const HttpHandler* route(const std::string& target, HttpRequest* request,
                           HttpResponse* refusal) const;

 private:
  struct Segment {
    std::string text;
    bool parameter = false;
    bool rest = false;
  };
  struct Route {
    std::string method;
    std::vector<Segment> segments;
    HttpHandler handler;
  };
  static bool matches(const Route& route, const std::vector<std::string>& segments,
                      std::vector<std::string>* params);
  std::vector<Route> routes_;
};

/// %XX, and '+' as a space where asked. False: a damaged escape.
bool url_decode(const std::string& text, bool plus_is_space, std::string* out);

}  // namespace tbl::rpc
