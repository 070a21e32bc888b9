// One WriteBinlog call to a pump.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/stop.h"
#include "rpc/client.h"
#include "tidb/binlog/binlog_writer.h"

namespace tbl::tidb {

/// WriteBinlogReq with the record as prewrite, commit or (commit_ts 0) rollback binlog.
std::string prewrite_request(uint64_t cluster_id, const BinlogRecord& record);
std::string finish_request(uint64_t cluster_id, const BinlogRecord& record, uint64_t commit_ts);
/// A probe: pump answers it and stores nothing.
std::string probe_request(uint64_t cluster_id);

/// Starts at construction. Destroying it cancels the call; not from inside `done`.
class WriteCall {
 public:
  /// `done` runs once on the runtime's loop thread and must not block: the transport's error, or
  /// the errmsg of the pump.
  using Done = std::function<void(const Status&)>;
  WriteCall(rpc::Channel& channel, std::string request, std::chrono::milliseconds timeout,
            Done done);

 private:
  std::unique_ptr<rpc::AsyncCall> call_;
};

/// A call for a thread that will wait.
class WaitedWrite {
 public:
  WaitedWrite(rpc::Channel& channel, std::string request, std::chrono::milliseconds timeout);
  /// The call's end, or kCancelled by stop.
  Status wait(const StopToken& stop);

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Status> result_;
  WriteCall call_;  ///< last: its callback uses the others
};

}  // namespace tbl::tidb
