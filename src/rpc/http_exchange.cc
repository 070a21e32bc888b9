#include "rpc/http_exchange.h"

namespace tbl::rpc {

const char* http_reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 307:
      return "Temporary Redirect";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 413:
      return "Request Entity Too Large";
    case 415:
      return "Unsupported Media Type";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

std::shared_ptr<HttpExchange> HttpExchange::create(EventLoop* loop, H2Session* session,
                                                   const Services* services,
                                                   const HeaderBlock& headers,
                                                   const std::string& peer) {
  auto exchange = std::make_shared<HttpExchange>(loop, session, services);
  exchange->request_.method = headers.get(":method");
  exchange->request_.peer = peer;
  exchange->target_ = headers.get(":path");
  return exchange;
}

std::shared_ptr<HttpExchange> HttpExchange::refuse(EventLoop* loop, H2Session* session,
                                                   int status) {
  auto exchange = std::make_shared<HttpExchange>(loop, session, nullptr);
  exchange->refuse_with(status);
  return exchange;
}

void HttpExchange::refuse_with(int status) {
  handed_over_ = true;
  HttpResponse response;
  response.status = status;
  reply(std::move(response));
}

void HttpExchange::reply(HttpResponse response) {
  {
    std::lock_guard lock(mutex_);
    if (response_) return;
    response_ = std::move(response);
  }
  schedule();
}

void HttpExchange::on_data(Bytes data) {
  session_->consume(this, data.size());
  if (handed_over_) return;
  if (request_.body.size() + data.size() > kMaxHttpBody) return refuse_with(413);
  request_.body.append(data);
}

void HttpExchange::on_end() {
  if (handed_over_) return;
  handed_over_ = true;
  services_->answer(target_, std::move(request_),
                    std::static_pointer_cast<HttpExchange>(shared_from_this()));
}

void HttpExchange::on_close(uint32_t) {
  closed_ = true;
  out().abandon();
  detach();
}

void HttpExchange::on_scheduled() {
  if (closed_ || answered_) return;
  std::lock_guard lock(mutex_);
  if (!response_) return;
  answered_ = true;
  std::string status = std::to_string(response_->status);
  std::string length = std::to_string(response_->body.size());
  HeaderList list;
  list.add(":status", status);
  if (!response_->body.empty()) list.add("content-type", response_->content_type);
  list.add("content-length", length);
  bool empty = response_->body.empty();
  out().push(std::move(response_->body));
  out().close();
  session_->submit_response(this, list, empty);
}

}  // namespace tbl::rpc
