// Rows that a real TiDB left in its binlogs, decoded and made again: the bytes must be the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "codec/binlog_view.h"
#include "codec/datum_codec.h"
#include "codec/prewrite_value.h"
#include "codec/row_v1.h"
#include "schema/tracker.h"
#include "tidb/binlog/row_events.h"
#include "tidb/table/row_codec.h"

namespace tbl::tidb {
namespace {

std::string decompressed(const std::string& path) {
  const std::string command = "zstd -dcq '" + path + "'";
  std::string content;
  FILE* pipe = popen(command.c_str(), "r");
  char buffer[1 << 16];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) content.append(buffer, n);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return content;
}

/// The forms of all tables by the schema version they came with.
class Forms {
 public:
  explicit Forms(const std::string& path) {
    for (const auto& element : nlohmann::json::parse(decompressed(path))) {
      const auto job = schema::parse_job(element.dump());
      EXPECT_TRUE(job.ok()) << job.status().message();
      if (job.ok() && job->table) forms_[job->table->id][job->schema_version] = job->table;
    }
  }
  TableInfoPtr at(int64_t table_id, int64_t version) const {
    const auto table = forms_.find(table_id);
    if (table == forms_.end()) return nullptr;
    const auto after = table->second.upper_bound(version);
    return after == table->second.begin() ? nullptr : std::prev(after)->second;
  }

 private:
  std::map<int64_t, std::map<int64_t, TableInfoPtr>> forms_;
};

const codec::TimeZone& utc() {
  static const codec::TimeZone zone;
  return zone;
}

/// Where the second of two rows begins: there the first column id comes again.
size_t second_row(Bytes both) {
  ByteReader in(both);
  codec::Arena scratch;
  int64_t first = 0;
  for (bool begin = true;; begin = false) {
    const size_t at = both.size() - in.remaining();
    codec::Datum id, value;
    if (!codec::read_datum(in, scratch, &id) || !codec::read_datum(in, scratch, &value)) return 0;
    if (begin) first = id.as_int();
    if (!begin && id.as_int() == first) return at;
  }
}

/// The handle of an update's or delete's row: row id, or the integer primary key's value.
int64_t handle_in(const TableInfo& table, Bytes row) {
  codec::Arena scratch;
  codec::RowV1Reader reader(row, scratch);
  const int at = handle_position(table);
  const int64_t wanted = at < 0 ? codec::kRowIdColumn : table.columns[static_cast<size_t>(at)].id;
  int64_t id = 0;
  codec::Datum value;
  while (reader.next(&id, &value)) {
    if (id == wanted) return value.as_int();
  }
  ADD_FAILURE() << "no handle in " << to_hex(row);
  return 0;
}

/// Whether the row was written under this form of the table: while a DDL was under way a server may
/// have known a column that the history's forms have not, or not yet.
bool has_form(const TableInfo& table, codec::MutationType type, Bytes row) {
  ByteReader in(row);
  codec::Arena scratch;
  codec::Datum handle;
  if (type == codec::kMutationInsert && !codec::read_datum(in, scratch, &handle)) return false;
  codec::RowV1Reader reader(in.rest(), scratch);
  std::set<int64_t> ids;
  int64_t id = 0;
  codec::Datum value;
  int last = -1;
  while (reader.next(&id, &value)) {
    if (id == codec::kRowIdColumn) continue;
    const int position = table.position_of(id);
    // A column being added stands at the end until it is public. An update's second half begins
    // with a column that was there before.
    if (position == TableInfo::kNoColumn) return false;
    if (position < last && !ids.contains(id)) return false;
    last = position;
    ids.insert(id);
  }
  if (type == codec::kMutationInsert) {
    // Only NULLs without a default are left out.
    return std::all_of(table.columns.begin(), table.columns.end(),
                       [&](const auto& c) { return !c.origin_default || ids.contains(c.id); });
  }
  const auto written = [&](const schema::ColumnInfo& c) {
    return type == codec::kMutationDeleteRow || !c.is_generated() || c.generated_stored;
  };
  return ids.size() ==
         static_cast<size_t>(std::count_if(table.columns.begin(), table.columns.end(), written));
}

std::string made_again(const TableInfo& table, codec::MutationType type, Bytes row) {
  auto decoded = [&](int64_t handle, Bytes bytes) {
    auto result = decode_row(table, handle, bytes, utc());
    EXPECT_TRUE(result.ok()) << result.status().message();
    return result.ok() ? *result : Row();
  };
  if (type == codec::kMutationInsert) {
    ByteReader in(row);
    codec::Arena scratch;
    codec::Datum handle;
    EXPECT_TRUE(codec::read_datum(in, scratch, &handle));
    return insert_event_row(table, handle.as_int(), decoded(handle.as_int(), in.rest()), utc());
  }
  const int64_t handle = handle_in(table, row);
  if (type == codec::kMutationDeleteRow) {
    return delete_event_row(table, handle, decoded(handle, row), utc());
  }
  const size_t second = second_row(row);
  return update_event_row(table, handle, decoded(handle, row.substr(0, second)),
                          decoded(handle, row.substr(second)), utc());
}

class RecordedTest : public ::testing::TestWithParam<const char*> {};

TEST_P(RecordedTest, EveryRowIsMadeAgainByteByByte) {
  const std::string folder = std::string(TBL_CAPTURES) + "/" + GetParam();
  const Forms forms(folder + "/ddl_history.json.zst");
  const std::string stream = decompressed(folder + "/write.bin.zst");
  size_t rows = 0, values = 0, other_forms = 0;
  ByteReader in(stream);
  uint32_t size = 0;
  Bytes payload;
  while (in.read_le32(&size) && in.read_bytes(size, &payload)) {
    const auto binlog = codec::BinlogView::parse(payload);
    ASSERT_TRUE(binlog.ok());
    if (!binlog->has_prewrite_value) continue;
    auto value = codec::PrewriteValue::parse(binlog->prewrite_value);
    ASSERT_TRUE(value.ok());
    RowEvents events;
    bool complete = true;
    Bytes message;
    while (value->next(&message)) {
      const auto mutation = codec::TableMutation::parse(message);
      ASSERT_TRUE(mutation.ok());
      const auto table = forms.at(mutation->table_id(), value->schema_version());
      // Tables from before the recording, and clustered ones, which are not made here.
      complete = complete && table != nullptr && !table->is_common_handle;
      if (table == nullptr || table->is_common_handle) break;
      auto walk = mutation->rows();
      codec::MutationType type;
      Bytes row;
      while (walk.next(&type, &row)) {
        if (!has_form(*table, type, row)) {
          ++other_forms;
          complete = false;
          continue;
        }
        const std::string again = made_again(*table, type, row);
        ASSERT_EQ(to_hex(again), to_hex(row)) << table->name.o << " kind " << type;
        events.add(mutation->table_id(), type, again);
        ++rows;
      }
    }
    if (!complete) continue;
    ASSERT_EQ(events.encode(value->schema_version()), binlog->prewrite_value);
    ++values;
  }
  EXPECT_TRUE(in.empty());
  EXPECT_GT(rows, 1000U);
  EXPECT_LT(other_forms, rows / 20);
  EXPECT_GT(values, 50U);
}

INSTANTIATE_TEST_SUITE_P(All, RecordedTest, ::testing::Values("types", "stress"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace tbl::tidb
