// A TiDB-like load on one pump (or on anything that answers WriteBinlog): transactions of a
// prewrite and a commit record, a fixed number of calls in flight on one connection. Prints one
// line of JSON.
//
//   pump_load <address> <cluster id> <in flight> <value bytes> <transactions> <first ts>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/queue.h"
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
  size_t value_bytes = 0;
  uint64_t transactions = 0;
  uint64_t first_ts = 0;
};

/// One of the calls in flight: works on one transaction at a time, prewrite first.
struct Slot {
  std::unique_ptr<rpc::AsyncCall> call;
  uint64_t start_ts = 0;
  bool committing = false;
  Steady::time_point begun;
  Status status;
};

class SlotHandler final : public rpc::ClientHandler {
 public:
  SlotHandler(size_t slot, Slot& state, Queue<size_t>& done)
      : slot_(slot), state_(state), done_(done) {}
  void on_message(std::string) override {}
  void on_over(const Status& status, const rpc::Metadata&) override {
    state_.status = status;
    done_.push(slot_, 1);
  }

 private:
  const size_t slot_;
  Slot& state_;
  Queue<size_t>& done_;
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

std::string request_of(const Options& options, const Slot& slot, const std::string& value) {
  std::string binlog;
  put_number(binlog, 1, slot.committing ? 1 : 0);
  put_number(binlog, 2, slot.start_ts);
  put_number(binlog, 3, slot.committing ? slot.start_ts + kTsStep / 2 : 0);
  put_text(binlog, 4, "t_load_primary_key_");
  if (!slot.committing) put_text(binlog, 5, value);
  put_number(binlog, 7, 0);
  put_number(binlog, 8, 0);
  std::string request;
  put_number(request, 1, options.cluster_id);
  put_text(request, 2, binlog);
  return request;
}

class Load {
 public:
  explicit Load(const Options& options)
      : options_(options),
        channel_(runtime_.channel(options.address)),
        value_(options.value_bytes, 'v'),
        done_(options.in_flight + 1),
        slots_(options.in_flight) {
    value_.replace(0, std::min<size_t>(2, value_.size()), Bytes("\x08\x01", 2));
  }

  Status run() {
    const auto begun = Steady::now();
    size_t busy = 0;
    for (size_t i = 0; i < slots_.size(); ++i) busy += begin_transaction(i);
    while (busy > 0) {
      const size_t i = *done_.pop();
      Slot& slot = slots_[i];
      latencies_.push_back(std::chrono::duration<double>(Steady::now() - slot.begun).count());
      TBL_TRY(slot.status);
      if (slot.committing) {
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
    if (begun_ == options_.transactions) return false;
    slots_[i].start_ts = options_.first_ts + kTsStep * begun_++;
    slots_[i].committing = false;
    send(i);
    return true;
  }

  void send(size_t i) {
    Slot& slot = slots_[i];
    slot.begun = Steady::now();
    slot.call = channel_->open_async(kMethod, std::make_unique<SlotHandler>(i, slot, done_));
    slot.call->send(request_of(options_, slot, value_));
    slot.call->half_close();
  }

  const Options options_;
  rpc::ClientRuntime runtime_;
  std::shared_ptr<rpc::Channel> channel_;
  std::string value_;
  Queue<size_t> done_;
  std::vector<Slot> slots_;
  uint64_t begun_ = 0;
  std::vector<double> latencies_;
  double seconds_ = 0;
};

}  // namespace
}  // namespace tbl

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr,
                 "usage: pump_load <address> <cluster id> <in flight> <value bytes> <transactions> "
                 "<first ts>\n");
    return 2;
  }
  tbl::Options options;
  options.address = argv[1];
  options.cluster_id = std::strtoull(argv[2], nullptr, 10);
  options.in_flight = std::strtoull(argv[3], nullptr, 10);
  options.value_bytes = std::strtoull(argv[4], nullptr, 10);
  options.transactions = std::strtoull(argv[5], nullptr, 10);
  options.first_ts = std::strtoull(argv[6], nullptr, 10);
  tbl::Load load(options);
  if (const tbl::Status status = load.run(); !status.ok()) {
    std::fprintf(stderr, "pump_load: %s\n", status.to_string().c_str());
    return 1;
  }
  load.print();
  return 0;
}
