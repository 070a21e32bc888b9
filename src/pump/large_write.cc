#include "pump/large_write.h"

#include <algorithm>
#include <atomic>

#include "base/crc32c.h"
#include "pump/storage/binlog_fields.h"
#include "pump/storage/large_payload.h"
#include "pump/storage/segment_format.h"
#include "pump/wire.h"
#include "spill/file_fields.h"
#include "spill/message_collector.h"

namespace tbl::pump {
namespace {

/// What may wait for the writing thread before the client is held back.
constexpr uint64_t kWaitingBytes = 2 * kLargeRequestBytes;
constexpr size_t kCopyBytes = 1 << 20;

using spill::FileRange;
using spill::SpillFile;
using FilePtr = std::shared_ptr<const SpillFile>;

/// So that the fields of a binlog are found as in a segment.
class FileReader final : public RandomAccessFile {
 public:
  explicit FileReader(FilePtr file) : file_(std::move(file)) {}
  Result<size_t> read(uint64_t offset, size_t n, char* buffer) const override {
    const size_t there = std::min<uint64_t>(n, file_->size() - std::min(offset, file_->size()));
    TBL_TRY(file_->read(offset, there, buffer));
    return there;
  }
  Result<uint64_t> size() const override { return file_->size(); }

 private:
  const FilePtr file_;
};

/// Calls `use` with all of a range, a part at a time.
Status for_each_part(const SpillFile& file, FileRange range,
                     const std::function<Status(Bytes)>& use) {
  std::string buffer(kCopyBytes, '\0');
  while (range.begin < range.end) {
    const size_t n = std::min<uint64_t>(buffer.size(), range.size());
    TBL_TRY(file.read(range.begin, n, buffer.data()));
    TBL_TRY(use(Bytes(buffer.data(), n)));
    range.begin += n;
  }
  return ok_status();
}

class FilePayload final : public LargePayload {
 public:
  static Result<std::shared_ptr<const LargePayload>> make(FilePtr file, FileRange range) {
    uint32_t crc = 0;
    TBL_TRY(for_each_part(*file, range, [&](Bytes part) {
      crc = crc32c(part, crc);
      return ok_status();
    }));
    return std::shared_ptr<const LargePayload>(new FilePayload(std::move(file), range, crc));
  }
  uint64_t size() const override { return range_.size(); }
  uint32_t crc() const override { return crc_; }
  Status read(uint64_t offset, size_t n, char* buffer) const override {
    return file_->read(range_.begin + offset, n, buffer);
  }

 private:
  FilePayload(FilePtr file, FileRange range, uint32_t crc)
      : file_(std::move(file)), range_(range), crc_(crc) {}

  const FilePtr file_;
  const FileRange range_;
  const uint32_t crc_;
};

/// WriteBinlogReq in a file.
struct FileRequest {
  uint64_t cluster_id = 0;
  FileRange payload;
};

Result<FileRequest> parse_request(const SpillFile& file) {
  FileRequest request;
  spill::FileFields fields(file, {0, file.size()}, "WriteBinlogReq");
  spill::FileField field;
  while (true) {
    TBL_ASSIGN(const bool found, fields.next(&field));
    if (!found) return request;
    if (field.number == 1 && field.type == codec::WireType::kVarint) {
      request.cluster_id = field.varint;
    }
    if (field.number == 2 && field.type == codec::WireType::kBytes) request.payload = field.bytes;
  }
}

/// The binlog as the original stores it, when the client wrote it otherwise.
class Canonical {
 public:
  Canonical(const SpillFile& from, uint64_t payload_at, SpillFile* to)
      : from_(from), payload_at_(payload_at), to_(to) {}

  Status write(const BinlogFields& fields) {
    number(kTpField, static_cast<uint64_t>(int64_t{fields.tp}));
    number(kStartTsField, fields.start_ts);
    number(kCommitTsField, fields.commit_ts);
    TBL_TRY(bytes(kPrewriteKeyField, fields.prewrite_key));
    TBL_TRY(bytes(kPrewriteValueField, fields.prewrite_value));
    TBL_TRY(bytes(kDdlQueryField, fields.ddl_query));
    number(kDdlJobIdField, static_cast<uint64_t>(fields.ddl_job_id));
    number(kDdlSchemaStateField, static_cast<uint64_t>(int64_t{fields.ddl_schema_state}));
    for (const ByteRange& range : fields.unknown) TBL_TRY(copy(range));
    TBL_TRY(to_->append(pending_));
    return to_->seal();
  }

 private:
  void number(BinlogField field, uint64_t value) { put_number_field(pending_, field, value); }

  Status bytes(BinlogField field, const std::optional<ByteRange>& range) {
    if (!range) return ok_status();
    put_bytes_prefix(pending_, field, range->length);
    return copy(*range);
  }

  Status copy(const ByteRange& range) {
    TBL_TRY(to_->append(pending_));
    pending_.clear();
    const uint64_t begin = payload_at_ + range.offset;
    return for_each_part(from_, {begin, begin + range.length},
                         [&](Bytes part) { return to_->append(part); });
  }

