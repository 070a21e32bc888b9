#include "pump/ingest.h"

#include "base/bytes.h"
#include "base/log.h"
#include "pump/wire.h"

namespace tbl::pump {

Ingest::Ingest(IngestOptions options, IngestParts parts)
    : options_(options), parts_(parts), in_flight_(options.memory_limit_bytes) {}

void Ingest::write(std::string request, Reply reply) {
  Time begin = std::chrono::steady_clock::now();
  ++calls_;
  Reply timed = [this, begin, reply = std::move(reply)](const Status& status) {
    auto spent = std::chrono::steady_clock::now() - begin;
    (status.ok() ? parts_.metrics.write_ok : parts_.metrics.write_failed).observe(spent);
    if (spent > std::chrono::seconds(1)) {
      log_warn("slow write binlog RPC response",
               {{"cost", std::chrono::duration<double>(spent).count()}});
    }
    reply(status);
  };
  auto record = decode(std::move(request));
  if (!record.ok()) return timed(record.status());
  if (record->header.is_prewrite() && !parts_.gate.open()) {
    auto held = std::make_shared<BinlogRecord>(std::move(record).value());
    auto later = [this, held, timed](const Status& status) {
      if (!status.ok()) return timed(status);
      store(std::move(*held), timed);
    };
    if (!parts_.gate.pass_or_wait(later)) return;
    return store(std::move(*held), std::move(timed));
  }
  store(std::move(record).value(), std::move(timed));
}

void Ingest::write_fake(uint64_t ts, Reply reply) {
  parts_.storage.write(make_fake(ts), std::move(reply));
}

Result<BinlogRecord> Ingest::decode(std::string request) const {
  TBL_ASSIGN(WriteRequest parsed, parse_write_request(std::move(request)));
  if (parsed.cluster_id != options_.cluster_id) {
    return cluster_mismatch(parsed.cluster_id, options_.cluster_id);
  }
  auto record = decode_binlog(std::move(parsed.payload));
  if (!record.ok()) return unknown_error(record.status().message());
  return record;
}

Status Ingest::admit(const BinlogRecord& record) const {
  if (record.header.is_prewrite() && parts_.state.get() != State::kOnline) {
    return unknown_error("no online: " + std::string(parts_.state.name()));
  }
  return record.header.is_fake() ? ok_status() : parts_.disk.check();
}

void Ingest::store(BinlogRecord record, Reply reply) {
  Status admitted = admit(record);
  if (!admitted.ok() || record.header.is_probe()) return reply(admitted);
  uint64_t bytes = record.payload.size();
  if (!in_flight_.try_acquire(bytes)) {
    return reply(
        unknown_error("too many binlogs wait to be written: " + std::to_string(in_flight_.used()) +
                      " bytes, memory-limit: " + std::to_string(in_flight_.limit())));
  }
  parts_.disk.count(bytes);
  Time begin = std::chrono::steady_clock::now();
  BinlogHeader header = record.header;
  parts_.storage.write(std::move(record),
                       [this, header, bytes, begin, reply](const Status& status) {
                         in_flight_.release(bytes);
                         finish(status, header, bytes, begin);
                         reply(status.ok() ? status : unknown_error(status.message()));
                       });
}

void Ingest::finish(const Status& status, const BinlogHeader& header, uint64_t bytes, Time begin) {
  auto spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  parts_.metrics.single_seconds.observe(spent);
  parts_.metrics.single_size.observe(static_cast<double>(bytes));
  if (!status.ok()) {
    parts_.metrics.lost_binlogs.add();
    parts_.metrics.write_errors.add();
    log_error("write binlog failed",
              {{"start TS", header.start_ts}, {"commit TS", header.commit_ts}, {"error", status}});
  }
  if (spent > options_.slow_write_s) {
    log_warn("take a long time to write binlog", {{"type", header.tp},
                                                  {"commit TS", header.commit_ts},
                                                  {"start TS", header.start_ts},
                                                  {"length", bytes},
                                                  {"cost time", spent}});
  }
}

}  // namespace tbl::pump
