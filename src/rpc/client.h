// gRPC client: one HTTP/2 connection per Channel, made on first use and made again after it broke.
//
// All channels of a ClientRuntime share its epoll loop thread. Any thread may call.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/ring.h"
#include "base/status.h"
#include "base/stop.h"
#include "rpc/http.h"
#include "rpc/message_piece.h"
#include "rpc/tls.h"

namespace tbl::rpc {

using Metadata = std::vector<std::pair<std::string, std::string>>;

struct CallOptions {
  /// For the whole call, sent as grpc-timeout; 0: none.
  std::chrono::milliseconds timeout{0};
  bool gzip = false;  ///< compress requests and so ask for compressed answers
  /// Streams only: answers of more bytes than this arrive in pieces, to be taken with
  /// receive_pieces() only; 0: every message arrives whole.
  uint64_t piece_bytes = 0;
  /// With piece_bytes: uncompressed answers of up to so many bytes (at most 16 KiB) arrive in
  /// memory that they share with others: MessagePiece::shared.
  uint64_t share_up_to = 0;
  /// Names in lower case. Names of the transport (te, content-type, user-agent, grpc-*) are left
  /// out.
  Metadata metadata;
};

/// Events of one call on the runtime's loop thread, in order; must not block. on_over() is the
/// last.
class ClientHandler {
 public:
  virtual ~ClientHandler() = default;
  virtual void on_headers(const Metadata& headers) { (void)headers; }
  virtual void on_message(std::string message) = 0;
  /// Instead of on_message() where CallOptions::piece_bytes asks for it.
  virtual void on_piece(MessagePiece piece) { (void)piece; }
  /// Several of them that arrived together.
  virtual void on_pieces(std::span<MessagePiece> pieces) {
    for (MessagePiece& piece : pieces) on_piece(std::move(piece));
  }
  /// The call's status: the server's trailers, or why the connection or call failed locally.
  virtual void on_over(const Status& status, const Metadata& trailers) = 0;
};

/// A call in progress with callbacks. Destroying it cancels the call; after the destructor returned
/// no callback runs any more (do not destroy it from inside one).
class AsyncCall {
 public:
  virtual ~AsyncCall() = default;
  virtual void send(std::string message) = 0;
  virtual void half_close() = 0;
  virtual void cancel() = 0;
  /// Stops and resumes reading (HTTP/2 flow control holds the server back).
  virtual void set_reading(bool on) = 0;
  /// Bytes queued by send() and not yet taken by the connection.
  virtual uint64_t pending_bytes() const = 0;
};

/// A call in progress for a thread that may wait. One thread sends, one receives.
class ClientStream {
 public:
  virtual ~ClientStream() = default;  ///< cancels
  virtual Status send(std::string message) = 0;
  virtual void half_close() = 0;
  /// Next message; nothing: ended with OK. Errors: the call's status; kCancelled after cancel() or
  /// stop. Up to 1 MiB (or one message) is read ahead.
  virtual Result<std::optional<std::string>> receive(const StopToken& stop = {}) = 0;
  /// As receive(), for a call with CallOptions::piece_bytes: all whole messages, and pieces of one,
  /// that have arrived, at least one; none: ended with OK. What `*pieces` held before is dropped.
  virtual Status receive_pieces(Ring<MessagePiece>* pieces, const StopToken& stop = {}) = 0;
  /// As receive(), but gives up with kDeadlineExceeded (the call goes on).
  virtual Result<std::optional<std::string>> receive_for(std::chrono::milliseconds timeout) = 0;
  /// Response headers, once they are there (after the first receive()).
  virtual Metadata headers() const = 0;
  virtual void cancel() = 0;
};

class ClientRuntime;

struct ChannelOptions {
  TlsOptions tls;
  std::chrono::milliseconds connect_timeout{5000};
  /// PING after this long without data while calls are open; no answer in 3 s: connection is
  /// broken.
  std::chrono::milliseconds keepalive{10000};
  uint64_t max_receive_message_bytes = INT64_MAX - (4ULL << 20);
};

/// A server's address. Calls fail with kUnavailable ("connect 127.0.0.1:2379: Connection refused")
/// while it cannot be reached; nothing is retried here. Shared by everyone who talks to that
/// server.
class Channel {
 public:
  virtual ~Channel() = default;
  /// Waits for the answer.
  virtual Result<std::string> call(const std::string& path, std::string request,
                                   const CallOptions& options = {}) = 0;
  virtual std::unique_ptr<ClientStream> open(const std::string& path,
                                             const CallOptions& options = {}) = 0;
  virtual std::unique_ptr<AsyncCall> open_async(const std::string& path,
                                                std::unique_ptr<ClientHandler> handler,
                                                const CallOptions& options = {}) = 0;
  virtual const std::string& address() const = 0;
};

/// Owns the loop thread. Must outlive its channels and their calls.
class ClientRuntime {
 public:
  ClientRuntime();
  ~ClientRuntime();
  ClientRuntime(const ClientRuntime&) = delete;
  ClientRuntime& operator=(const ClientRuntime&) = delete;

  /// `address`: "host:port" or "unix:<path>". Never fails: connecting happens on first use.
  std::shared_ptr<Channel> channel(const std::string& address, ChannelOptions options = {});

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// One HTTP/1.1 request, blocking. `url`: http://host:port/path (https with `tls`).
Result<HttpResponse> http_request(const std::string& method, const std::string& url,
                                  const std::string& body, std::chrono::milliseconds timeout,
                                  const TlsOptions& tls = {});

}  // namespace tbl::rpc
