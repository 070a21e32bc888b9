#include "tidb/table/table_writer.h"

#include <algorithm>
#include <set>

#include "codec/index_value.h"
#include "codec/keys.h"
#include "schema/mysql_type.h"
#include "tidb/types/convert.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

using schema::SchemaState;

bool gets_entries(const IndexInfo& index) {
  return index.state == SchemaState::kPublic || index.state == SchemaState::kWriteOnly ||
         index.state == SchemaState::kWriteReorganization;
}

bool loses_entries(const IndexInfo& index) { return index.state != SchemaState::kNone; }

const codec::TimeZone& utc() {
  static const codec::TimeZone zone;
  return zone;
}

bool indexes_timestamps(const TableInfo& table) {
  return std::any_of(table.columns.begin(), table.columns.end(),
                     [](const auto& c) { return c.type.tp == schema::kTypeTimestamp; });
}

/// SHARD_ROW_ID_BITS: the top bits of hidden row ids, one value for a transaction, so that the rows
/// of concurrent ones do not all go to one region.
int64_t sharded(const TableInfo& table, uint64_t start_ts, int64_t row_id) {
  const uint64_t bits = std::min<uint64_t>(table.shard_row_id_bits, 15);
  if (bits == 0) return row_id;
  const uint64_t hash = (start_ts >> 18 ^ start_ts) * 0x9e3779b97f4a7c15ULL;
  return static_cast<int64_t>((hash >> (64 - bits)) << (63 - bits)) | row_id;
}

Status duplicate_of(const TableInfo& table, Bytes key, Bytes value, const codec::TimeZone& zone) {
  codec::RecordKey record;
  if (codec::parse_record_key(key, &record)) {
    const int at = handle_position(table);
    const Value handle =
        at < 0 ? Value::of_int(record.handle)
               : handle_to_value(record.handle, table.columns[static_cast<size_t>(at)].type);
    return dup_entry(to_text(handle), "PRIMARY");
  }
  codec::IndexKey entry;
  if (codec::parse_index_key(key, &entry)) {
    for (const auto& index : table.indexes) {
      if (index.id != entry.index_id) continue;
      const auto row = decode_index_entry({table, index, entry.table_id}, key, value, zone);
      if (row.ok()) return dup_entry(duplicate_text(row->values), index.name.o);
    }
  }
  return dup_entry(to_hex(key), table.name.o);
}

}  // namespace

Status duplicate_entry(const TableInfo& table, Bytes key, Bytes value) {
  return duplicate_of(table, key, value, utc());
}

TableWriter::TableWriter(TableInfoPtr table, Transaction& txn, WriterOptions options)
    : table_(std::move(table)), txn_(txn), options_(std::move(options)) {}

const codec::TimeZone& TableWriter::zone() const {
  return options_.zone != nullptr ? *options_.zone : utc();
}

Result<int64_t> TableWriter::physical_id(const Row& row) const {
  if (!table_->is_partitioned()) return table_->id;
  if (!options_.route) return internal_error("no route to the partitions of " + table_->name.o);
  return options_.route(row);
}

Status TableWriter::check_table() const {
  if (!table_->is_common_handle) return ok_status();
  return unimplemented("table " + table_->name.o +
                       " has a clustered primary key that is not an integer");
}

Result<Row> TableWriter::completed(const Row& row, const Row* from) const {
  Row full = row;
  full.resize(table_->columns.size());
  for (size_t i = 0; i < full.size(); ++i) {
    const bool given = i < row.size() && (table_->columns[i].is_public() || from != nullptr);
    if (given) continue;
    if (from != nullptr && i < from->size()) {
      full[i] = (*from)[i];
      continue;
    }
    ConvertContext context;
    context.time_zone = &zone();
    TBL_ASSIGN(full[i], origin_default_value(table_->columns[i], context));
  }
  return full;
}

void TableWriter::describe_duplicates(int64_t physical_id) {
  if (std::find(described_.begin(), described_.end(), physical_id) != described_.end()) return;
  described_.push_back(physical_id);
  // The session may change its zone before it commits.
  auto own_zone = indexes_timestamps(*table_) ? std::make_shared<codec::TimeZone>(zone()) : nullptr;
  txn_.set_duplicate_describer(physical_id, [table = table_, own_zone](Bytes key, Bytes value) {
    return duplicate_of(*table, key, value, own_zone ? *own_zone : utc());
  });
}

Result<int64_t> TableWriter::insert(const Row& row) {
  return insert_new(row, options_.check_in_place ? Check::kNow : Check::kPresumeNew);
}

