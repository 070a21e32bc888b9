// How long it takes from TiDB's commit until the row is seen downstream. Sends transactions of one
// inserted row to pump as TiDB does (prewrite, its answer, a commit ts of that moment, commit), so
// many per second, while another thread asks the downstream for the newest row sent until it is
// there, over and over. Prints one line of JSON. Run by bench/drainer.py.
//
//   drainer_lag <pump> <cluster id> <downstream port> <table id> <first row> <rate> <seconds>
//
// The table is `bench.lag`, with sysbench's columns. Rate 0: as many as pump answers with 256 in
// flight. `until_visible` is the time until all of them were seen.
#include <fmt/format.h>
#include <mysql.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/queue.h"
#include "codec/binlog_view.h"
#include "codec/prewrite_value.h"
#include "codec/row_v1.h"
#include "codec/wire.h"
#include "common/call_slot.h"
#include "rpc/client.h"

namespace tbl {
namespace {

using Steady = std::chrono::steady_clock;
using codec::Datum;
constexpr char kMethod[] = "/binlog.Pump/WriteBinlog";
constexpr size_t kInFlight = 256;

[[noreturn]] void die(const std::string& what) {
  fmt::print(stderr, "drainer_lag: {}\n", what);
  std::exit(1);
}

struct Options {
  std::string pump;
  uint64_t cluster_id = 0;
  unsigned port = 0;
  int64_t table_id = 0;
  uint64_t first_row = 0;
  uint64_t rate = 0;
  double seconds = 0;
};

class Downstream {
 public:
  explicit Downstream(unsigned port) : handle_(mysql_init(nullptr)) {
    if (mysql_real_connect(handle_, "127.0.0.1", "root", "", "bench", port, nullptr, 0) == nullptr)
      die(mysql_error(handle_));
  }
  ~Downstream() { mysql_close(handle_); }
  Downstream(const Downstream&) = delete;
  Downstream& operator=(const Downstream&) = delete;

  uint64_t number(const std::string& sql) {
    if (mysql_real_query(handle_, sql.data(), sql.size()) != 0) die(mysql_error(handle_));
    MYSQL_RES* result = mysql_store_result(handle_);
    MYSQL_ROW row = mysql_fetch_row(result);
    const uint64_t value = row != nullptr ? std::strtoull(row[0], nullptr, 10) : 0;
    mysql_free_result(result);
    return value;
  }

