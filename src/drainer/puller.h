// Reads one pump's stream into the merger.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/stop.h"
#include "drainer/merger.h"
#include "rpc/client.h"
#include "spill/message_collector.h"

namespace tbl::drainer {

struct PullerOptions {
  std::string node_id = {};
  uint64_t cluster_id = 0;
  uint64_t start_ts = 0;  ///< everything above is wanted
  bool gzip = false;
  spill::SpillDir* spill = nullptr;  ///< where binlogs too large for memory go
};

/// One thread: pulls from the last commit ts received, connects again a second after the stream
/// ended or broke. What the merger cannot take waits in the connection's window, i.e. at the pump.
/// A binlog that is too large for memory is written to a file as it arrives.
///
/// `on_fatal` runs on that thread when going on would lose transactions: the pump has already
/// thrown away binlogs that were asked for, or sent bytes that are no binlog. The thread ends then.
class Puller {
 public:
  /// Gives a channel to an address; called on the puller's thread.
  using Connect = std::function<std::shared_ptr<rpc::Channel>(const std::string& address)>;

  Puller(PullerOptions options, std::string address, Merger& merger, Connect connect,
         std::function<void(const Status&)> on_fatal);
  /// Stops and waits for the thread.
  ~Puller();

  /// The next connection goes there; a stream to another address is ended.
  void set_address(const std::string& address);
  /// A paused pump is not read, but stays a source of the merge.
  void set_paused(bool paused);
  /// Commit ts of the last binlog received.
  uint64_t last_received() const { return last_ts_.load(); }
  /// Why the pump cannot be read at present; empty: it can, as far as is known.
  std::string failure() const;

 private:
  void run();
  Status pull(const std::string& address);
  Status check_gc_ts(const rpc::Metadata& headers) const;
  Status take(Ring<rpc::MessagePiece>& pieces, spill::MessageCollector& collector);
  Status take(spill::Collected message);
  Status take(Result<BinlogItem> item, uint64_t size);
  Status hand_over();
  bool wait_while_paused();
  void note_end(const std::string& address, const Status& status);
  void note_answer();

  const PullerOptions options_;
  Merger& merger_;
  const Connect connect_;
  const std::function<void(const Status&)> on_fatal_;
  Histogram& read_bytes_;
  Histogram& reach_seconds_;
  Gauge& position_;
  std::atomic<uint64_t> last_ts_;
  std::vector<BinlogItem> items_;  ///< that arrived together; the puller's thread only
  int64_t now_ms_ = 0;             ///< when

  int failures_ = 0;  ///< ends in a row without an answer; the puller's thread only

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::string address_;
  std::string failure_;
  bool paused_ = false;
  StopSource stream_stop_;  ///< of the stream under way
  StopSource stop_;
  Thread thread_;
};

}  // namespace tbl::drainer
