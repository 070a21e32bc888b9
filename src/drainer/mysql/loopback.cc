#include "drainer/mysql/loopback.h"

namespace tbl::mysql {
namespace {

constexpr const char* kCreate =
    "CREATE DATABASE IF NOT EXISTS retl;"
    "CREATE TABLE IF NOT EXISTS retl._drainer_repl_mark (id BIGINT NOT NULL, channel_id BIGINT NOT "
    "NULL DEFAULT 0, val BIGINT DEFAULT 0, channel_info VARCHAR(64), PRIMARY KEY (id, channel_id))";

}  // namespace

Status set_up_loopback(Connection& connection, int64_t channel_id, size_t workers) {
  std::string sql = kCreate;
  for (size_t i = 0; i < workers; ++i) {
    sql += (i == 0 ? ";REPLACE INTO retl._drainer_repl_mark VALUES(" : ",(") + std::to_string(i) +
           "," + std::to_string(channel_id) + ",1,'')";
  }
  return connection.exec(sql).wrap("set up loop marks");
}

std::string loopback_sql(int64_t channel_id, size_t worker) {
  return "UPDATE retl._drainer_repl_mark SET val = val + 1 WHERE id = " + std::to_string(worker) +
         " AND channel_id = " + std::to_string(channel_id) + " LIMIT 1";
}

Status clear_loopback(Checkpointer& checkpointer, int64_t channel_id) {
  return checkpointer
      .query("DELETE FROM retl._drainer_repl_mark WHERE channel_id = " + std::to_string(channel_id))
      .status();
}

}  // namespace tbl::mysql
