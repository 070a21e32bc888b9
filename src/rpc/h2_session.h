// HTTP/2 on nghttp2, either side, without sockets: bytes in, bytes out, events to streams.
#pragma once

#include <nghttp2/nghttp2.h>

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "rpc/block_pool.h"
#include "rpc/connection.h"
#include "rpc/header_block.h"
#include "rpc/send_queue.h"

namespace tbl::rpc {

class H2Session;

/// One stream of a session. The session shares ownership until on_close(). Events on the loop
/// thread.
class H2Stream {
 public:
  virtual ~H2Stream() = default;
  /// A header block: response headers, or trailers. Not called for a request's opening block.
  virtual void on_headers(const HeaderBlock& headers) = 0;
  /// The bytes count against the stream's window until H2Session::consume() was told of them.
  virtual void on_data(Bytes data) = 0;
  /// The peer sends no more.
  virtual void on_end() = 0;
  /// Output is sent in full. False: END_STREAM goes out with the last data; true: trailers follow,
  /// which the stream has submitted.
  virtual bool submit_trailers() { return false; }
  /// The last event; `h2_error` is 0 for a stream that ended in order.
  virtual void on_close(uint32_t h2_error) = 0;

  SendQueue& out() { return out_; }
  int32_t id() const { return id_; }

 private:
  friend class H2Session;
  SendQueue out_;
  int32_t id_ = 0;
  bool remote_ended_ = false;
};

/// Who owns a session. Loop thread.
class H2Owner {
 public:
  virtual ~H2Owner() = default;
  /// There is something to send.
  virtual void wants_flush() = 0;
  /// Server side: a request with its headers; null refuses it (RST_STREAM). Not for client
  /// sessions.
  virtual std::shared_ptr<H2Stream> on_request(int32_t id, const HeaderBlock& headers) = 0;
  /// Number of open streams changed, or the peer said GOAWAY.
  virtual void on_streams_changed() {}
  virtual void on_ping_ack() {}
};

class H2Session : public Protocol {
 public:
  enum class Side : uint8_t { kServer, kClient };
  H2Session(Side side, H2Owner* owner);
  ~H2Session() override;

  Status on_input(Bytes data) override;
  void produce(std::string* out, size_t target) override;
  bool finished() const override;
  /// Closes all streams with `h2_error` CANCEL.
  void on_closed(const Status& why) override;

  /// Client side. The stream's output is the request's body.
  Status submit_request(const HeaderList& headers, std::shared_ptr<H2Stream> stream);
  /// `end`: no body and no trailers follow. Else the stream's output does.
  void submit_response(H2Stream* stream, const HeaderList& headers, bool end);
  void submit_trailers(H2Stream* stream, const HeaderList& headers);
  void reset(H2Stream* stream, uint32_t h2_error);
  /// The stream's queue has something new.
  void resume(H2Stream* stream);
  /// Opens the stream's window by `n` received bytes.
  void consume(H2Stream* stream, size_t n);
  void ping();
  /// No new streams from the peer; open ones go on. finished() once they are over.
  void go_away();

  size_t stream_count() const { return streams_.size(); }
  bool peer_went_away() const { return peer_went_away_; }
  /// Why the connection is gone; nothing while it stands.
  const std::optional<Status>& close_reason() const { return close_reason_; }
  /// The peer's first SETTINGS have come.
  bool peer_ready() const { return peer_ready_; }

 private:
  struct Callbacks;
  H2Stream* find(int32_t id);
  void set_up_windows();

  H2Owner* const owner_;
  const Side side_;
  BlockPool memory_;
  nghttp2_session* session_ = nullptr;
  std::unordered_map<int32_t, std::shared_ptr<H2Stream>> streams_;
  HeaderBlock block_;
  std::string* sink_ =
      nullptr;  ///< produce()'s output, for DATA frames that are copied straight to it
  size_t sink_target_ = 0;
  bool paused_ = false;
  bool peer_went_away_ = false;
  bool peer_ready_ = false;
  bool going_away_ = false;
  bool closed_ = false;
  std::optional<Status> close_reason_;
};

}  // namespace tbl::rpc
