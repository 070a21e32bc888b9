#include "drainer/sink.h"

#include "drainer/schedule/discard_applier.h"

namespace tbl::drainer {

namespace {

schedule::SchedulerOptions scheduler_options(const DrainerConfig& config,
                                             const SinkContext& context) {
  const SyncerConfig& syncer = config.syncer;
  schedule::SchedulerOptions options;
  options.workers = static_cast<size_t>(syncer.worker_count);
  options.batch_rows = static_cast<uint64_t>(syncer.txn_batch);
  options.one_to_one = !syncer.enable_dispatch;
  options.order = syncer.commit_in_upstream_order ? schedule::CommitOrder::kUpstream
                                                  : schedule::CommitOrder::kFree;
  options.pending_bytes = context.memory_bytes;
  return options;
}

}  // namespace

Result<std::unique_ptr<schedule::Applier>> make_applier(const DrainerConfig& config,
                                                        const SinkContext& context,
                                                        schedule::ApplierEvents events) {
  const auto options = scheduler_options(config, context);
  schedule::StartPoint start;
  start.commit_ts = context.initial_commit_ts;
  start.consistent = true;
  return std::unique_ptr<schedule::Applier>(
      std::make_unique<schedule::DiscardApplier>(options, start, std::move(events)));
}

}  // namespace tbl::drainer
