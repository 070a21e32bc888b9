// WriteBinlog of a binlog that is too large to be held in memory: over a file to the log.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/env.h"
#include "base/queue.h"
#include "base/stop.h"
#include "pump/ingest.h"
#include "rpc/server.h"
#include "spill/spill_file.h"

namespace tbl::pump {

/// Requests above this go to a file.
constexpr uint64_t kLargeRequestBytes = 8 << 20;

/// Collects such requests in unnamed files of a directory, checks them there, and hands them to
/// ingest, which copies them to the log in pieces. One thread does the writing, so that the loop
/// never waits for the disk; a client that is faster is held back. Any thread may call.
class LargeWrites {
 public:
  /// `max_bytes`: of a request once it is inflated.
  LargeWrites(Env& env, const std::string& dir, uint64_t max_bytes, Ingest& ingest,
              const DiskWatch& disk);
  ~LargeWrites();

  /// Makes the directory, removes leftovers.
  Status prepare() { return files_.prepare(); }
  /// For rpc::Server::add_large_unary().
  std::unique_ptr<rpc::LargeRequest> accept(rpc::ServerCallPtr call);

 private:
  class Request;
  struct Upload;

  void run();

  spill::SpillDir files_;
  const uint64_t max_bytes_;
  Ingest& ingest_;
  const DiskWatch& disk_;
  Queue<std::function<void()>> tasks_{UINT64_MAX};
  Thread thread_;
};

}  // namespace tbl::pump
