// Incoming half of a gRPC stream, the same for servers and clients: bytes to messages, held back
// while reading is off.
#pragma once

#include <atomic>
#include <span>
#include <string>
#include <vector>

#include "rpc/client.h"
#include "rpc/grpc_framing.h"

namespace tbl::rpc {

/// Gets what Inbound makes of the bytes.
class InboundSink {
 public:
  virtual ~InboundSink() = default;
  virtual void on_inbound_message(std::string message) = 0;
  /// Only after give_pieces_above().
  virtual void on_inbound_piece(MessagePiece piece) { (void)piece; }
  /// Several of them that arrived together.
  virtual void on_inbound_pieces(std::span<MessagePiece> pieces) {
    for (MessagePiece& piece : pieces) on_inbound_piece(std::move(piece));
  }
  /// The peer sends no more, and every message was delivered.
  virtual void on_inbound_end() = 0;
  virtual void on_inbound_error(const Status& error) = 0;
  /// `n` bytes need not be held against the peer any more.
  virtual void on_inbound_consumed(size_t n) = 0;
};

/// Loop thread, but set_reading() from any.
class Inbound {
 public:
  Inbound(uint64_t max_message_bytes, InboundSink* sink)
      : reader_(max_message_bytes), sink_(sink) {}

  void allow_gzip() { reader_.allow_gzip(); }
  /// Every message is given as on_inbound_piece(), those of more bytes than this as they arrive.
  void give_pieces_above(uint64_t bytes) {
    pieces_ = true;
    reader_.give_pieces_above(bytes);
  }
  void share_up_to(uint64_t bytes) { reader_.share_up_to(bytes); }
  void on_data(Bytes data);
  void on_end();
  /// To be followed by resume() on the loop when switched on.
  void set_reading(bool on) { reading_.store(on); }
  /// Delivers what was held back, if reading is on.
  void resume();
  /// Drops all bytes; the end is still told.
  void discard() { discard_ = true; }
  /// Nothing is delivered any more.
  void stop() { stopped_ = true; }

 private:
  /// Delivers the messages of `data`; returns what was not read since reading was switched off.
  Bytes deliver(Bytes data);
  Bytes deliver_pieces(Bytes data);
  void fail(const Status& error);
  void finish();

  MessageReader reader_;
  InboundSink* const sink_;
  std::atomic<bool> reading_{true};
  std::string held_;
  bool pieces_ = false;
  std::vector<MessagePiece> together_;  ///< in deliver_pieces(), kept for its memory
  bool discard_ = false;
  bool ended_ = false;
  bool stopped_ = false;
};

}  // namespace tbl::rpc
