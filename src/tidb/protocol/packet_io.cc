#include "tidb/protocol/packet_io.h"

#include "base/bytes.h"
#include "tidb/protocol/constants.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb::protocol {
namespace {

constexpr size_t kFlushAt = 64 << 10;
constexpr size_t kHeader = 4;
constexpr int kErrPacketTooLarge = 1153;
constexpr int kErrOutOfOrder = 1156;

}  // namespace

Status PacketIo::fill(size_t wanted, std::chrono::seconds limit) {
  if (in_pos_ == in_.size()) {
    in_.clear();
    in_pos_ = 0;
  }
  while (in_.size() - in_pos_ < wanted) {
    const size_t have = in_.size();
    const size_t asked = std::max(read_ahead_, wanted - (have - in_pos_));
    in_.resize(have + asked);
    auto n = stream_->read_some(in_.data() + have, asked, limit);
    in_.resize(have + (n.ok() ? *n : 0));
    if (!n.ok()) return std::move(n).status();
  }
  return ok_status();
}

Status PacketIo::read_part(std::string* payload, size_t* size, std::chrono::seconds limit) {
  TBL_TRY(fill(kHeader, limit));
  const char* header = in_.data() + in_pos_;
  *size = get_le16(header) | static_cast<size_t>(static_cast<uint8_t>(header[2])) << 16;
  const auto sequence = static_cast<uint8_t>(header[3]);
  in_pos_ += kHeader;
  if (sequence != sequence_) {
    return unavailable("Got packets out of order").with_detail(kErrOutOfOrder);
  }
  ++sequence_;
  if (payload->size() + *size > max_payload_) {
    return unavailable("Got a packet bigger than 'max_allowed_packet' bytes")
        .with_detail(kErrPacketTooLarge);
  }
  const size_t buffered = std::min(*size, in_.size() - in_pos_);
  payload->append(in_, in_pos_, buffered);
  in_pos_ += buffered;
  size_t left = *size - buffered;
  // Grows with what arrives, not with what the header promises.
  while (left > 0) {
    const size_t have = payload->size();
    const size_t chunk = std::min<size_t>(left, 1 << 20);
    payload->resize(have + chunk);
    auto n = stream_->read_some(payload->data() + have, chunk, limit);
    payload->resize(have + (n.ok() ? *n : 0));
    if (!n.ok()) return std::move(n).status();
    left -= *n;
  }
  return ok_status();
}

Result<std::string> PacketIo::read(std::chrono::seconds limit) {
  std::string payload;
  size_t size = kMaxPart;
  while (size == kMaxPart) TBL_TRY(read_part(&payload, &size, limit));
  return payload;
}

Status PacketIo::write(std::string_view payload) {
  while (true) {
    const size_t part = std::min(payload.size(), kMaxPart);
    put_le16(out_, static_cast<uint16_t>(part));
    out_.push_back(static_cast<char>(part >> 16));
    out_.push_back(static_cast<char>(sequence_++));
    out_.append(payload.substr(0, part));
    payload.remove_prefix(part);
    if (out_.size() >= kFlushAt) TBL_TRY(flush());
    if (part < kMaxPart) return ok_status();
  }
}

Status PacketIo::flush() {
  if (out_.empty()) return ok_status();
  const Status status = stream_->write_all(out_);
  out_.clear();
  return status;
}

}  // namespace tbl::tidb::protocol
