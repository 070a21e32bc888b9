// A segment of pump's log: the scan of recovery, and the decoder of what clients send.

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "base/sim_env.h"
#include "pump/storage/binlog_record.h"
#include "pump/storage/segment_format.h"
#include "pump/storage/segment_scan.h"
#include "pump/storage/segment_window.h"

namespace {

using namespace tbl;
using namespace tbl::pump;

void check(bool ok) {
  if (!ok) std::abort();
}

void scan(Bytes bytes) {
  SimEnv env;
  check(env.create_dirs("value").ok());
  check((*env.open_append("value/000000.vlog"))->append(bytes).ok());
  SegmentSet segments(env, "value");
  check(segments.load().ok());
  const SegmentInfo info = segments.list().front();
  const uint64_t end = info.size - (info.sealed ? kFooterBytes : 0);
  uint64_t seen = 0;
  const auto result = scan_segment(
      *segments.open(0), 0, end,
      [&](const LogItem& item) {
        check(item.place.offset >= seen);
        seen = item.place.offset + kRecordHeaderBytes + item.place.length;
        check(load_payload(segments, item.place).ok());
      },
      [&](const BadRange& range) {
        check(range.begin >= seen && range.end > range.begin && range.end <= end);
        seen = range.end;
      });
  check(result.ok() && seen == result->data_end && seen <= end);
  const Bytes reserved = bytes.substr(0, end).substr(seen);
  check(reserved.find_first_not_of('\0') == Bytes::npos);
}

void decode(Bytes bytes) {
  const auto record = decode_binlog(std::string(bytes));
  if (!record.ok()) return;
  const auto again = decode_binlog(record->payload);
  check(again.ok() && again->payload == record->payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes bytes(reinterpret_cast<const char*>(data), size);
  scan(bytes);
  scan(encode_record(bytes));
  decode(bytes);
  return 0;
}
