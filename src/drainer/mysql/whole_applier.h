// `transaction-atomicity` = "whole": how a large transaction becomes one downstream transaction.
#pragma once

#include <memory>
#include <vector>

#include "drainer/mysql/worker_connection.h"
#include "drainer/schedule/applier.h"

namespace tbl::mysql {

/// Sends the parts one after the other and holds no more than one of them. What goes wrong before
/// COMMIT begins again with the first part, since the server has rolled back all of them. One
/// thread; nothing else may be on its way meanwhile.
class WholeApplier {
 public:
  /// `connection` is the one claimed for the worker's slot, which is nobody else's.
  WholeApplier(ApplyContext& context, size_t worker, std::unique_ptr<Connection> connection)
      : context_(context), connection_(context, worker, std::move(connection)) {}

  /// The transaction is durable, whole, exactly once; or nothing of it is, and an error says why.
  /// Rows of `applied` are left out.
  Status write(schedule::PartSource& parts, const std::vector<schedule::RowRange>& applied);

 private:
  struct Try {
    schedule::PartSource& parts;
    const std::vector<schedule::RowRange>& applied;
    std::string mark_sql;
    WriteMode mode = WriteMode::kExact;
  };

  Status try_once(const Try& one);
  Status send_parts(const Try& one);
  /// Whether the error can be different the next time; what has to change for that is changed.
  bool begins_again(const Status& error, Try& one);

  ApplyContext& context_;
  WorkerConnection connection_;
};

}  // namespace tbl::mysql
