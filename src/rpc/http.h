// HTTP requests and replies as handlers see them; HTTP/1.1 and HTTP/2 look alike.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tbl::rpc {

struct HttpRequest {
  std::string method;  ///< upper case
  std::string path;    ///< percent-decoded, without the query
  std::map<std::string, std::string> query;
  std::vector<std::string> params;  ///< what the {…} parts of the pattern matched, in order
  std::string body;
  std::string peer;  ///< "host:port" of the client
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

/// Runs on one of the server's pool threads; may block.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

}  // namespace tbl::rpc
