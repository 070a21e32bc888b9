#include "pump/ingest.h"

#include "base/bytes.h"
#include "base/log.h"
#include "pump/wire.h"

namespace tbl::pump {

Ingest::Ingest(IngestOptions options, IngestParts parts)
    : options_(options), parts_(parts), in_flight_(options.memory_limit_bytes) {}

void Ingest::answer(const Call& call, const Status& status, Time now) {
  const auto spent = now - call.begin;
  (status.ok() ? parts_.metrics.write_ok : parts_.metrics.write_failed).observe(spent);
  if (spent > std::chrono::seconds(1)) {
    log_warn("slow write binlog RPC response",
             {{"cost", std::chrono::duration<double>(spent).count()}});
  }
  call.reply(status);
}

void Ingest::write(std::string request, Reply reply) {
  ++calls_;
  Call call{std::move(reply)};
  auto record = decode(std::move(request));
  if (!record.ok()) return answer(call, record.status(), call.begin);
  pass_gate(std::move(record).value(), std::move(call));
}

void Ingest::write_large(uint64_t cluster_id, BinlogRecord record, Reply reply) {
  ++calls_;
  Call call{std::move(reply)};
  if (cluster_id != options_.cluster_id) {
    return answer(call, cluster_mismatch(cluster_id, options_.cluster_id), call.begin);
  }
  pass_gate(std::move(record), std::move(call));
}

void Ingest::pass_gate(BinlogRecord record, Call call) {
  if (!record.header.is_prewrite() || parts_.gate.open()) {
    return store(std::move(record), std::move(call));
  }
  struct Held {
    BinlogRecord record;
    Call call;
  };
  auto held = std::make_shared<Held>(Held{std::move(record), std::move(call)});
  auto later = [this, held](const Status& status) {
    held->call.stored = std::chrono::steady_clock::now();
    if (!status.ok()) return answer(held->call, status, held->call.stored);
    store(std::move(held->record), std::move(held->call));
  };
  if (parts_.gate.pass_or_wait(later)) store(std::move(held->record), std::move(held->call));
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

void Ingest::store(BinlogRecord record, Call call) {
  Status admitted = admit(record);
  if (!admitted.ok() || record.header.is_probe()) return answer(call, admitted, call.stored);
  const uint64_t bytes = record.size();
  const uint64_t in_memory = record.payload.size();
  if (!in_flight_.try_acquire(in_memory)) {
    const Status full =
        unknown_error("too many binlogs wait to be written: " + std::to_string(in_flight_.used()) +
                      " bytes, memory-limit: " + std::to_string(in_flight_.limit()));
    return answer(call, full, call.stored);
  }
  parts_.disk.count(bytes);
  const BinlogHeader header = record.header;
  parts_.storage.write(std::move(record), [this, header, bytes, in_memory,
                                           call = std::move(call)](const Status& status) {
    in_flight_.release(in_memory);
    const Time now = std::chrono::steady_clock::now();
    finish(status, header, bytes, std::chrono::duration<double>(now - call.stored).count());
    answer(call, status.ok() ? status : unknown_error(status.message()), now);
  });
}

void Ingest::finish(const Status& status, const BinlogHeader& header, uint64_t bytes,
                    double spent) {
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