 private:
  MYSQL* handle_;
};

/// The newest transaction whose commit has been sent, and when.
struct Newest {
  std::atomic<uint64_t> row{0};
  std::atomic<int64_t> nanoseconds{0};
};

/// Asks for the newest row until it is there; then for the newest of that moment.
std::vector<double> probe(const Options& options, const Newest& newest,
                          const std::atomic<bool>& stop) {
  Downstream downstream(options.port);
  std::vector<double> lags;
  for (uint64_t last = 0; !stop;) {
    const uint64_t row = newest.row;
    const Steady::time_point sent{Steady::duration(newest.nanoseconds)};
    if (row == last || row != newest.row) {
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      continue;
    }
    last = row;
    const std::string sql = fmt::format("SELECT COUNT(*) FROM lag WHERE id={}", row);
    while (downstream.number(sql) == 0) {
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
    lags.push_back(std::chrono::duration<double, std::milli>(Steady::now() - sent).count());
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  std::sort(lags.begin(), lags.end());
  return lags;
}

struct Slot {
  std::unique_ptr<rpc::AsyncCall> call;
  uint64_t row = 0;
  uint64_t start_ts = 0;
  bool committing = false;
  Status status;
};

class Sender {
 public:
  Sender(const Options& options, Newest& newest)
      : options_(options),
        newest_(newest),
        channel_(runtime_.channel(options.pump)),
        done_(kInFlight + 1),
        slots_(kInFlight) {
    for (size_t i = 0; i < kInFlight; ++i) free_.push_back(i);
  }

  /// Sends until the time is over; rows sent.
  uint64_t run() {
    const auto begun = Steady::now();
    while (true) {
      const double passed = std::chrono::duration<double>(Steady::now() - begun).count();
      const bool over = passed >= options_.seconds;
      if (over && free_.size() == kInFlight) return sent_;
      uint64_t due = UINT64_MAX;
      if (options_.rate > 0)
        due = static_cast<uint64_t>(passed * static_cast<double>(options_.rate));
      while (!over && !free_.empty() && sent_ < due) begin();
      if (free_.size() == kInFlight) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        continue;
      }
      finish(*done_.pop());
      while (auto slot = done_.try_pop()) finish(*slot);
    }
  }

 private:
  uint64_t next_ts() { return ts_ = std::max(ts_ + 1, make_tso(system_clock().unix_ms(), 0)); }

  void begin() {
    const size_t i = free_.back();
    free_.pop_back();
    Slot& slot = slots_[i];
    slot.row = options_.first_row + sent_++;
    slot.start_ts = next_ts();
    slot.committing = false;
    send(i);
  }

  void finish(size_t i) {
    Slot& slot = slots_[i];
    if (!slot.status.ok()) die(slot.status.to_string());
    if (slot.committing) {
      free_.push_back(i);
      return;
    }
    slot.committing = true;
    send(i);
    newest_.nanoseconds = Steady::now().time_since_epoch().count();
    newest_.row = slot.row;
  }

  std::string rows_of(const Slot& slot) const {
    std::string text = fmt::format("{:0119}", slot.row);
    std::string row;
    codec::write_value(row, Datum::of_int(static_cast<int64_t>(slot.row)));
    codec::write_row_v1_pair(row, 2, Datum::of_int(static_cast<int64_t>(slot.row % 1000003)));
    codec::write_row_v1_pair(row, 3, Datum::of_bytes(text));
    codec::write_row_v1_pair(row, 4, Datum::of_bytes(Bytes(text).substr(0, 59)));
    codec::PrewriteValueWriter writer;
    writer.add_row(options_.table_id, codec::kMutationInsert, row);
    return writer.finish(kSchemaVersion);
  }

  void send(size_t i) {
    Slot& slot = slots_[i];
    codec::BinlogView view;
    const std::string rows = slot.committing ? std::string() : rows_of(slot);
    const std::string key = fmt::format("lag{}", slot.row);
    view.type = slot.committing ? codec::kBinlogCommit : codec::kBinlogPrewrite;
    view.start_ts = static_cast<int64_t>(slot.start_ts);
    view.commit_ts = slot.committing ? static_cast<int64_t>(next_ts()) : 0;
    view.prewrite_key = key;
    view.has_prewrite_key = true;
    view.prewrite_value = rows;
    view.has_prewrite_value = !slot.committing;
    std::string payload, request;
    codec::write_binlog(payload, view);
    codec::put_wire_varint(request, 1, options_.cluster_id);
    codec::put_wire_bytes(request, 2, payload);
    slot.call = channel_->open_async(kMethod, std::make_unique<SlotHandler>(i, slot.status, done_));
    slot.call->send(std::move(request));
    slot.call->half_close();
  }

  /// Above that of every table of the benchmark.
  static constexpr int64_t kSchemaVersion = 1000;

  const Options options_;
  Newest& newest_;
  rpc::ClientRuntime runtime_;
  std::shared_ptr<rpc::Channel> channel_;
  Queue<size_t> done_;
  std::vector<Slot> slots_;
  std::vector<size_t> free_;
  uint64_t ts_ = 0;
  uint64_t sent_ = 0;
};

double at(const std::vector<double>& sorted, double part) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<size_t>(part * static_cast<double>(sorted.size() - 1))];
}

void run(const Options& options) {
  Newest newest;
  std::atomic<bool> stop = false;
  std::vector<double> lags;
  std::thread prober([&] { lags = probe(options, newest, stop); });
  const auto begun = Steady::now();
  const uint64_t rows = Sender(options, newest).run();
  const double sent = std::chrono::duration<double>(Steady::now() - begun).count();
  stop = true;
  prober.join();
  Downstream downstream(options.port);
  const std::string all = fmt::format("SELECT COUNT(*) FROM lag WHERE id>={}", options.first_row);
  while (downstream.number(all) < rows) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const double visible = std::chrono::duration<double>(Steady::now() - begun).count();
  fmt::print(
      "{{\"rows\": {}, \"seconds\": {:.3f}, \"until_visible\": {:.3f}, \"samples\": {}, "
      "\"p50_ms\": {:.2f}, \"p99_ms\": {:.2f}}}\n",
      rows, sent, visible, lags.size(), at(lags, 0.5), at(lags, 0.99));
}

}  // namespace
}  // namespace tbl

int main(int argc, char** argv) {
  if (argc != 8) tbl::die("see the head of its source for the arguments");
  const auto number = [argv](int i) { return std::strtoull(argv[i], nullptr, 10); };
  tbl::run({argv[1], number(2), static_cast<unsigned>(number(3)), static_cast<int64_t>(number(4)),
            number(5), number(6), std::strtod(argv[7], nullptr)});
  return 0;
}