Result<int64_t> TableWriter::insert_checked(const Row& row) {
  return insert_new(row, Check::kNone);
}

Result<int64_t> TableWriter::insert_new(const Row& row, Check check) {
  TBL_TRY(check_table());
  TBL_ASSIGN(const Row full, completed(row, nullptr));
  TBL_ASSIGN(const int64_t physical, physical_id(full));
  const int at = handle_position(*table_);
  if (at >= 0) {
    const int64_t handle = value_to_handle(full[static_cast<size_t>(at)]);
    TBL_TRY(insert_row({physical, handle, full}, check));
    return handle;
  }
  if (options_.row_ids == nullptr) return internal_error("no row ids for " + table_->name.o);
  TBL_ASSIGN(int64_t handle, options_.row_ids->take());
  handle = sharded(*table_, txn_.start_ts(), handle);
  TBL_TRY(insert_row({physical, handle, full}, check));
  return handle;
}

Status TableWriter::insert_row(const TableRow& row, Check check) {
  describe_duplicates(row.physical_id);
  TBL_TRY(put_record(row, check));
  for (const auto& index : table_->indexes) {
    if (!gets_entries(index)) continue;
    // Who looked for duplicates did so in public indexes only.
    const bool unseen = check == Check::kNone && !index.is_public();
    TBL_TRY(put_entry({*table_, index, row.physical_id}, row, unseen ? Check::kPresumeNew : check));
  }
  if (txn_.records_rows()) {
    txn_.row_events().add(table_->id, codec::kMutationInsert,
                          insert_event_row(*table_, row.handle, row.row, zone()));
  }
  return ok_status();
}

Status TableWriter::put_record(const TableRow& row, Check check) {
  std::string key = codec::record_key(row.physical_id, row.handle);
  std::string value = encode_row(*table_, row.row, options_.format, zone());
  // A hidden row id was never used before.
  if (!table_->pk_is_handle) return txn_.put(std::move(key), std::move(value));
  return put_unique(std::move(key), std::move(value), check);
}

Status TableWriter::put_entry(const IndexPlace& place, const TableRow& row, Check check) {
  IndexEntry entry = index_entry(place, row.row, row.handle, zone());
  if (!entry.distinct) return txn_.put(std::move(entry.key), std::move(entry.value));
  return put_unique(std::move(entry.key), std::move(entry.value), check);
}

Status TableWriter::put_unique(std::string key, std::string value, Check check) {
  if (const BufferedWrite* own = txn_.own_write(key)) {
    if (own->kind == BufferedWrite::Kind::kPut) return duplicate_of(*table_, key, value, zone());
    return txn_.put(std::move(key), std::move(value));
  }
  if (check == Check::kPresumeNew) return txn_.insert(std::move(key), std::move(value));
  if (check == Check::kNow) {
    TBL_ASSIGN(const auto existing, txn_.get(key));
    if (existing) return duplicate_of(*table_, key, value, zone());
  }
  return txn_.put(std::move(key), std::move(value));
}

Result<std::vector<DuplicateRow>> TableWriter::find_duplicates(const Row& row) {
  TBL_TRY(check_table());
  TBL_ASSIGN(const Row full, completed(row, nullptr));
  TBL_ASSIGN(const int64_t physical, physical_id(full));
  std::vector<std::string> keys;
  std::vector<std::string> values;
  if (const int at = handle_position(*table_); at >= 0) {
    const int64_t handle = value_to_handle(full[static_cast<size_t>(at)]);
    keys.push_back(codec::record_key(physical, handle));
    values.push_back(codec::int_handle_index_value(handle));
  }
  for (const auto& index : table_->indexes) {
    if (!index.is_public()) continue;
    IndexEntry entry = index_entry({*table_, index, physical}, full, 0, zone());
    if (!entry.distinct) continue;
    keys.push_back(std::move(entry.key));
    values.push_back(std::move(entry.value));
  }
  if (keys.empty()) return std::vector<DuplicateRow>();
  TBL_ASSIGN(const auto found, txn_.batch_get(keys));
  std::vector<std::pair<int64_t, Status>> handles;
  std::set<int64_t> seen;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!found[i]) continue;
    codec::RecordKey record;
    codec::IndexValue entry;
    const bool is_record = codec::parse_record_key(keys[i], &record);
    if (!is_record && !(codec::parse_index_value(*found[i], &entry) && entry.has_int_handle)) {
      return data_loss("table " + table_->name.o + ": value of " + to_hex(keys[i]) +
                       " has no handle");
    }
    const int64_t handle = is_record ? record.handle : entry.int_handle;
    if (!seen.insert(handle).second) continue;
    handles.emplace_back(handle, duplicate_of(*table_, keys[i], values[i], zone()));
  }
  return read_duplicates(physical, std::move(handles));
}

