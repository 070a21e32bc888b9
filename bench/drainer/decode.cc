// Decoding and scheduling beside a loop that only walks the same bytes. Prints one line of JSON per
// pair. Run by bench/drainer.py.
//
//   drainer_decode <jobs> <stream> <pairs>
//
// `jobs` holds the DDL history's JSON, `stream` pairs of payloads, prewrite then commit; each entry
// behind its length (uint32, little endian). Both are in memory before a clock starts. The one side
// is drainer from the merger on: schema, decoding on its threads, write sets, the scheduler with
// its workers, into a sink that discards. The other is one thread that reads every field and value
// of every row, and keeps nothing.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <future>
#include <iterator>
#include <string>
#include <vector>

#include "codec/prewrite_value.h"
#include "codec/row_v1.h"
#include "drainer/schedule/discard_applier.h"
#include "drainer/stream.h"
#include "schema/job.h"
#include "schema/meta_reader.h"

namespace tbl::drainer {
namespace {

using Steady = std::chrono::steady_clock;
constexpr int64_t kRounds = 5;
constexpr size_t kSlabBytes = 16 << 10;
constexpr size_t kSmallBytes = 4 << 10;

[[noreturn]] void die(const std::string& what) {
  fmt::print(stderr, "drainer_decode: {}\n", what);
  std::exit(1);
}

std::vector<std::string> read_entries(const char* path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) die(fmt::format("cannot read {}", path));
  std::vector<std::string> entries;
  for (uint32_t size = 0; in.read(reinterpret_cast<char*>(&size), sizeof size);) {
    std::string& entry = entries.emplace_back(size, '\0');
    if (!in.read(entry.data(), size)) die(fmt::format("{} ends inside an entry", path));
  }
  return entries;
}

/// As pump sends it: the rows of the prewrite, the commit ts of the commit.
std::string joined(const std::string& prewrite, const std::string& commit, int64_t later) {
  auto rows = codec::BinlogView::parse(prewrite);
  auto end = codec::BinlogView::parse(commit);
  if (!rows.ok() || !end.ok()) die("a payload is damaged");
  rows->type = codec::kBinlogCommit;
  rows->start_ts += later;
  rows->commit_ts = end->commit_ts + later;
  std::string out;
  codec::write_binlog(out, *rows);
  return out;
}

using Payloads = std::vector<SharedBytes>;

/// As they arrive, small ones many in one piece of memory; the stream kRounds times, so that a run
/// is long beside its end, when rows wait for more that do not come.
Payloads payloads_of(const std::vector<std::string>& entries) {
  Payloads payloads;
  Slabs slabs(kSlabBytes);
  if (entries.size() < 2) return payloads;
  const int64_t last_ts = codec::BinlogView::parse(entries.back())->commit_ts;
  const int64_t first_ts = codec::BinlogView::parse(entries.front())->start_ts;
  for (int64_t round = 0; round < kRounds; ++round) {
    for (size_t i = 0; i + 1 < entries.size(); i += 2) {
      std::string payload = joined(entries[i], entries[i + 1], round * (last_ts - first_ts + 1));
      if (payload.size() > kSmallBytes) {
        payloads.push_back(SharedBytes::of(std::move(payload)));
        continue;
      }
      const Slabs::Room room = slabs.take(payload.size());
      std::memcpy(room.data, payload.data(), payload.size());
      payloads.emplace_back(room.owner, Bytes(room.data, payload.size()));
    }
  }
  return payloads;
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct Figures {
  double seconds = 0;
  double cpu = 0;
  uint64_t rows = 0;
};

template <typename Run>
Figures measured(Run run) {
  const auto begun = Steady::now();
  const double cpu = cpu_seconds();
  const uint64_t rows = run();
  return {std::chrono::duration<double>(Steady::now() - begun).count(), cpu_seconds() - cpu, rows};
}

uint64_t walk_rows(const codec::TableMutation& mutation, codec::Arena& arena) {
  uint64_t rows = 0;
  codec::TableMutation::Rows walk = mutation.rows();
  codec::MutationType type = codec::kMutationInsert;
  for (Bytes row; walk.next(&type, &row); ++rows) {
    ByteReader in(row);
    codec::Datum value;
    if (type == codec::kMutationInsert && !codec::read_datum(in, arena, &value)) die("bad handle");
    codec::RowV1Reader pairs(in.rest(), arena);
    for (int64_t id = 0; pairs.next(&id, &value);) {
    }
    if (pairs.failed()) die("a row is damaged");
    arena.reset();
  }
  return rows;
}

uint64_t walk(const Payloads& payloads) {
  uint64_t rows = 0;
  codec::Arena arena;
  for (const auto& payload : payloads) {
    auto binlog = codec::BinlogView::parse(*payload);
    if (!binlog.ok()) die("a binlog is damaged");
    auto value = codec::PrewriteValue::parse(binlog->prewrite_value);
    if (!value.ok()) die("a binlog's rows are damaged");
    for (Bytes bytes; value->next(&bytes);) {
      auto mutation = codec::TableMutation::parse(bytes);
      if (!mutation.ok()) die("a mutation is damaged");
      rows += walk_rows(*mutation, arena);
    }
  }
  return rows;
}

/// There is no DDL in the stream whose job would be looked for.
class NoMeta : public schema::MetaReader {
 public:
  Result<std::optional<std::string>> get(Bytes, uint64_t) override {
    return std::optional<std::string>();
  }
  Status scan(Bytes, Bytes, uint64_t, const Visit&) override { return ok_status(); }
};

/// Everything between one pump's queue and the sink.
class Pipeline {
 public:
  Pipeline(const std::vector<std::string>& jobs, uint64_t last_ts)
      : ddl_jobs_(meta_, []() -> Result<uint64_t> { return 1; }),
        merger_(0, 5 << 20),
        applier_({.pending_bytes = 18 << 20}, {}, events(last_ts)) {
    std::vector<schema::HistoryEntry> history;
    for (const std::string& json : jobs) {
      auto job = schema::parse_job(json);
      if (!job.ok()) die(job.status().to_string());
      history.push_back({job->id, job->schema_version, json});
    }
    schema_.load_history(std::move(history));
    uint64_t start = 0;
    merger_.add_source("pump", &start);
    merger_.open();
    syncer_ = std::make_unique<Syncer>(SyncerRules{}, schema_, router_, ddl_jobs_);
    if (!applier_.start().ok()) die("the sink does not start");
    StreamOptions options;
    options.decode_threads = 1;
    options.pipeline_bytes = 4 << 20;
    stream_ = std::make_unique<Stream>(options, merger_, *syncer_, applier_, lag_);
    stream_->start([](const Status& status) { die(status.to_string()); });
  }

  uint64_t run(const Payloads& payloads) {
    std::vector<BinlogItem> items;
    for (const auto& payload : payloads) {
      BinlogItem& item = items.emplace_back();
      item.payload = payload;
      auto view = codec::BinlogView::parse(*payload);
      if (!view.ok()) die("a binlog is damaged");
      item.view = std::move(*view);
      if (items.size() < 64) continue;
      merger_.push("pump", items, {});
      items.clear();
    }
    merger_.push("pump", items, {});
    done_.get_future().wait();
    return applier_.rows();
  }

 private:
  schedule::ApplierEvents events(uint64_t last_ts) {
    schedule::ApplierEvents events;
    events.on_progress = [this, last_ts](uint64_t ts) {
      if (ts >= last_ts) done_.set_value();
    };
    events.on_error = [](const Status& status) { die(status.to_string()); };
    return events;
  }

  std::promise<void> done_;
  NoMeta meta_;
  schema::SchemaTracker schema_;
  Router router_{Filter::make({}).value(), {"tidb_binlog", "checkpoint"}};
  DdlJobs ddl_jobs_;
  Merger merger_;
  schedule::DiscardApplier applier_;
  Lag lag_{std::chrono::minutes(5), system_clock()};
  std::unique_ptr<Syncer> syncer_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace

int run(const char* jobs_path, const char* stream_path, int pairs) {
  const auto jobs = read_entries(jobs_path);
  const Payloads payloads = payloads_of(read_entries(stream_path));
  if (payloads.empty()) die("the stream is empty");
  const auto last = codec::BinlogView::parse(*payloads.back());
  for (int i = 0; i < pairs; ++i) {
    Pipeline pipeline(jobs, static_cast<uint64_t>(last->commit_ts));
    const Figures ours = measured([&] { return pipeline.run(payloads); });
    const Figures theirs = measured([&] { return walk(payloads); });
    if (ours.rows != theirs.rows) die("the two sides saw different numbers of rows");
    fmt::print(
        "{{\"rows\": {}, \"seconds\": {:.6f}, \"cpu\": {:.6f}, \"walk_seconds\": {:.6f}, "
        "\"walk_cpu\": {:.6f}}}\n",
        ours.rows, ours.seconds, ours.cpu, theirs.seconds, theirs.cpu);
  }
  return 0;
}

}  // namespace tbl::drainer

int main(int argc, char** argv) {
  if (argc != 4) tbl::drainer::die("see the head of its source for the arguments");
  return tbl::drainer::run(argv[1], argv[2], std::atoi(argv[3]));
}
