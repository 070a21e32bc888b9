// What the user wants done about a DDL, decided when it comes.
#pragma once

#include <string>

#include "base/status.h"
#include "drainer/schedule/applier.h"

namespace tbl::schedule {

/// Asked by the thread that executes DDL.
class DdlPolicy {
 public:
  virtual ~DdlPolicy() = default;

  /// The text to execute instead of `task.query`; empty: the statement is left out.
  virtual std::string text_of(const DdlTask& task) = 0;

  /// After `error`: waits until the user has changed the policy. False: they will not, so stop.
  virtual bool wait_for_change(const DdlTask& task, const Status& error) = 0;
};

}  // namespace tbl::schedule
