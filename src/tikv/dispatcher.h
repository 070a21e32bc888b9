// Runs the methods of tikvpb.Tikv: short reads of what is in memory and short writes
// that wait for no disk at once, all else on a pool.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "rpc/worker_pool.h"
#include "tikv/methods.h"

namespace tbl::tikv {

/// A request's bytes and the frame that they point into.
struct RequestBytes {
  std::shared_ptr<const std::string> frame;
  Bytes bytes;
};

/// Any thread. The pool must outlive it; stop the store's lock waits before the pool, and the pool
/// before this goes.
class Dispatcher {
 public:
  using Reply = std::function<void(const Status& status, std::string response)>;

  Dispatcher(MethodContext context, rpc::WorkerPool& pool) : context_(context), pool_(pool) {}

  /// Replies before it returns where the answer is at hand, else from a thread of the pool. A
  /// method that waits for another transaction's lock holds no thread meanwhile.
  void run(const Method& method, RequestBytes request, Reply reply) const;

 private:
  struct Task;
  void submit(const std::shared_ptr<Task>& task) const;

  const MethodContext context_;
  rpc::WorkerPool& pool_;
};

}  // namespace tbl::tikv
