#include "drainer/step.h"

namespace tbl::drainer {

void RowsStep::drop_ignored(decode::Transaction& transaction) const {
  if (ignored.empty()) return;
  std::erase_if(transaction.rows, [this](const decode::RowChange& row) {
    for (const auto& [table, kinds] : ignored) {
      if (table == row.table) return (kinds >> static_cast<unsigned>(row.kind) & 1) != 0;
    }
    return false;
  });
}

void StepBatch::add(Step&& step, uint64_t step_bytes) {
  bytes += step_bytes;
  const bool is_progress = std::holds_alternative<ProgressStep>(step);
  if (is_progress && !steps.empty() && std::holds_alternative<ProgressStep>(steps.back())) {
    steps.back() = std::move(step);
  } else {
    steps.push_back(std::move(step));
  }
}

}  // namespace tbl::drainer
