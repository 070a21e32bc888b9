// Writes the data directory of a pump that has taken transactions of one size: for measurements of
// what a long log costs.
//
//   pump_fill <data dir> <log bytes> <value bytes> <first ts>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/byte_budget.h"
#include "base/log.h"
#include "pump/storage/binlog_fields.h"
#include "pump/storage/storage.h"

namespace tbl::pump {
namespace {

constexpr uint64_t kTsStep = 1024;
constexpr uint64_t kWaitingBytes = 64 << 20;

BinlogRecord prewrite(uint64_t start_ts, const std::string& value) {
  BinlogRecord record;
  record.header.start_ts = start_ts;
  put_number_field(record.payload, kTpField, kTpPrewrite);
  put_number_field(record.payload, kStartTsField, start_ts);
  put_number_field(record.payload, kCommitTsField, 0);
  for (const auto& [field, bytes] : {std::pair{kPrewriteKeyField, std::string("t_fill_key_")},
                                     std::pair{kPrewriteValueField, value}}) {
    put_bytes_prefix(record.payload, field, bytes.size());
    record.payload += bytes;
  }
  put_number_field(record.payload, kDdlJobIdField, 0);
  put_number_field(record.payload, kDdlSchemaStateField, 0);
  return record;
}

Status fill(const std::string& dir, uint64_t bytes, size_t value_bytes, uint64_t first_ts) {
  StorageOptions options;
  options.dir = dir;
  options.sync_log = false;
  TBL_ASSIGN(const auto storage, Storage::open(options));
  std::string value(value_bytes, 'v');
  value.replace(0, 2, "\x08\x01");
  ByteBudget waiting(kWaitingBytes);
  std::atomic<bool> failed = false;
  const auto write = [&](BinlogRecord record) {
    const uint64_t size = record.size();
    waiting.acquire(size, StopToken());
    storage->write(std::move(record), [&, size](const Status& status) {
      if (!status.ok()) failed = true;
      waiting.release(size);
    });
    return size;
  };
  uint64_t ts = first_ts;
  for (uint64_t written = 0; written < bytes && !failed; ts += kTsStep) {
    written += write(prewrite(ts, value));
    written += write(make_commit(ts, ts + kTsStep / 2));
  }
  TBL_TRY(storage->close());
  if (failed) return unavailable("a write failed, see the log");
  std::printf("{\"next_ts\": %llu}\n", static_cast<unsigned long long>(ts));
  return ok_status();
}

}  // namespace
}  // namespace tbl::pump

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: pump_fill <data dir> <log bytes> <value bytes> <first ts>\n");
    return 2;
  }
  const auto number = [argv](int i) { return std::strtoull(argv[i], nullptr, 10); };
  const tbl::Status status = tbl::pump::fill(argv[1], number(2), number(3), number(4));
  if (status.ok()) return 0;
  std::fprintf(stderr, "pump_fill: %s\n", status.to_string().c_str());
  return 1;
}