Result<std::vector<DuplicateRow>> TableWriter::read_duplicates(
    int64_t physical, std::vector<std::pair<int64_t, Status>> handles) {
  TableReader reader(table_, txn_, zone(), physical);
  std::vector<DuplicateRow> duplicates;
  for (auto& [handle, error] : handles) {
    TBL_ASSIGN(auto existing, reader.get(handle));
    if (!existing) {
      return data_loss("table " + table_->name.o + ": an index names row " +
                       std::to_string(handle) + ", which does not exist");
    }
    duplicates.push_back({std::move(*existing), std::move(error)});
  }
  return duplicates;
}

Result<bool> TableWriter::update(const TableRow& before, const Row& after) {
  TBL_TRY(check_table());
  TableRow from = before;
  TBL_ASSIGN(from.row, completed(before.row, &before.row));
  TableRow to{before.physical_id, before.handle, {}};
  TBL_ASSIGN(to.row, completed(after, &from.row));
  if (to.row == from.row) return false;
  TBL_ASSIGN(to.physical_id, physical_id(to.row));
  if (const int at = handle_position(*table_); at >= 0) {
    to.handle = value_to_handle(to.row[static_cast<size_t>(at)]);
  }
  describe_duplicates(to.physical_id);
  if (to.physical_id != from.physical_id || to.handle != from.handle) {
    TBL_TRY(remove(from));
    TBL_TRY(insert_row(to, Check::kNow));
    return true;
  }
  TBL_TRY(txn_.put(codec::record_key(to.physical_id, to.handle),
                   encode_row(*table_, to.row, options_.format, zone())));
  for (const auto& index : table_->indexes) TBL_TRY(update_entry(index, from, to));
  if (txn_.records_rows()) {
    txn_.row_events().add(table_->id, codec::kMutationUpdate,
                          update_event_row(*table_, to.handle, from.row, to.row, zone()));
  }
  return true;
}

Status TableWriter::remove_entry(IndexEntry entry) {
  return entry.distinct ? txn_.remove_unique(std::move(entry.key))
                        : txn_.remove(std::move(entry.key));
}

Status TableWriter::update_entry(const IndexInfo& index, const TableRow& from, const TableRow& to) {
  if (!loses_entries(index)) return ok_status();
  const IndexPlace place{*table_, index, to.physical_id};
  IndexEntry old_entry = index_entry(place, from.row, from.handle, zone());
  IndexEntry new_entry = index_entry(place, to.row, to.handle, zone());
  if (old_entry.key == new_entry.key) return ok_status();
  TBL_TRY(remove_entry(std::move(old_entry)));
  return gets_entries(index) ? put_entry(place, to, Check::kNow) : ok_status();
}

Status TableWriter::remove(const TableRow& row) {
  TBL_TRY(check_table());
  TableRow full = row;
  TBL_ASSIGN(full.row, completed(row.row, &row.row));
  TBL_TRY(txn_.remove(codec::record_key(row.physical_id, row.handle)));
  for (const auto& index : table_->indexes) {
    if (!loses_entries(index)) continue;
    TBL_TRY(
        remove_entry(index_entry({*table_, index, row.physical_id}, full.row, row.handle, zone())));
  }
  if (txn_.records_rows()) {
    txn_.row_events().add(table_->id, codec::kMutationDeleteRow,
                          delete_event_row(*table_, row.handle, full.row, zone()));
  }
  return ok_status();
}

Status TableWriter::add_index_entry(const IndexInfo& index, const TableRow& row) {
  TBL_TRY(check_table());
  // Whoever changes the row meanwhile writes the entry himself: one of the two has to give way.
  TBL_TRY(txn_.lock_keys({codec::record_key(row.physical_id, row.handle)}));
  const IndexPlace place{*table_, index, row.physical_id};
  IndexEntry entry = index_entry(place, row.row, row.handle, zone());
  // An entry that holds the handle can only be this row's own.
  if (!entry.distinct) return txn_.put(std::move(entry.key), std::move(entry.value));
  TBL_ASSIGN(const auto existing, txn_.get(entry.key));
  if (!existing) return txn_.put(std::move(entry.key), std::move(entry.value));
  if (*existing == entry.value) return ok_status();
  return duplicate_of(*table_, entry.key, entry.value, zone());
}

}  // namespace tbl::tidb
