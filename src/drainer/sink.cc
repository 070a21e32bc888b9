#include "drainer/sink.h"

#include "drainer/mysql/mysql_applier.h"
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

mysql::ConnectionOptions connection_options(const ServerAddress& server,
                                            const SyncerConfig& syncer) {
  mysql::ConnectionOptions options;
  options.host = server.host;
  options.port = static_cast<uint16_t>(server.port);
  options.user = server.user;
  options.password = server.password;
  options.tls = {server.tls.ca_path, server.tls.cert_path, server.tls.key_path};
  options.read_timeout_s = static_cast<uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(syncer.read_timeout).count());
  return options;
}

std::unique_ptr<schedule::Applier> make_mysql(const DrainerConfig& config,
                                              const SinkContext& context,
                                              schedule::ApplierEvents events) {
  const SyncerConfig& syncer = config.syncer;
  mysql::MySqlApplierOptions options;
  options.to = downstream_options(syncer);
  if (!syncer.checkpoint.type.empty()) options.checkpoint_server = checkpoint_options(syncer);
  options.checkpoint_schema = syncer.checkpoint.schema;
  options.checkpoint_table = syncer.checkpoint.table;
  options.cluster_id = context.cluster_id;
  options.run = context.run_ts;
  options.initial_commit_ts = context.initial_commit_ts;
  options.node_id = context.node_id;
  options.address = context.address;
  options.is_alive = context.is_alive;
  options.scheduler = scheduler_options(config, context);
  options.whole_transactions = syncer.whole_transactions;
  options.safe_mode = syncer.safe_mode;
  options.stop_on_miss = syncer.stop_on_missing_row;
  options.replace_duplicates = syncer.replace_duplicate_rows;
  options.ddl_policy = context.ddl_policy;
  options.loopback = syncer.loopback;
  options.channel_id = syncer.channel_id;
  return std::make_unique<mysql::MySqlApplier>(std::move(options), std::move(events));
}

std::unique_ptr<schedule::Applier> make_discard(const DrainerConfig& config,
                                                const SinkContext& context,
                                                schedule::ApplierEvents events) {
  schedule::StartPoint start;
  start.commit_ts = context.initial_commit_ts;
  return std::make_unique<schedule::DiscardApplier>(scheduler_options(config, context), start,
                                                    std::move(events));
}

}  // namespace

mysql::ConnectionOptions downstream_options(const SyncerConfig& syncer) {
  mysql::ConnectionOptions options = connection_options(syncer.to, syncer);
  options.sql_mode = syncer.sql_mode;
  options.strict = syncer.sync_mode != 2;
  options.params = syncer.session_params;
  return options;
}

mysql::ConnectionOptions checkpoint_options(const SyncerConfig& syncer) {
  return connection_options(syncer.checkpoint.server, syncer);
}

std::unique_ptr<schedule::Applier> make_applier(const DrainerConfig& config,
                                                const SinkContext& context,
                                                schedule::ApplierEvents events) {
  switch (config.syncer.sink) {
    case SinkKind::kMysql:
    case SinkKind::kTidb:
      return make_mysql(config, context, std::move(events));
    case SinkKind::kDiscard:
      break;
  }
  return make_discard(config, context, std::move(events));
}

}  // namespace tbl::drainer
