#include "rpc/http1_session.h"

#include <ctime>
#include <mutex>
#include <optional>

#include "rpc/http_exchange.h"
#include "rpc/loop_bound.h"

namespace tbl::rpc {
namespace {

std::string http_date() {
  time_t now = time(nullptr);
  struct tm parts {};
  gmtime_r(&now, &parts);
  char text[64];
  strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text;
}

}  // namespace

/// Carries an answer from a pool thread to the session, if that is still there.
class Http1Session::Reply : public HttpReplier, public LoopBound {
 public:
  Reply(EventLoop* loop, Http1Session* session) : LoopBound(loop), session_(session) {}

  void reply(HttpResponse response) override {
    {
      std::lock_guard lock(mutex_);
      response_ = std::move(response);
    }
    schedule();
  }
  void forget() {
    session_ = nullptr;
    detach();
  }

 private:
  void on_scheduled() override {
    std::optional<HttpResponse> response;
    {
      std::lock_guard lock(mutex_);
      response.swap(response_);
    }
    if (response && session_ != nullptr) session_->on_reply(std::move(*response));
  }

  Http1Session* session_;
  std::mutex mutex_;
  std::optional<HttpResponse> response_;
};

Http1Session::Http1Session(EventLoop* loop, const Services* services, std::string peer,
                           std::function<void(bool)> on_progress)
    : loop_(loop),
      services_(services),
      peer_(std::move(peer)),
      on_progress_(std::move(on_progress)),
      parser_(kMaxHttpBody) {}

Http1Session::~Http1Session() {
  if (reply_ != nullptr) reply_->forget();
}

Status Http1Session::on_input(Bytes data) {
  parser_.feed(data);
  parse();
  return ok_status();
}

void Http1Session::parse() {
  if (answering_ || finished_) return;
  switch (parser_.next()) {
    case Http1Parser::State::kNeedMore:
      break;
    case Http1Parser::State::kNeedContinue:
      out_ += "HTTP/1.1 100 Continue\r\n\r\n";
      break;
    case Http1Parser::State::kRequest:
      hand_over(parser_.take());
      break;
    case Http1Parser::State::kBad: {
      HttpResponse response;
      response.status = parser_.error_status();
      response.body = std::to_string(response.status) + " " + http_reason(response.status) + "\n";
      write_response(response, false);
      break;
    }
  }
}

void Http1Session::hand_over(Http1Request request) {
  answering_ = true;
  keep_alive_ = request.keep_alive;
  head_only_ = request.method == "HEAD";
  on_progress_(true);
  HttpRequest full;
  full.method = std::move(request.method);
  full.body = std::move(request.body);
  full.peer = peer_;
  if (reply_ != nullptr) reply_->forget();
  reply_ = std::make_shared<Reply>(loop_, this);
  services_->answer(request.target, std::move(full), reply_);
}

void Http1Session::on_reply(HttpResponse response) {
  if (!answering_) return;
  answering_ = false;
  write_response(response, keep_alive_ && !draining_);
  parse();
  on_progress_(false);
}

void Http1Session::write_response(const HttpResponse& response, bool keep_alive) {
  out_ +=
      "HTTP/1.1 " + std::to_string(response.status) + " " + http_reason(response.status) + "\r\n";
  if (!response.body.empty()) out_ += "Content-Type: " + response.content_type + "\r\n";
  out_ += "Date: " + http_date() + "\r\n";
  if (!keep_alive) out_ += "Connection: close\r\n";
  out_ += "Content-Length: " + std::to_string(response.body.size()) + "\r\n\r\n";
  if (!head_only_) out_ += response.body;
  finished_ = !keep_alive;
}

void Http1Session::produce(std::string* out, size_t) {
  out->append(out_);
  out_.clear();
}

void Http1Session::on_closed(const Status&) {
  finished_ = true;
  if (reply_ != nullptr) reply_->forget();
}

void Http1Session::drain() {
  draining_ = true;
  if (answering_) return;
  finished_ = true;
  on_progress_(false);
}

}  // namespace tbl::rpc
