// The relay log at drainer's start: what the last run left undone is applied from it.
#pragma once

#include <memory>
#include <optional>

#include "drainer/config.h"
#include "drainer/relay/relayed_applier.h"
#include "drainer/relay/replay.h"
#include "drainer/sink.h"

namespace tbl::drainer {

/// Nothing: `relay.log-dir` is not set, or there is nothing in it.
Result<std::optional<relay::RelaySpan>> relay_span(const DrainerConfig& config);

/// Brings the downstream to the end of the relay log and saves the checkpoint as consistent, unless
/// it is already. Gives the first commit ts that could not be applied, since the downstream is
/// older than where the relay log begins; 0: none. Errors: the relay log is damaged or of another
/// cluster; the downstream.
Result<uint64_t> feed_by_relay(const DrainerConfig& config, const SinkContext& context,
                               const relay::RelaySpan& span);

/// The same when PD is out of reach, for the checkpoint of the relay log's cluster. `pd_error` is
/// why; it is returned, or what went wrong in addition.
Status feed_without_pd(const DrainerConfig& config, const std::string& node_id,
                       const relay::RelaySpan& span, Status pd_error);

/// `inner`, with the relay log before it.
Result<std::unique_ptr<relay::RelayedApplier>> with_relay(const DrainerConfig& config,
                                                          uint64_t cluster_id,
                                                          std::unique_ptr<schedule::Applier> inner,
                                                          std::function<void(const Status&)> fail);

}  // namespace tbl::drainer
