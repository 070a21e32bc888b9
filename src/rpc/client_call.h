// Client side of one gRPC call: an HTTP/2 stream below, a ClientHandler above.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "rpc/client.h"
#include "rpc/h2_session.h"
#include "rpc/inbound.h"
#include "rpc/loop_bound.h"

namespace tbl::rpc {

class ChannelImpl;

/// Owned by its user, and by channel and session while it is in progress. Callbacks run on the loop
/// under callback_mutex_, which is how abandon() can promise that none runs after it.
class ClientCall : public H2Stream, public LoopBound, private InboundSink {
 public:
  ClientCall(EventLoop* loop, std::shared_ptr<ChannelImpl> channel, std::string path,
             const CallOptions& options);
  ~ClientCall() override;

  // Any thread.
  void start(std::unique_ptr<ClientHandler> handler);
  /// start(), send() and half_close() with one wake-up.
  void start_unary(std::unique_ptr<ClientHandler> handler, std::string request);
  void send(std::string message);
  void half_close();
  void cancel();
  void set_reading(bool on);
  uint64_t pending_bytes() { return out().pending_bytes(); }
  /// Cancels; no callback runs after it returned.
  void abandon();

  // The channel, on the loop.
  void submit(H2Session* session, const std::string& authority, bool tls);
  void fail(const Status& why);

 private:
  void on_scheduled() override;
  void on_headers(const HeaderBlock& headers) override;
  void on_data(Bytes data) override { inbound_.on_data(data); }
  void on_end() override;
  void on_close(uint32_t h2_error) override;
  void on_inbound_message(std::string message) override;
  void on_inbound_pieces(std::span<MessagePiece> pieces) override;
  void on_inbound_end() override;
  void on_inbound_error(const Status& error) override;
  void on_inbound_consumed(size_t n) override;

  void push(std::string message);
  void begin();
  void on_response(const HeaderBlock& headers);
  void on_trailers(const HeaderBlock& headers);
  Status final_status() const;
  /// Ends the call on our side: resets the stream, or leaves the channel's queue.
  void end_locally(const Status& why);
  void complete(const Status& status);

  EventLoop* const home_;
  const std::string path_;
  const CallOptions options_;
  const EventLoop::Time created_;
  std::atomic<bool> cancelled_{false};

  std::mutex callback_mutex_;
  std::unique_ptr<ClientHandler> handler_;

  // Loop thread.
  std::shared_ptr<ChannelImpl> channel_;  ///< until the call is over
  H2Session* session_ = nullptr;          ///< while the stream is open
  Inbound inbound_;
  std::optional<EventLoop::Timer> deadline_;
  std::optional<Status> status_;  ///< what the server said
  Metadata trailers_;
  bool started_ = false;
  bool ended_ = false;
  bool over_ = false;
};

}  // namespace tbl::rpc
