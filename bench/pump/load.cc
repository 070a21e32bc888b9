// A TiDB-like load on one pump (or on anything that answers WriteBinlog): transactions of a
// prewrite and a commit record, a fixed number of calls in flight on one connection. Prints one
// line of JSON.
//
//   pump_load <address> <cluster id> <in flight> made <value bytes> <transactions> <first ts>
//   pump_load <address> <cluster id> <in flight> open <value bytes> <transactions> <first ts>
//   pump_load <address> <cluster id> <in flight> file <path>
//
// `open` sends prewrites only. A file holds pairs of payloads, prewrite then commit, each behind
// its length (uint32, little endian).
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/queue.h"
#include "common/call_slot.h"
#include "rpc/client.h"

namespace tbl {
namespace {

using Steady = std::chrono::steady_clock;
constexpr char kMethod[] = "/binlog.Pump/WriteBinlog";
constexpr uint64_t kTsStep = 1024;

struct Options {
  std::string address;
  uint64_t cluster_id = 0;
  size_t in_flight = 0;
  bool prewrites_only = false;
};

/// The two payloads of one transaction.
struct Transaction {
  std::string prewrite;
  std::string commit;
};

/// Gives transactions one by one; nothing at the end.
using Source = std::function<std::optional<Transaction>()>;

/// One of the calls in flight: works on one transaction at a time, prewrite first.
struct Slot {
  std::unique_ptr<rpc::AsyncCall> call;
  Transaction transaction;
  bool committing = false;
  Steady::time_point begun;
  Status status;
};

void put_number(std::string& out, int field, uint64_t value) {
  put_uvarint(out, static_cast<uint64_t>(field) << 3);
  put_uvarint(out, value);
}

void put_text(std::string& out, int field, Bytes value) {
  put_uvarint(out, static_cast<uint64_t>(field) << 3 | 2);
  put_uvarint(out, value.size());
  out.append(value);
}

std::string made_payload(uint64_t start_ts, bool commit, const std::string& value) {
  std::string binlog;
  put_number(binlog, 1, commit ? 1 : 0);
  put_number(binlog, 2, start_ts);
  put_number(binlog, 3, commit ? start_ts + kTsStep / 2 : 0);
  put_text(binlog, 4, "t_load_primary_key_");
  if (!commit) put_text(binlog, 5, value);
  put_number(binlog, 7, 0);
  put_number(binlog, 8, 0);
  return binlog;
}

Source made_transactions(size_t value_bytes, uint64_t count, uint64_t first_ts) {
  std::string value(value_bytes, 'v');
  value.replace(0, std::min<size_t>(2, value.size()), Bytes("\x08\x01", 2));
  return [value, left = count, ts = first_ts]() mutable -> std::optional<Transaction> {
    if (left == 0) return std::nullopt;  // to every call in flight
    --left;
    Transaction made{made_payload(ts, false, value), made_payload(ts, true, value)};
    ts += kTsStep;
    return made;
  };
}

std::optional<std::string> read_payload(std::istream& in) {
  uint32_t size = 0;
  if (!in.read(reinterpret_cast<char*>(&size), sizeof(size))) return std::nullopt;
  std::string payload(size, '\0');
  if (!in.read(payload.data(), size)) return std::nullopt;
  return payload;
}

Source file_transactions(const std::string& path) {
  auto file = std::make_shared<std::ifstream>(path, std::ios::binary);
  return [file]() -> std::optional<Transaction> {
    auto prewrite = read_payload(*file);
    auto commit = read_payload(*file);
    if (!prewrite || !commit) return std::nullopt;
    return Transaction{std::move(*prewrite), std::move(*commit)};
  };
}

class Load {
 public:
  Load(const Options& options, Source source)
      : options_(options),
        source_(std::move(source)),
        channel_(runtime_.channel(options.address)),
        done_(options.in_flight + 1),
        slots_(options.in_flight) {}

  Status run() {
    const auto begun = Steady::now();
    size_t busy = 0;
    for (size_t i = 0; i < slots_.size(); ++i) busy += begin_transaction(i);
    while (busy > 0) {
      const size_t i = *done_.pop();
      Slot& slot = slots_[i];
      latencies_.push_back(std::chrono::duration<double>(Steady::now() - slot.begun).count());
      TBL_TRY(slot.status);
      if (slot.committing || options_.prewrites_only) {
        busy -= !begin_transaction(i);
      } else {
        slot.committing = true;
        send(i);
      }
    }
    seconds_ = std::chrono::duration<double>(Steady::now() - begun).count();
    return ok_status();
  }

  void print() {
    std::sort(latencies_.begin(), latencies_.end());
    const auto at = [&](double part) {
      return latencies_[static_cast<size_t>(part * static_cast<double>(latencies_.size() - 1))] *
             1e3;
    };
    fmt::print(
        "{{\"calls\": {}, \"seconds\": {:.4f}, \"calls_per_second\": {:.0f}, \"p50_ms\": {:.3f}, "
        "\"p99_ms\": {:.3f}}}\n",
        latencies_.size(), seconds_, static_cast<double>(latencies_.size()) / seconds_, at(0.5),
        at(0.99));
  }

 private:
  bool begin_transaction(size_t i) {
    auto next = source_();
    if (!next) return false;
    slots_[i].transaction = std::move(*next);
    slots_[i].committing = false;
    send(i);
    return true;
  }

  void send(size_t i) {
    Slot& slot = slots_[i];
    slot.begun = Steady::now();
    slot.call = channel_->open_async(kMethod, std::make_unique<SlotHandler>(i, slot.status, done_));
    std::string request;
    put_number(request, 1, options_.cluster_id);
    put_text(request, 2, slot.committing ? slot.transaction.commit : slot.transaction.prewrite);
    slot.call->send(std::move(request));
    slot.call->half_close();
  }

  const Options options_;
  Source source_;
  rpc::ClientRuntime runtime_;
  std::shared_ptr<rpc::Channel> channel_;
  Queue<size_t> done_;
  std::vector<Slot> slots_;
  std::vector<double> latencies_;
  double seconds_ = 0;
};

}  // namespace
}  // namespace tbl

int main(int argc, char** argv) {
  const std::string kind = argc > 4 ? argv[4] : "";
  const auto number = [argv](int i) { return std::strtoull(argv[i], nullptr, 10); };
  tbl::Source source;
  if ((kind == "made" || kind == "open") && argc == 8) {
    source = tbl::made_transactions(number(5), number(6), number(7));
  } else if (kind == "file" && argc == 6) {
    source = tbl::file_transactions(argv[5]);
  } else {
    std::fprintf(stderr,
                 "usage: pump_load <address> <cluster id> <in flight> "
                 "made|open <value bytes> <transactions> <first ts> | file <path>\n");
    return 2;
  }
  tbl::Load load({argv[1], number(2), number(3), kind == "open"}, std::move(source));
  if (const tbl::Status status = load.run(); !status.ok()) {
    std::fprintf(stderr, "pump_load: %s\n", status.to_string().c_str());
    return 1;
  }
  load.print();
  return 0;
}
