// Server side of one gRPC call: an HTTP/2 stream below, a CallHandler above.
#pragma once

#include <mutex>
#include <optional>

#include "rpc/h2_session.h"
#include "rpc/inbound.h"
#include "rpc/loop_bound.h"
#include "rpc/server.h"

namespace tbl::rpc {

/// Created for a request's headers, which it keeps as CallInfo. Owned by its session until the
/// stream closes, and by whoever holds a ServerCallPtr. Outlives connection, loop and server
/// unharmed.
class GrpcServerCall : public H2Stream, public ServerCall, public LoopBound, private InboundSink {
 public:
  GrpcServerCall(EventLoop* loop, H2Session* session, uint64_t max_message_bytes);

  /// Reads the headers: path, metadata, deadline, encoding. An error is the call's status.
  Status accept(const HeaderBlock& headers, const std::string& peer);
  /// Gives the call its handler (once, on the loop, before any other event).
  void set_handler(std::unique_ptr<CallHandler> handler) { handler_ = std::move(handler); }
  std::shared_ptr<GrpcServerCall> self();
  /// The handler gets on_piece(), for messages of more bytes than this as they arrive.
  void take_pieces_above(uint64_t bytes) { inbound_.give_pieces_above(bytes); }
  /// finish() for a call without a handler; what the client still sends is dropped.
  void refuse(const Status& status);
  /// send() and finish(ok) with one wake-up; an error only finishes.
  void reply(const Status& status, std::string message);

  const CallInfo& info() const override { return info_; }
  void send(std::string message) override;
  void send(MessageBatch batch) override;
  MessageBatch new_batch() override { return MessageBatch(out().spare_buffer()); }
  void send(std::unique_ptr<MessageSource> message) override;
  void add_header(std::string name, std::string value) override;
  void finish(const Status& status) override;
  uint64_t pending_bytes() const override;
  bool wait_writable(uint64_t limit, std::chrono::milliseconds timeout) override;
  void set_reading(bool on) override;
  bool over() const override { return over_.load(); }

  void on_headers(const HeaderBlock&) override {}
  void on_data(Bytes data) override { inbound_.on_data(data); }
  void on_end() override { inbound_.on_end(); }
  bool submit_trailers() override;
  void on_close(uint32_t h2_error) override;

 private:
  void on_scheduled() override;
  void on_inbound_message(std::string message) override;
  void on_inbound_piece(MessagePiece piece) override;
  void on_inbound_end() override;
  void on_inbound_error(const Status& error) override;
  void on_inbound_consumed(size_t n) override;

  void push(std::string message);
  void close_output(const Status& status);
  void send_headers();
  void send_trailers_only(const Status& status);
  void set_deadline(std::chrono::nanoseconds timeout);
  void on_deadline();

  EventLoop* const home_;  ///< loop thread only; alive until on_close()
  H2Session* const session_;
  CallInfo info_;
  bool gzip_ = false;
  std::atomic<bool> over_{false};

  std::mutex mutex_;
  Metadata headers_;
  std::optional<Status> status_;

  // Loop thread.
  Inbound inbound_;
  std::unique_ptr<CallHandler> handler_;
  std::optional<EventLoop::Timer> deadline_;
  std::optional<Status> why_over_;  ///< set where it ends otherwise than by the client
  bool closed_ = false;
  bool headers_sent_ = false;
  bool trailers_sent_ = false;
};

}  // namespace tbl::rpc
