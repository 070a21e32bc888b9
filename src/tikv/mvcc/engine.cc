#include "tikv/mvcc/engine.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include "base/env.h"
#include "base/log.h"

namespace tbl::tikv {
namespace {

const char* cf_name(int cf) {
  static const char* const kNames[kCfCount] = {"default", "lock", "write"};
  return kNames[cf];
}

rocksdb::Slice slice(Bytes bytes) { return {bytes.data(), bytes.size()}; }
Bytes bytes(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

constexpr int kWouldBlock = 1;  ///< Status::detail()
/// Erased keys that a read that may not block steps over.
constexpr uint64_t kSkippedMax = 1000;

Status to_status(const rocksdb::Status& status, std::string_view what) {
  if (status.ok()) return ok_status();
  if (status.IsIncomplete()) return would_block();
  std::string message = std::string(what) + ": " + status.ToString();
  if (status.IsCorruption()) return data_loss(std::move(message));
  if (status.IsNoSpace()) return resource_exhausted(std::move(message));
  return internal_error(std::move(message));
}

rocksdb::DBOptions db_options(const EngineOptions& options) {
  rocksdb::DBOptions out;
  out.create_if_missing = true;
  out.create_missing_column_families = true;
  out.max_open_files = options.max_open_files;
  out.max_background_jobs = 2;
  out.bytes_per_sync = 1 << 20;
  out.enable_pipelined_write = true;
  out.keep_log_file_num = 5;
  out.max_total_wal_size = options.memtable_bytes * 16 + (1ULL << 30);
  if (options.env != nullptr) out.env = options.env;
  // What was synced must be there: a broken record before the tail is an error, not an early end.
  out.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  return out;
}

rocksdb::ColumnFamilyOptions cf_options(const EngineOptions& options,
                                        const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  rocksdb::ColumnFamilyOptions out;
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  out.level_compaction_dynamic_level_bytes = true;
  // The engine flushes before a memtable comes near this: RocksDB would begin a new log by itself.
  out.write_buffer_size = options.memtable_bytes * 4 + (64ULL << 20);
  out.max_write_buffer_number = 3;
  return out;
}

}  // namespace

WriteSet::WriteSet() = default;
WriteSet::~WriteSet() = default;

void WriteSet::put(Cf cf, Bytes key, Bytes value) {
  edits_.push_back({Edit::Kind::kPut, cf, std::string(key), std::string(value)});
}
void WriteSet::erase(Cf cf, Bytes key) {
  edits_.push_back({Edit::Kind::kErase, cf, std::string(key), {}});
}
void WriteSet::erase_range(Cf cf, Bytes begin, Bytes end) {
  edits_.push_back({Edit::Kind::kEraseRange, cf, std::string(begin), std::string(end)});
}

struct Cursor::Bounds {
  Bounds(Bytes from, Bytes to) : lower(from), upper(to) {}
  const std::string lower;
  const std::string upper;
  const rocksdb::Slice lower_slice{lower};
  const rocksdb::Slice upper_slice{upper};
};

Cursor::Cursor(std::unique_ptr<Bounds> bounds, std::unique_ptr<rocksdb::Iterator> iterator)
    : bounds_(std::move(bounds)), iterator_(std::move(iterator)) {}
Cursor::~Cursor() = default;
Cursor::Cursor(Cursor&&) noexcept = default;
void Cursor::seek(Bytes key) { iterator_->Seek(slice(key)); }
void Cursor::seek_for_prev(Bytes key) { iterator_->SeekForPrev(slice(key)); }
void Cursor::next() { iterator_->Next(); }
void Cursor::prev() { iterator_->Prev(); }
bool Cursor::valid() const { return iterator_->Valid(); }
Bytes Cursor::key() const { return bytes(iterator_->key()); }
Bytes Cursor::value() const { return bytes(iterator_->value()); }
Status Cursor::status() const { return to_status(iterator_->status(), "rocksdb iterator"); }

Status would_block() { return unavailable("would block").with_detail(kWouldBlock); }
bool is_would_block(const Status& status) { return status.detail() == kWouldBlock; }

Snapshot::Snapshot(const Engine& engine, MayBlock may_block)
    : engine_(engine), snapshot_(engine.db_->GetSnapshot()), may_block_(may_block) {}
Snapshot::~Snapshot() { engine_.db_->ReleaseSnapshot(snapshot_); }

rocksdb::ReadOptions Snapshot::read_options() const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  if (may_block_ == MayBlock::kNo) {
    options.read_tier = rocksdb::kBlockCacheTier;
    options.max_skippable_internal_keys = kSkippedMax;
  }
  return options;
}

Result<std::optional<std::string>> Snapshot::get(Cf cf, Bytes key) const {
  std::string value;
  const auto status =
      engine_.db_->Get(read_options(), engine_.handles_[static_cast<int>(cf)], slice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  TBL_TRY(to_status(status, std::string("rocksdb get in ") + cf_name(static_cast<int>(cf))));
  return std::optional<std::string>(std::move(value));
}

Cursor Snapshot::cursor(Cf cf) const {
  return {nullptr, std::unique_ptr<rocksdb::Iterator>(engine_.db_->NewIterator(
                       read_options(), engine_.handles_[static_cast<int>(cf)]))};
}

Cursor Snapshot::cursor(Cf cf, Bytes lower, Bytes upper) const {
  auto bounds = std::make_unique<Cursor::Bounds>(lower, upper);
  rocksdb::ReadOptions options = read_options();
  options.iterate_lower_bound = &bounds->lower_slice;
  options.iterate_upper_bound = &bounds->upper_slice;
  std::unique_ptr<rocksdb::Iterator> iterator(
      engine_.db_->NewIterator(options, engine_.handles_[static_cast<int>(cf)]));
  return {std::move(bounds), std::move(iterator)};
}

Result<std::unique_ptr<Engine>> Engine::open(const EngineOptions& options) {
  TBL_TRY(posix_env().create_dirs(options.dir));
  const auto cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (int cf = 0; cf < kCfCount; ++cf)
    families.emplace_back(cf_name(cf), cf_options(options, cache));
  rocksdb::DB* db = nullptr;
  std::unique_ptr<Engine> engine(new Engine(options.memtable_bytes));
  const auto status =
      rocksdb::DB::Open(db_options(options), options.dir, families, &engine->handles_, &db);
  TBL_TRY(to_status(status, "open rocksdb " + options.dir));
  engine->db_.reset(db);
  return engine;
}

Engine::Engine(uint64_t memtable_bytes)
    : memtable_bytes_(memtable_bytes), log_sync_([this] { return sync_log(); }) {}

Engine::~Engine() {
  for (auto* handle : handles_) (void)db_->DestroyColumnFamilyHandle(handle);
}

Status Engine::write(const WriteSet& edits) {
  TBL_TRY(write_lazily(edits));
  return sync();
}

Status Engine::write_lazily(const WriteSet& edits, MayBlock may_block) {
  rocksdb::WriteBatch batch;
  for (const auto& edit : edits.edits_) {
    auto* cf = handles_[static_cast<int>(edit.cf)];
    rocksdb::Status added;
    switch (edit.kind) {
      case WriteSet::Edit::Kind::kPut:
        added = batch.Put(cf, edit.key, edit.value);
        break;
      case WriteSet::Edit::Kind::kErase:
        added = batch.Delete(cf, edit.key);
        break;
      case WriteSet::Edit::Kind::kEraseRange:
        added = batch.DeleteRange(cf, edit.key, edit.value);
        break;
    }
    TBL_TRY(to_status(added, "rocksdb batch"));
  }
  rocksdb::WriteOptions options;
  std::shared_lock lock(log_change_, std::defer_lock);
  if (may_block == MayBlock::kYes) {
    TBL_TRY(flush_if_full());
    lock.lock();
  } else {
    if (log_bytes_.load() >= memtable_bytes_ || !lock.try_lock()) return would_block();
    options.no_slowdown = true;
  }
  TBL_TRY(to_status(db_->Write(options, &batch), "rocksdb write"));
  log_bytes_ += batch.GetDataSize();
  return ok_status();
}

Status Engine::sync(MayBlock may_block) {
  return may_block == MayBlock::kYes ? log_sync_.wait() : would_block();
}

Status Engine::sync_log() {
  const auto status = db_->SyncWAL();
  // Readers may have seen what the disk has lost now: only the log knows what is true.
  if (!status.ok()) log_fatal("the log cannot be synced", {{"error", status.ToString()}});
  return ok_status();
}

Status Engine::flush_if_full() {
  if (log_bytes_.load() < memtable_bytes_) return ok_status();
  std::unique_lock lock(log_change_);
  if (log_bytes_.load() < memtable_bytes_) return ok_status();  // another has done it
  TBL_TRY(sync());
  rocksdb::FlushOptions options;
  options.wait = false;
  options.allow_write_stall = true;
  const auto status = db_->Flush(options, handles_);
  if (status.IsTryAgain())
    return ok_status();  // earlier flushes are late: the next write asks again
  TBL_TRY(to_status(status, "rocksdb flush"));
  log_bytes_ = 0;
  return ok_status();
}

uint64_t Engine::property(const std::string& name) const {
  uint64_t sum = 0;
  for (auto* handle : handles_) {
    uint64_t value = 0;
    if (db_->GetIntProperty(handle, name, &value)) sum += value;
  }
  return sum;
}

}  // namespace tbl::tikv
