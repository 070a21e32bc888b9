// One HTTP request over HTTP/2: collects the body, hands it to the HTTP API, sends the reply.
#pragma once

#include <mutex>
#include <optional>

#include "rpc/h2_session.h"
#include "rpc/loop_bound.h"
#include "rpc/services.h"

namespace tbl::rpc {

/// Bodies above this are refused with 413, over HTTP/1.1 too.
constexpr size_t kMaxHttpBody = 16 << 20;

/// Reason phrase of a status code.
const char* http_reason(int status);

class HttpExchange : public H2Stream, public HttpReplier, public LoopBound {
 public:
  static std::shared_ptr<HttpExchange> create(EventLoop* loop, H2Session* session,
                                              const Services* services, const HeaderBlock& headers,
                                              const std::string& peer);
  /// Answers with `status` and an empty body.
  static std::shared_ptr<HttpExchange> refuse(EventLoop* loop, H2Session* session, int status);

  HttpExchange(EventLoop* loop, H2Session* session, const Services* services)
      : LoopBound(loop), session_(session), services_(services) {}

  void reply(HttpResponse response) override;
  void on_headers(const HeaderBlock&) override {}
  void on_data(Bytes data) override;
  void on_end() override;
  void on_close(uint32_t h2_error) override;

 private:
  void on_scheduled() override;
  void refuse_with(int status);

  H2Session* const session_;
  const Services* const services_;
  HttpRequest request_;
  std::string target_;
  bool handed_over_ = false;
  bool answered_ = false;
  bool closed_ = false;

  std::mutex mutex_;
  std::optional<HttpResponse> response_;
};

}  // namespace tbl::rpc
