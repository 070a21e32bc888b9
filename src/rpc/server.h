// A gRPC and HTTP server on one port (nghttp2, epoll, OpenSSL).
//
// Connections that open with the HTTP/2 preface and send `application/grpc` go to gRPC methods;
// other HTTP/2 and all HTTP/1.x requests go to the HTTP API. Under TLS, ALPN offers h2 and
// http/1.1.
//
// Threads: `loop_threads` epoll loops own the connections; every connection stays on one loop. gRPC
// handlers run on the loop and must not block, unless added with Run::kPool. HTTP handlers and
// kPool handlers run on `pool_threads` threads. Replies may be sent from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "rpc/http.h"
#include "rpc/message_batch.h"
#include "rpc/message_piece.h"
#include "rpc/tls.h"

namespace tbl::rpc {

using Metadata = std::vector<std::pair<std::string, std::string>>;

struct CallInfo {
  std::string path;  ///< "/binlog.Pump/PullBinlogs"
  std::string peer;  ///< "127.0.0.1:40312", or "unix"
  /// Request headers without pseudo headers and those of the transport (te, content-type, grpc-*).
  Metadata metadata;
};

/// Bytes of one large message that are not in memory: pulled by the loop as the client's window
/// allows.
class MessageSource {
 public:
  virtual ~MessageSource() = default;
  /// Exact length of the message.
  virtual uint64_t size() const = 0;
  /// Writes the next 1..n bytes to `buffer` (size() in total). Runs on the loop thread. An error
  /// resets the stream.
  virtual Result<size_t> read(size_t n, char* buffer) = 0;
};

/// Server side of one call. Shared by the loop and by whoever answers; any thread may use it.
class ServerCall {
 public:
  virtual ~ServerCall() = default;
  virtual const CallInfo& info() const = 0;
  /// Queues one message; never blocks. No effect once the call is over.
  virtual void send(std::string message) = 0;
  /// The same for several.
  virtual void send(MessageBatch batch) = 0;
  /// An empty one, in memory that an earlier one has left.
  virtual MessageBatch new_batch() { return {}; }
  /// The same for a message that is streamed. Never compressed.
  virtual void send(std::unique_ptr<MessageSource> message) = 0;
  /// Response header for the client; before the first send().
  virtual void add_header(std::string name, std::string value) = 0;
  /// Ends the call with trailers, after all queued messages. Once; later calls have no effect.
  virtual void finish(const Status& status) = 0;
  /// Bytes queued and not yet taken by the connection.
  virtual uint64_t pending_bytes() const = 0;
  /// Waits until pending_bytes() < limit (true), or the call is over or `timeout` passed (false).
  virtual bool wait_writable(uint64_t limit, std::chrono::milliseconds timeout) = 0;
  /// Stops and resumes reading (HTTP/2 flow control holds the client back).
  virtual void set_reading(bool on) = 0;
  /// Finished, cancelled, past its deadline, or its connection is gone.
  virtual bool over() const = 0;
};
using ServerCallPtr = std::shared_ptr<ServerCall>;

/// Receives the events of one call, on its loop thread, in order. on_over() is the last, and comes
/// exactly once. The handler is destroyed after it.
class CallHandler {
 public:
  virtual ~CallHandler() = default;
  virtual void on_message(std::string message) = 0;
  /// Instead of on_message() for add_large_unary()'s methods.
  virtual void on_piece(MessagePiece piece) { (void)piece; }
  /// The client will send no more messages.
  virtual void on_half_close() {}
  /// OK when finish() was sent in full; else why the call ended.
  virtual void on_over(const Status& why) { (void)why; }
};

/// Answers one unary call; call it exactly once, from any thread. Message is ignored unless status
/// is ok.
using UnaryReply = std::function<void(const Status& status, std::string message)>;
using UnaryHandler =
    std::function<void(const CallInfo& info, std::string request, UnaryReply reply)>;
using StreamHandlerFactory = std::function<std::unique_ptr<CallHandler>(ServerCallPtr call)>;

/// Takes a request that is not to be held in memory. On the loop, must not block; destroyed when
/// the call is over.
class LargeRequest {
 public:
  virtual ~LargeRequest() = default;
  virtual void add(MessagePiece piece) = 0;
  /// All of it is there: answer once, from any thread.
  virtual void finish(UnaryReply reply) = 0;
};
/// `call` is for set_reading(), and for finish() with an error before all of the request is there.
using LargeRequestFactory = std::function<std::unique_ptr<LargeRequest>(ServerCallPtr call)>;

enum class Run : uint8_t {
  kLoop,  ///< on the connection's loop: must not block
  kPool,  ///< on a pool thread: may block
};

struct ServerOptions {
  int loop_threads = 1;
  int pool_threads = 4;
  bool lends = false;  ///< for Server::lend()
  TlsOptions tls;
  uint64_t max_receive_message_bytes = INT64_MAX - (4ULL << 20);
  /// A connection that has not shown what it speaks after this long is closed; 0: never.
  std::chrono::milliseconds identify_timeout{0};
};

/// Set up methods, then listen(), then start(); all from one thread. stop() from any.
class Server {
 public:
  explicit Server(ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void add_unary(std::string path, Run run, UnaryHandler handler);
  /// A unary method on the loop, of which requests above `large_bytes` go to a LargeRequest, in
  /// pieces of at most that size.
  void add_large_unary(std::string path, UnaryHandler handler, uint64_t large_bytes,
                       LargeRequestFactory large);
  /// Any streaming kind.
  void add_stream(std::string path, StreamHandlerFactory factory);
  /// gRPC calls whose path starts with `prefix` and that no method above takes (a proxy's door).
  void add_prefix(std::string prefix, StreamHandlerFactory factory);
  /// `pattern` is a path whose {name} parts match one segment each, and a last {name...} the rest.
  /// Unmatched path: 404 "404 page not found\n"; other method: 405, empty.
  void add_http(std::string method, std::string pattern, HttpHandler handler);

  /// Binds "host:port" ("" or 0.0.0.0 as host: all interfaces; port 0: any) or "unix:<path>". May
  /// be called several times. The error names the address.
  Status listen(const std::string& address);
  /// Port of the first TCP listener.
  int port() const;
  Status start();
  /// Runs `task` once, on the first loop's thread while the server runs, else at once on this one;
  /// answers to many calls given there leave together. Any thread.
  void execute(const std::function<void()>& task);
  /// Of a handler on a loop, in a server that lends: runs `work`, which may wait for the disk, on
  /// the loop's thread once what came in with this call is handled, and again while it returns
  /// true. Something else to do on the loop goes to another thread meanwhile. False: not taken, as
  /// this is no loop's thread.
  bool lend(const std::function<bool()>& work);
  /// No new calls; running ones get `grace` to end, then are cut. Returns when all threads are
  /// joined.
  void stop(std::chrono::milliseconds grace = std::chrono::milliseconds(0));

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tbl::rpc
