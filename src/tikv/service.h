// tikvpb.Tikv on an RPC server: unary methods, and BatchCommands, which carries most of them.
#pragma once

#include "rpc/server.h"
#include "rpc/worker_pool.h"
#include "tikv/dispatcher.h"

namespace tbl::tikv {

/// Every command runs on `pool`, since it may wait for a latch or the disk. Both must outlive the
/// server's run; stop the pool after the server.
class TikvService {
 public:
  TikvService(MethodContext context, rpc::WorkerPool& pool) : dispatcher_(context, pool) {}
  void register_methods(rpc::Server& server);

 private:
  void register_unary(rpc::Server& server, const Method& method);

  const Dispatcher dispatcher_;
};

}  // namespace tbl::tikv
