// HTTP/1.1 on a server connection: one request at a time, answered by the HTTP API.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "rpc/connection.h"
#include "rpc/http1_parser.h"
#include "rpc/services.h"

namespace tbl::rpc {

/// Loop thread. Input is not read while a request is being answered.
class Http1Session : public Protocol {
 public:
  /// `on_progress` asks for a flush; its argument says that a request was complete.
  Http1Session(EventLoop* loop, const Services* services, std::string peer,
               std::function<void(bool)> on_progress);
  ~Http1Session() override;

  Status on_input(Bytes data) override;
  void produce(std::string* out, size_t target) override;
  bool finished() const override { return finished_ && out_.empty(); }
  bool wants_input() const override { return !answering_ && !finished_; }
  void on_closed(const Status& why) override;
  /// Closes after the running request, or now.
  void drain();

 private:
  class Reply;
  void parse();
  void hand_over(Http1Request request);
  void on_reply(HttpResponse response);
  void write_response(const HttpResponse& response, bool keep_alive);

  EventLoop* const loop_;
  const Services* const services_;
  const std::string peer_;
  const std::function<void(bool)> on_progress_;
  Http1Parser parser_;
  std::shared_ptr<Reply> reply_;
  std::string out_;
  bool answering_ = false;
  bool keep_alive_ = true;
  bool head_only_ = false;
  bool draining_ = false;
  bool finished_ = false;
};

}  // namespace tbl::rpc
