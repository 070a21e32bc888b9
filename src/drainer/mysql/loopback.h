// `loopback-control`: marks by which the drainer of the other direction knows our transactions.
#pragma once

#include <cstdint>
#include <string>

#include "drainer/mysql/checkpointer.h"

namespace tbl::mysql {

/// Makes retl._drainer_repl_mark, with one row per worker for this channel.
Status set_up_loopback(Connection& connection, int64_t channel_id, size_t workers);
/// The statement that marks a transaction of one worker.
std::string loopback_sql(int64_t channel_id, size_t worker);
/// Takes the channel's rows away.
Status clear_loopback(Checkpointer& checkpointer, int64_t channel_id);

}  // namespace tbl::mysql
