// Packets: payloads of any length, cut into numbered parts of at most 16 MiB - 1.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "tidb/protocol/wire_stream.h"

namespace tbl::tidb::protocol {

/// One exchange numbers its parts from 0 in both directions together; begin_exchange() starts anew.
/// Output is gathered and leaves at flush() or when 64 KiB are there. One thread.
class PacketIo {
 public:
  explicit PacketIo(WireStream* stream) : stream_(stream) {}

  /// A payload longer than `bytes` is refused with 1153 before it is in memory; the connection is
  /// of no use then.
  void set_max_payload(uint64_t bytes) { max_payload_ = bytes; }
  void begin_exchange() { sequence_ = 0; }
  /// Next payload. Errors: the stream's; 1156 when a part's number is not the next one; 1153.
  Result<std::string> read(std::chrono::seconds limit);
  Status write(std::string_view payload);
  Status flush();
  /// From now on takes from the stream what is there. Before, read() takes no byte beyond its
  /// packet: a client's TLS hello may follow its request for TLS at once, and belongs to TLS.
  void begin_read_ahead() { read_ahead_ = 16 << 10; }

 private:
  Status fill(size_t wanted, std::chrono::seconds limit);
  Status read_part(std::string* payload, size_t* size, std::chrono::seconds limit);

  WireStream* const stream_;
  uint64_t max_payload_ = 64ULL << 20;
  uint8_t sequence_ = 0;
  size_t read_ahead_ = 0;  ///< bytes asked of the stream at least
  std::string in_;
  size_t in_pos_ = 0;
  std::string out_;
};

}  // namespace tbl::tidb::protocol