  const SpillFile& from_;
  const uint64_t payload_at_;
  SpillFile* const to_;
  std::string pending_;
};

Result<BinlogRecord> make_record(FilePtr file, FileRange payload, spill::SpillDir& files) {
  if (payload.size() > kMaxPayloadBytes) return unknown_error("binlog is longer than 4 GiB");
  SegmentWindow window;
  window.use(std::make_shared<SegmentFile>(0, file->path(), std::make_unique<FileReader>(file)));
  // A record's payload stands behind its header, which is not there.
  const Place place{0, static_cast<uint32_t>(payload.size()), payload.begin - kRecordHeaderBytes};
  TBL_ASSIGN(const BinlogFields fields, parse_binlog_fields(window, place));
  BinlogRecord record;
  record.header = to_header(fields);
  if (!fields.canonical) {
    TBL_ASSIGN(std::unique_ptr<SpillFile> rewritten, files.new_file());
    TBL_TRY(Canonical(*file, payload.begin, rewritten.get()).write(fields));
    payload = {0, rewritten->size()};
    file = std::move(rewritten);
  }
  TBL_ASSIGN(record.large, FilePayload::make(std::move(file), payload));
  return record;
}

}  // namespace

/// One request under way; used by the writing thread, except for what is atomic.
struct LargeWrites::Upload {
  Upload(spill::SpillDir& files, rpc::ServerCallPtr given)
      : call(std::move(given)), collector(files) {}

  const rpc::ServerCallPtr call;
  spill::MessageCollector collector;
  spill::Collected message;
  Status status;
  std::atomic<uint64_t> waiting{0};
};

class LargeWrites::Request final : public rpc::LargeRequest {
 public:
  Request(LargeWrites& writes, rpc::ServerCallPtr call)
      : writes_(writes), upload_(std::make_shared<Upload>(writes.files_, std::move(call))) {
    upload_->status = writes.disk_.check();  // what will be refused need not fill the disk first
  }

  void add(rpc::MessagePiece piece) override {
    const uint64_t n = piece.bytes.size();
    if ((upload_->waiting += n) > kWaitingBytes) upload_->call->set_reading(false);
    auto shared = std::make_shared<rpc::MessagePiece>(std::move(piece));
    post([&writes = writes_, upload = upload_, shared, n] {
      if (upload->call->over()) return;
      take(writes, *upload, std::move(*shared));
      if ((upload->waiting -= n) <= kWaitingBytes) upload->call->set_reading(true);
    });
  }

  void finish(rpc::UnaryReply reply) override {
    post([&writes = writes_, upload = upload_, reply = std::move(reply)] {
      hand_over(writes, *upload, [reply](const Status& status) { reply(status, ""); });
    });
  }

 private:
  void post(std::function<void()> task) { (void)writes_.tasks_.push(std::move(task), 1); }

  static void take(LargeWrites& writes, Upload& upload, rpc::MessagePiece piece) {
    if (!upload.status.ok()) return;
    auto message = upload.collector.add(std::move(piece));
    if (!message.ok()) {
      upload.status = unknown_error(message.status().message());
    } else if (*message) {
      upload.message = std::move(**message);
    }
    const uint64_t size = upload.message.file ? upload.message.file->size() : 0;
    if (size > writes.max_bytes_) {
      upload.status = resource_exhausted(
          "grpc: received message after decompression larger than max (" + std::to_string(size) +
          " vs. " + std::to_string(writes.max_bytes_) + ")");
    }
  }

  static void hand_over(LargeWrites& writes, Upload& upload, Ingest::Reply reply) {
    if (!upload.status.ok()) return reply(upload.status);
    if (!upload.message.file) {  // its pieces were only large while they were compressed
      return writes.ingest_.write(std::move(upload.message.bytes), std::move(reply));
    }
    const FilePtr file = std::move(upload.message.file);
    auto request = parse_request(*file);
    if (!request.ok()) return reply(unknown_error(request.status().message()));
    auto record = make_record(file, request->payload, writes.files_);
    if (!record.ok()) return reply(unknown_error(record.status().message()));
    writes.ingest_.write_large(request->cluster_id, std::move(record).value(), std::move(reply));
  }

  LargeWrites& writes_;
  const std::shared_ptr<Upload> upload_;
};

LargeWrites::LargeWrites(Env& env, const std::string& dir, uint64_t max_bytes, Ingest& ingest,
                         const DiskWatch& disk)
    : files_(env, dir, kLargeRequestBytes),
      max_bytes_(max_bytes),
      ingest_(ingest),
      disk_(disk),
      thread_("large-writes", [this] { run(); }) {}

LargeWrites::~LargeWrites() {
  tasks_.close();
  thread_.join();
}

std::unique_ptr<rpc::LargeRequest> LargeWrites::accept(rpc::ServerCallPtr call) {
  return std::make_unique<Request>(*this, std::move(call));
}

void LargeWrites::run() {
  while (auto task = tasks_.pop()) (*task)();
}

}  // namespace tbl::pump
