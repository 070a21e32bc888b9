// gRPC's message frames: a flag byte (1: compressed), length (u32 big endian), message; and gzip.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/shared_bytes.h"
#include "base/status.h"

namespace tbl::rpc {

std::array<char, 5> message_prefix(uint64_t size, bool compressed);

/// Takes messages out of a stream's bytes. A length that the peer only claims costs no memory.
class MessageReader {
 public:
  explicit MessageReader(uint64_t max_bytes) : max_bytes_(max_bytes) {}
  /// The peer said `grpc-encoding: gzip`; without it a compressed message is an error.
  void allow_gzip() { gzip_ = true; }
  /// Messages of more bytes than this are given in pieces as they arrive, and not decompressed.
  void give_pieces_above(uint64_t bytes) { piece_bytes_ = bytes; }
  /// Uncompressed messages of up to so many bytes (at most kSlabBytes) are given in memory that
  /// they share, by take_shared().
  void share_up_to(uint64_t bytes) { share_bytes_ = bytes; }
  static constexpr size_t kSlabBytes = 16 << 10;
  /// Takes bytes off the front of `data`. True: `message` is whole (or a piece, see below), and
  /// `data` may hold more. False: all of `data` was taken. kResourceExhausted: larger than the
  /// limit; kInternal: not a frame.
  Result<bool> next(Bytes* data, std::string* message);
  /// The message that next() just gave, if it is in shared memory; `message` is empty then.
  SharedBytes take_shared() { return std::move(shared_); }
  /// What next() gave is (part of) a gzip stream.
  bool is_compressed() const { return gave_compressed_; }
  /// Inside a message: also after next() gave a piece that is not the last.
  bool partial() const { return prefix_size_ > 0; }

 private:
  Status take_prefix(Bytes* data);
  Result<bool> finish(std::string* message);
  bool give_piece(std::string* message);
  bool fill_room(Bytes* data);

  const uint64_t max_bytes_;
  bool gzip_ = false;
  std::array<char, 5> prefix_{};
  size_t prefix_size_ = 0;
  uint64_t piece_bytes_ = UINT64_MAX;
  uint64_t length_ = 0;  ///< of what has not been given yet
  bool in_pieces_ = false;
  bool gave_compressed_ = false;
  std::string body_;
  uint64_t share_bytes_ = 0;
  Slabs slabs_{kSlabBytes};
  Slabs::Room room_;  ///< of a shared message under way; has no owner otherwise
  size_t room_filled_ = 0;
  SharedBytes shared_;
};

}  // namespace tbl::rpc
