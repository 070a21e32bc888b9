#include "drainer/mysql/state_tables.h"

#include <charconv>

#include "drainer/mysql/sql_text.h"

namespace tbl::mysql {
namespace {

uint64_t number(const std::optional<std::string>& text) {
  uint64_t value = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

// Free of quotes and backslashes, so right in every SQL mode. utf8mb4 for text.
std::string hex_literal(Bytes bytes) { return bytes.empty() ? "''" : "x'" + to_hex(bytes) + "'"; }

std::string join(std::span<const uint64_t> numbers) {
  std::string out;
  for (uint64_t n : numbers) out += (out.empty() ? "" : ",") + std::to_string(n);
  return out;
}

std::vector<uint64_t> split(std::string_view text) {
  std::vector<uint64_t> out;
  const char* end = text.data() + text.size();
  for (const char* p = text.data(); p < end;) {
    uint64_t value = 0;
    auto [next, error] = std::from_chars(p, end, value);
    if (error == std::errc()) out.push_back(value);
    p = next == p ? p + 1 : next;
  }
  return out;
}

}  // namespace

StateTables::StateTables(std::string schema, std::string table, uint64_t cluster_id)
    : schema_(std::move(schema)), table_(std::move(table)), cluster_id_(cluster_id) {
  checkpoint_ = quote_table(schema_, table_);
  run_ = quote_table(schema_, table_ + "_run");
  mark_ = quote_table(schema_, table_ + "_mark");
  ddl_ = quote_table(schema_, table_ + "_ddl");
}

std::string StateTables::where() const {
  return " WHERE cluster_id = " + std::to_string(cluster_id_);
}

Status StateTables::create_checkpoint(Connection& connection) const {
  std::string sql = "CREATE SCHEMA IF NOT EXISTS " + quote_name(schema_) +
                    ";CREATE TABLE IF NOT EXISTS " + checkpoint_ +
                    "(clusterID BIGINT UNSIGNED PRIMARY KEY, checkPoint MEDIUMTEXT)";
  return connection.exec(sql).wrap("create the checkpoint table " + checkpoint_);
}

Status StateTables::create(Connection& connection) const {
  std::string sql =
      "CREATE SCHEMA IF NOT EXISTS " + quote_name(schema_) + ";CREATE TABLE IF NOT EXISTS " + run_ +
      "(cluster_id BIGINT UNSIGNED PRIMARY KEY, run BIGINT UNSIGNED NOT NULL,"
      " workers INT UNSIGNED NOT NULL, node_id VARCHAR(255) NOT NULL,"
      " address VARCHAR(255) NOT NULL, conn_ids TEXT NOT NULL,"
      " unknown_ts BIGINT UNSIGNED NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"
      ";CREATE TABLE IF NOT EXISTS " +
      mark_ +
      "(cluster_id BIGINT UNSIGNED NOT NULL, run BIGINT UNSIGNED NOT NULL,"
      " seq BIGINT UNSIGNED NOT NULL, high_ts BIGINT UNSIGNED NOT NULL, items BLOB NOT NULL,"
      " PRIMARY KEY (cluster_id, run, seq), KEY high_ts (cluster_id, high_ts)) ENGINE=InnoDB"
      ";CREATE TABLE IF NOT EXISTS " +
      ddl_ +
      "(cluster_id BIGINT UNSIGNED PRIMARY KEY, commit_ts BIGINT UNSIGNED NOT NULL,"
      " job_id BIGINT NOT NULL, conn_id BIGINT UNSIGNED NOT NULL,"
      " before_state MEDIUMTEXT NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4";
  return connection.exec(sql).wrap("create the state tables beside " + checkpoint_);
}

Result<std::optional<Checkpoint>> StateTables::load_checkpoint(Connection& connection) const {
  TBL_ASSIGN(auto rows, connection.query("SELECT checkPoint FROM " + checkpoint_ +
                                         " WHERE clusterID = " + std::to_string(cluster_id_)));
  if (rows.empty() || !rows[0][0]) return std::optional<Checkpoint>();
  auto parsed = parse_checkpoint(*rows[0][0]);
  if (!parsed.ok()) return parsed.status().wrap(checkpoint_);
  return std::optional<Checkpoint>(*parsed);
}

Result<std::optional<RunRecord>> StateTables::load_run(Connection& connection) const {
  TBL_ASSIGN(auto rows, connection.query("SELECT run, workers, node_id, address, conn_ids, "
                                         "unknown_ts FROM " +
                                         run_ + where()));
  if (rows.empty()) return std::optional<RunRecord>();
  const SqlRow& row = rows[0];
  RunRecord out;
  out.run = number(row[0]);
  out.workers = static_cast<uint32_t>(number(row[1]));
  out.node_id = row[2].value_or("");
  out.address = row[3].value_or("");
  out.connection_ids = split(row[4].value_or(""));
  out.unknown_ts = number(row[5]);
  return std::optional<RunRecord>(std::move(out));
}

Result<std::optional<DdlRecord>> StateTables::load_ddl(Connection& connection) const {
  TBL_ASSIGN(auto rows, connection.query("SELECT commit_ts, job_id, conn_id, before_state FROM " +
                                         ddl_ + where()));
  if (rows.empty()) return std::optional<DdlRecord>();
  const SqlRow& row = rows[0];
  DdlRecord out;
  out.commit_ts = number(row[0]);
  out.job_id = static_cast<int64_t>(number(row[1]));
  out.connection_id = number(row[2]);
  out.before_state = row[3].value_or("");
  return std::optional<DdlRecord>(std::move(out));
}

Status StateTables::load_marks(Connection& connection, uint64_t above_ts,
                               AppliedSet* applied) const {
  TBL_ASSIGN(auto rows, connection.query("SELECT items FROM " + mark_ + where() +
                                         " AND high_ts > " + std::to_string(above_ts)));
  for (const SqlRow& row : rows) {
    auto items = decode_mark_items(row[0].value_or(""));
    if (!items.ok()) return items.status().wrap(mark_);
    for (const MarkItem& item : *items) applied->add(item);
  }
  applied->forget_until(above_ts);
  return ok_status();
}

Result<State> StateTables::load(Connection& connection,
                                const std::optional<Checkpoint>* checkpoint) const {
  State state;
  TBL_TRY(connection.exec("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;START TRANSACTION"));
  if (checkpoint != nullptr) {
    state.checkpoint = *checkpoint;
  } else {
    TBL_ASSIGN(state.checkpoint, load_checkpoint(connection));
  }
  TBL_ASSIGN(state.run, load_run(connection));
  TBL_ASSIGN(state.ddl, load_ddl(connection));
  uint64_t commit_ts = state.checkpoint ? state.checkpoint->commit_ts : 0;
  TBL_TRY(load_marks(connection, commit_ts, &state.applied));
  TBL_TRY(connection.exec("COMMIT"));
  return state;
}

Result<std::vector<uint64_t>> StateTables::load_mark_numbers(Connection& connection,
                                                             uint64_t run) const {
  TBL_ASSIGN(auto rows, connection.query("SELECT seq FROM " + mark_ + where() +
                                         " AND run = " + std::to_string(run)));
  std::vector<uint64_t> out;
  for (const SqlRow& row : rows) out.push_back(number(row[0]));
  return out;
}

std::string StateTables::save_checkpoint_sql(const Checkpoint& checkpoint) const {
  return "REPLACE INTO " + checkpoint_ + " VALUES(" + std::to_string(cluster_id_) + ",'" +
         format_checkpoint(checkpoint) + "')";
}

std::string StateTables::save_run_sql(const RunRecord& run) const {
  return "REPLACE INTO " + run_ + " VALUES(" + std::to_string(cluster_id_) + "," +
         std::to_string(run.run) + "," + std::to_string(run.workers) + "," +
         hex_literal(run.node_id) + "," + hex_literal(run.address) + ",'" +
         join(run.connection_ids) + "'," + std::to_string(run.unknown_ts) + ")";
}

std::string StateTables::save_connections_sql(uint64_t run,
                                              const std::vector<uint64_t>& ids) const {
  return "UPDATE " + run_ + " SET conn_ids='" + join(ids) + "'" + where() +
         " AND run = " + std::to_string(run);
}

std::string StateTables::insert_mark_sql(uint64_t run, uint64_t number, uint64_t high_ts,
                                         Bytes items) const {
  return "INSERT INTO " + mark_ + " VALUES(" + std::to_string(cluster_id_) + "," +
         std::to_string(run) + "," + std::to_string(number) + "," + std::to_string(high_ts) + "," +
         hex_literal(items) + ")";
}

std::string StateTables::delete_marks_sql(uint64_t run, std::span<const uint64_t> numbers) const {
  return "DELETE FROM " + mark_ + where() + " AND run = " + std::to_string(run) + " AND seq IN (" +
         join(numbers) + ")";
}

std::string StateTables::delete_old_marks_sql(uint64_t run, uint64_t commit_ts) const {
  return "DELETE FROM " + mark_ + where() + " AND run <> " + std::to_string(run) +
         " AND high_ts <= " + std::to_string(commit_ts);
}

std::string StateTables::delete_all_marks_sql() const { return "DELETE FROM " + mark_ + where(); }

std::string StateTables::save_ddl_sql(const DdlRecord& ddl) const {
  return "REPLACE INTO " + ddl_ + " VALUES(" + std::to_string(cluster_id_) + "," +
         std::to_string(ddl.commit_ts) + "," + std::to_string(ddl.job_id) + "," +
         std::to_string(ddl.connection_id) + "," + hex_literal(ddl.before_state) + ")";
}

std::string StateTables::delete_ddl_sql(uint64_t commit_ts) const {
  return "DELETE FROM " + ddl_ + where() + " AND commit_ts <= " + std::to_string(commit_ts);
}

}  // namespace tbl::mysql
