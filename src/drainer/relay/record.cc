#include "drainer/relay/record.h"

#include "codec/datum_codec.h"
#include "drainer/relay/slave_rows.h"
#include "schema/json_writer.h"

namespace tbl::relay {
namespace {

using codec::Datum;
using slave::binlog::Replay;

/// Beside the flags of the value encoding, which has none for "not in the row".
constexpr char kAbsent = '\x7f';

Status bad_record(const std::string& what) { return data_loss("relay record: " + what); }

std::string encode_values(decode::RowValues values) {
  std::string out;
  for (const Datum& value : values) {
    if (value.is_absent()) {
      out += kAbsent;
    } else {
      codec::write_value(out, value);
    }
  }
  return out;
}

/// As many as the table has columns, or none. They point to copies in the arena.
Result<decode::RowValues> decode_values(const std::string& stored, const decode::Table& table,
                                        codec::Arena& arena) {
  if (stored.empty()) return decode::RowValues();
  ByteReader reader(arena.copy(stored));
  auto values = arena.array<Datum>(table.info().columns.size());
  for (Datum& value : values) {
    if (!reader.empty() && reader.rest().front() == kAbsent) {
      uint8_t flag = 0;
      reader.read_u8(&flag);
    } else if (!codec::read_datum(reader, arena, &value)) {
      return bad_record("damaged value of a row of " + table.quoted_name());
    }
  }
  if (!reader.empty()) return bad_record("more values than columns in " + table.quoted_name());
  return decode::RowValues(values);
}

void fill_ddl(const schedule::DdlTask& ddl, slave::binlog::ReplayDdl* out) {
  out->set_job_id(ddl.job_id);
  out->set_type(static_cast<uint32_t>(ddl.type));
  out->set_query(ddl.query);
  out->set_schema(ddl.schema);
  for (const auto& name : ddl.touched) {
    out->add_touched(name.schema);
    out->add_touched(name.table);
  }
  if (ddl.table_after) out->set_table_after(schema::write_table_info(*ddl.table_after));
  out->set_skip(ddl.skip);
}

Status decode_ddl(const slave::binlog::ReplayDdl& stored, RelayItem* item) {
  schedule::DdlTask& ddl = item->ddl;
  ddl.commit_ts = item->commit_ts;
  ddl.schema_version = item->schema_version;
  ddl.job_id = stored.job_id();
  if (stored.type() > UINT8_MAX) return bad_record("unknown type of DDL");
  ddl.type = static_cast<schema::ActionType>(stored.type());
  ddl.query = stored.query();
  ddl.schema = stored.schema();
  if (stored.touched_size() % 2 != 0) return bad_record("a database without a table");
  for (int i = 0; i < stored.touched_size(); i += 2) {
    ddl.touched.push_back({stored.touched(i), stored.touched(i + 1)});
  }
  if (stored.has_table_after()) {
    TBL_ASSIGN(ddl.table_after, schema::parse_table_info(stored.table_after()));
  }
  ddl.skip = stored.skip();
  return ok_status();
}

}  // namespace

uint32_t RecordEncoder::add_table(const decode::TablePtr& table, slave::binlog::ReplayTable* out) {
  const auto [it, is_new] = numbers_.try_emplace(table, static_cast<uint32_t>(numbers_.size()));
  out->set_number(it->second);
  if (is_new) {
    out->set_schema_name(table->schema_name());
    out->set_info(schema::write_table_info(table->info()));
  }
  return it->second;
}

Result<std::string> RecordEncoder::encode(const decode::Transaction& transaction,
                                          uint64_t previous_ts) {
  slave::binlog::Binlog binlog;
  binlog.set_type(slave::binlog::DML);
  binlog.set_commit_ts(static_cast<int64_t>(transaction.commit_ts));
  Replay* replay = binlog.mutable_replay();
  replay->set_cluster_id(cluster_id_);
  replay->set_previous_ts(previous_ts);
  replay->set_schema_version(transaction.schema_version);
  replay->set_start_ts(transaction.start_ts);
  replay->set_first_row(transaction.first_row);
  replay->set_end_row(transaction.end_row);
  replay->set_is_last_part(transaction.is_last_part);
  struct Place {
    uint32_t number;
    slave::binlog::Table* seen;
  };
  std::unordered_map<const decode::Table*, Place> places;
  auto* dml = binlog.mutable_dml_data();
  for (const auto& table : transaction.tables) {
    const uint32_t number = add_table(table, replay->add_tables());
    places[table.get()] = {number, nullptr};
  }
  for (const auto& row : transaction.rows) {
    Place& place = places.at(row.table);
    if (place.seen == nullptr) {
      place.seen = dml->add_tables();
      fill_table(*row.table, place.seen);
    }
    TBL_TRY(fill_mutation(row, zone_, place.seen->add_mutations()));
    auto* exact = replay->add_rows();
    exact->set_table(place.number);
    exact->set_kind(static_cast<uint32_t>(row.kind));
    exact->set_number(row.number);
    exact->set_old_values(encode_values(row.old_values));
    exact->set_new_values(encode_values(row.new_values));
  }
  return binlog.SerializeAsString();
}

std::string RecordEncoder::encode(const schedule::DdlTask& ddl, uint64_t previous_ts) const {
  slave::binlog::Binlog binlog;
  binlog.set_type(slave::binlog::DDL);
  binlog.set_commit_ts(static_cast<int64_t>(ddl.commit_ts));
  auto* data = binlog.mutable_ddl_data();
  // The new name of a RENAME is the last one.
  const auto name = ddl.touched.empty() ? schedule::TableName{ddl.schema, ""} : ddl.touched.back();
  data->set_schema_name(name.schema);
  data->set_table_name(name.table);
  data->set_ddl_query(ddl.query);
  binlog.mutable_replay()->set_cluster_id(cluster_id_);
  binlog.mutable_replay()->set_previous_ts(previous_ts);
  binlog.mutable_replay()->set_schema_version(ddl.schema_version);
  fill_ddl(ddl, binlog.mutable_replay()->mutable_ddl());
  return binlog.SerializeAsString();
}

Status RecordDecoder::learn(const slave::binlog::ReplayTable& stored) {
  if (!stored.has_info()) {
    return tables_.contains(stored.number()) ? ok_status()
                                             : bad_record("a table that was not described before");
  }
  auto info = schema::parse_table_info(stored.info());
  if (!info.ok()) return std::move(info).status().wrap("relay record");
  tables_[stored.number()] = decode::Table::make(stored.schema_name(), *info, nullptr);
  return ok_status();
}

Result<RelayItem> RecordDecoder::decode(Bytes payload) {
  slave::binlog::Binlog binlog;
  if (payload.size() > INT32_MAX ||
      !binlog.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return bad_record("cannot be parsed");
  }
  if (!binlog.has_replay())
    return bad_record("written by another program, which left out too much");
  const Replay& replay = binlog.replay();
  RelayItem item;
  item.cluster_id = replay.cluster_id();
  item.commit_ts = static_cast<uint64_t>(binlog.commit_ts());
  item.previous_ts = replay.previous_ts();
  item.schema_version = replay.schema_version();
  if (replay.has_ddl()) {
    TBL_TRY(decode_ddl(replay.ddl(), &item));
    return item;
  }
  auto transaction = std::make_shared<decode::Transaction>();
  transaction->start_ts = replay.start_ts();
  transaction->commit_ts = item.commit_ts;
  transaction->schema_version = item.schema_version;
  transaction->first_row = replay.first_row();
  transaction->end_row = replay.end_row();
  transaction->is_last_part = replay.is_last_part();
  for (const auto& table : replay.tables()) {
    TBL_TRY(learn(table));
    transaction->tables.push_back(tables_.at(table.number()));
  }
  for (const auto& stored : replay.rows()) {
    const auto table = tables_.find(stored.table());
    if (table == tables_.end()) return bad_record("a row of a table that was not described before");
    if (stored.kind() > static_cast<uint32_t>(decode::RowKind::kDelete)) {
      return bad_record("unknown kind of row");
    }
    decode::RowChange row;
    row.kind = static_cast<decode::RowKind>(stored.kind());
    row.table = table->second.get();
    row.number = stored.number();
    const bool wants_old = row.kind != decode::RowKind::kInsert;
    const bool wants_new = row.kind != decode::RowKind::kDelete;
    if (wants_old == stored.old_values().empty() || wants_new == stored.new_values().empty()) {
      return bad_record("a row without its values");
    }
    TBL_ASSIGN(row.old_values, decode_values(stored.old_values(), *row.table, transaction->arena));
    TBL_ASSIGN(row.new_values, decode_values(stored.new_values(), *row.table, transaction->arena));
    transaction->rows.push_back(row);
  }
  item.transaction = std::move(transaction);
  return item;
}

}  // namespace tbl::relay
