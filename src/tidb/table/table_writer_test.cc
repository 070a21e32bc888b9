#include "tidb/table/table_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/keys.h"
#include "tidb/kv/kv_error.h"
#include "tidb/kv/list_binlog.h"
#include "tidb/kv/mem_storage.h"
#include "tidb/kv/statement.h"
#include "tidb/table/admin_check.h"
#include "tidb/table/test_tables.h"

namespace tbl::tidb {
namespace {

using schema::kFlagNotNull;
using schema::kFlagPrimaryKey;
using schema::kTypeLong;
using schema::kTypeVarchar;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Row row_of(int64_t id, int64_t a, const std::string& s) {
  return {Value::of_int(id), Value::of_int(a), Value::of_string(s)};
}

class TableWriterTest : public ::testing::Test {
 protected:
  std::unique_ptr<Transaction> begin(bool pessimistic = false) {
    TxnOptions options;
    options.pessimistic = pessimistic;
    return store_.begin(options).value();
  }
  WriterOptions options() {
    WriterOptions options;
    options.row_ids = &ids_;
    return options;
  }
  std::vector<Row> rows(int64_t physical_id = 45) {
    auto txn = begin();
    TableReader reader(table_, *txn, zone_, physical_id);
    auto cursor = reader.scan().value();
    std::vector<Row> all;
    TableRow row;
    while (cursor->next(&row).value()) all.push_back(row.row);
    return all;
  }
  void check(const std::vector<int64_t>& physical_ids = {45}) {
    auto txn = begin();
    const Status status = check_table(table_, *txn, physical_ids);
    EXPECT_TRUE(status.ok()) << status.message();
  }
  void insert_all(const std::vector<Row>& rows) {
    auto txn = begin();
    TableWriter writer(table_, *txn, options());
    for (const auto& row : rows) ASSERT_TRUE(writer.insert(row).ok());
    ASSERT_TRUE(txn->commit().ok());
    store_.drain();
  }
  TableRow read(Transaction& txn, int64_t handle) {
    return TableReader(table_, txn, zone_).get(handle).value().value();
  }

  const codec::TimeZone zone_;
  MemStorage storage_;
  ListBinlog binlog_;
  KvStore store_{storage_, &binlog_};
  AutoIdAllocator ids_{store_, 1, 45, false};
  TableInfoPtr table_ =
      made(test_table(45,
                      {test_column("id", kTypeLong, kFlagPrimaryKey | kFlagNotNull),
                       test_column("a", kTypeLong), test_column("s", kTypeVarchar)},
                      {test_index("ua", true, {1}), test_index("s", false, {2, 1})}));
};

TEST_F(TableWriterTest, InsertedRowsAreReadBackInEveryWay) {
  insert_all({row_of(3, 30, "c"), row_of(1, 10, "a"), row_of(2, 20, "b")});
  check();
  EXPECT_THAT(rows(), ElementsAre(row_of(1, 10, "a"), row_of(2, 20, "b"), row_of(3, 30, "c")));
  auto txn = begin();
  TableReader reader(table_, *txn, zone_);
  EXPECT_EQ(reader.get(2).value()->row, row_of(2, 20, "b"));
  EXPECT_FALSE(reader.get(9).value());
  const auto some = reader.get_many({3, 9, 1}).value();
  EXPECT_EQ(some[0]->handle, 3);
  EXPECT_FALSE(some[1]);
  EXPECT_EQ(some[2]->row, row_of(1, 10, "a"));
  EXPECT_EQ(reader.find_unique(table_->indexes[0], {Value::of_int(20)}).value(), 2);
  EXPECT_EQ(reader.find_unique(table_->indexes[0], {Value::of_int(21)}).value(), std::nullopt);
  IndexRange range;
  range.low = {Value::of_string("b")};
  auto entries = reader.scan_index(table_->indexes[1], {range}, true).value();
  std::vector<int64_t> handles;
  IndexRow entry;
  while (entries->next(&entry).value()) handles.push_back(entry.handle);
  EXPECT_THAT(handles, ElementsAre(3, 2));
  auto part = reader.scan({{1, 1}, {3, 9}}).value();
  TableRow row;
  handles.clear();
  while (part->next(&row).value()) handles.push_back(row.handle);
  EXPECT_THAT(handles, ElementsAre(1, 3));
}

TEST_F(TableWriterTest, DuplicatesAreNamed) {
  insert_all({row_of(1, 10, "a")});
  for (const bool in_place : {false, true}) {
    auto by_key = begin();
    auto opts = options();
    opts.check_in_place = in_place;
    const auto first = TableWriter(table_, *by_key, opts).insert(row_of(1, 11, "x"));
    const Status key_error = first.ok() ? by_key->commit().status() : first.status();
    EXPECT_EQ(first.ok(), !in_place);
    EXPECT_EQ(key_error.message(), "Duplicate entry '1' for key 'PRIMARY'");
    auto by_index = begin();
    const auto second = TableWriter(table_, *by_index, opts).insert(row_of(2, 10, "x"));
    const Status index_error = second.ok() ? by_index->commit().status() : second.status();
    EXPECT_EQ(index_error.detail(), kErrDupEntry);
    EXPECT_EQ(index_error.message(), "Duplicate entry '10' for key 'ua'");
  }
  auto own = begin();
  TableWriter writer(table_, *own, options());
  ASSERT_TRUE(writer.insert(row_of(5, 50, "x")).ok());
  EXPECT_EQ(writer.insert(row_of(6, 50, "x")).status().message(),
            "Duplicate entry '50' for key 'ua'");
  auto pessimistic = begin(true);
  const Status status = run_statement(*pessimistic, [&] {
    return TableWriter(table_, *pessimistic, options()).insert(row_of(2, 10, "x")).status();
  });
  EXPECT_EQ(status.message(), "Duplicate entry '10' for key 'ua'");
  check();
}

TEST_F(TableWriterTest, NullsAreNoDuplicates) {
  Row one = row_of(1, 0, "a"), two = row_of(2, 0, "a");
  one[1] = two[1] = Value();
  insert_all({one, two});
  EXPECT_EQ(rows().size(), 2U);
  check();
}

TEST_F(TableWriterTest, FindDuplicatesNamesEachRowOnce) {
  insert_all({row_of(1, 10, "a"), row_of(2, 20, "b")});
  auto txn = begin();
  TableWriter writer(table_, *txn, options());
  EXPECT_TRUE(writer.find_duplicates(row_of(3, 30, "a")).value().empty());
  const auto both = writer.find_duplicates(row_of(1, 20, "x")).value();
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].existing.row, row_of(1, 10, "a"));
  EXPECT_EQ(both[0].error.message(), "Duplicate entry '1' for key 'PRIMARY'");
  EXPECT_EQ(both[1].existing.handle, 2);
  EXPECT_EQ(both[1].error.message(), "Duplicate entry '20' for key 'ua'");
  EXPECT_EQ(writer.find_duplicates(row_of(1, 10, "x")).value().size(), 1U);
  // REPLACE: all of them go.
  for (const auto& duplicate : both) ASSERT_TRUE(writer.remove(duplicate.existing).ok());
  ASSERT_TRUE(writer.insert_checked(row_of(1, 20, "x")).ok());
  ASSERT_TRUE(txn->commit().ok());
  store_.drain();
  EXPECT_THAT(rows(), ElementsAre(row_of(1, 20, "x")));
  check();
}

TEST_F(TableWriterTest, UpdateChangesEntriesAndTellsTheBinlog) {
  insert_all({row_of(1, 10, "a"), row_of(2, 20, "b")});
  auto txn = begin();
  TableWriter writer(table_, *txn, options());
  EXPECT_FALSE(writer.update(read(*txn, 1), row_of(1, 10, "a")).value()) << "nothing changes";
  EXPECT_TRUE(writer.update(read(*txn, 1), row_of(1, 11, "a")).value());
  EXPECT_EQ(writer.update(read(*txn, 1), row_of(1, 20, "a")).status().message(),
            "Duplicate entry '20' for key 'ua'");
  txn->rollback();
  txn = begin();
  TableWriter again(table_, *txn, options());
  EXPECT_TRUE(again.update(read(*txn, 1), row_of(1, 12, "z")).value());
  EXPECT_TRUE(again.update(read(*txn, 2), row_of(7, 20, "b")).value()) << "the handle changes";
  ASSERT_TRUE(txn->commit().ok());
  store_.drain();
  EXPECT_THAT(rows(), ElementsAre(row_of(1, 12, "z"), row_of(7, 20, "b")));
  check();
  auto value = binlog_.prewrites().back().prewrite_value;
  auto parsed = codec::PrewriteValue::parse(value).value();
  Bytes message;
  ASSERT_TRUE(parsed.next(&message));
  auto mutation = codec::TableMutation::parse(message).value();
  EXPECT_EQ(mutation.table_id(), 45);
  std::vector<int> types;
  auto walk = mutation.rows();
  codec::MutationType type;
  Bytes row;
  while (walk.next(&type, &row)) types.push_back(type);
  EXPECT_THAT(types, ElementsAre(codec::kMutationUpdate, codec::kMutationDeleteRow,
                                 codec::kMutationInsert));
}

TEST_F(TableWriterTest, HiddenRowIdsComeFromTheAllocator) {
  table_ = made(test_table(45, {test_column("a", kTypeLong), test_column("b", kTypeLong)},
                           {test_index("PRIMARY", true, {0})}));
  insert_all({{Value::of_int(7), Value()}, {Value::of_int(8), Value()}});
  auto txn = begin();
  EXPECT_EQ(read(*txn, 1).row[0], Value::of_int(7));
  EXPECT_EQ(read(*txn, 2).row[0], Value::of_int(8));
  EXPECT_EQ(TableWriter(table_, *txn, options()).insert({Value::of_int(8), Value()}).value(), 3);
  EXPECT_EQ(txn->commit().status().message(), "Duplicate entry '8' for key 'PRIMARY'");
  check();
}

TEST_F(TableWriterTest, ShardBitsLeadTheRowId) {
  auto info = test_table(45, {test_column("a", kTypeLong)});
  info.shard_row_id_bits = 4;
  table_ = made(std::move(info));
  auto txn = begin();
  const int64_t handle = TableWriter(table_, *txn, options()).insert({Value::of_int(1)}).value();
  EXPECT_GT(handle, 0);
  EXPECT_EQ(handle & ((1LL << 59) - 1), 1);
}

TEST_F(TableWriterTest, IndexesFollowTheirState) {
  auto with_state = [&](schema::SchemaState state) {
    auto info = *table_;
    info.indexes[0].state = state;
    return made(std::move(info));
  };
  auto entries = [&](int64_t index) {
    auto txn = begin();
    const std::string prefix = codec::index_prefix(45, index);
    auto cursor = txn->scan({prefix, codec::prefix_next(prefix)}).value();
    int count = 0;
    while (cursor->next().value()) ++count;
    return count;
  };
  const auto all = table_;
  insert_all({row_of(1, 10, "a"), row_of(2, 20, "b")});
  table_ = with_state(schema::SchemaState::kDeleteOnly);
  insert_all({row_of(3, 30, "c")});
  EXPECT_EQ(entries(1), 2) << "delete-only ones get no entries";
  auto txn = begin();
  ASSERT_TRUE(TableWriter(table_, *txn, options()).remove(read(*txn, 1)).ok());
  ASSERT_TRUE(txn->commit().ok());
  EXPECT_EQ(entries(1), 1) << "but lose them";
  table_ = with_state(schema::SchemaState::kWriteOnly);
  insert_all({row_of(4, 40, "d")});
  EXPECT_EQ(entries(1), 2);
  // Row 3 lacks its entry: backfill brings it.
  table_ = all;
  txn = begin();
  const Status broken = check_table(table_, *txn, {45});
  EXPECT_EQ(broken.detail(), kErrAdminCheckTable);
  EXPECT_THAT(broken.message(), HasSubstr("table: t, index: ua, handle: 3"));
  txn = begin();
  TableWriter writer(table_, *txn, options());
  for (const int64_t handle : {2, 3, 4}) {
    ASSERT_TRUE(writer.add_index_entry(table_->indexes[0], read(*txn, handle)).ok());
  }
  ASSERT_TRUE(txn->commit().ok());
  store_.drain();
  check();
}

TEST_F(TableWriterTest, BackfillGivesWayToAConcurrentUpdate) {
  insert_all({row_of(1, 10, "a")});
  auto backfill = begin();
  ASSERT_TRUE(TableWriter(table_, *backfill, options())
                  .add_index_entry(table_->indexes[1], read(*backfill, 1))
                  .ok());
  auto update = begin();
  ASSERT_TRUE(
      TableWriter(table_, *update, options()).update(read(*update, 1), row_of(1, 10, "b")).ok());
  ASSERT_TRUE(update->commit().ok());
  EXPECT_TRUE(is_write_conflict(backfill->commit().status()));
  check();
}

TEST_F(TableWriterTest, ADanglingEntryIsFound) {
  insert_all({row_of(1, 10, "a"), row_of(2, 20, "b")});
  auto txn = begin();
  ASSERT_TRUE(txn->remove(codec::record_key(45, 2)).ok());
  const Status status = check_table(table_, *txn, {45});
  EXPECT_EQ(status.message(),
            "data inconsistency in table: t, index: ua, handle: 2, index-values:\"20\" != "
            "record-values:\"\"");
}

TEST_F(TableWriterTest, RowsGoToTheirPartition) {
  auto info = *table_;
  info.partition.emplace();
  info.partition->enable = true;
  info.partition->definitions.resize(2);
  info.partition->definitions[0].id = 46;
  info.partition->definitions[1].id = 47;
  table_ = made(std::move(info));
  auto opts = options();
  opts.route = [](const Row& row) -> Result<int64_t> { return 46 + row[0].as_int() % 2; };
  auto txn = begin();
  TableWriter writer(table_, *txn, opts);
  for (int64_t id : {1, 2, 3}) ASSERT_TRUE(writer.insert(row_of(id, id * 10, "p")).ok());
  EXPECT_EQ(txn->tables(), (std::vector<int64_t>{46, 47}));
  ASSERT_TRUE(txn->commit().ok());
  store_.drain();
  EXPECT_EQ(rows(46).size(), 1U);
  EXPECT_EQ(rows(47).size(), 2U);
  txn = begin();
  TableWriter mover(table_, *txn, opts);
  const auto row = TableReader(table_, *txn, zone_, 47).get(3).value().value();
  ASSERT_TRUE(mover.update(row, row_of(4, 30, "moved")).value());
  ASSERT_TRUE(txn->commit().ok());
  store_.drain();
  EXPECT_THAT(rows(46), ElementsAre(row_of(2, 20, "p"), row_of(4, 30, "moved")));
  check({46, 47});
  const std::string value = binlog_.prewrites().back().prewrite_value;
  auto parsed = codec::PrewriteValue::parse(value);
  Bytes message;
  ASSERT_TRUE(parsed->next(&message));
  EXPECT_EQ(codec::TableMutation::parse(message)->table_id(), 45) << "the logical table";
}

TEST_F(TableWriterTest, ChecksumChangesWithTheData) {
  auto txn = begin();
  EXPECT_EQ(checksum_table(*table_, *txn, {45})->pairs, 0U);
  insert_all({row_of(1, 10, "a")});
  txn = begin();
  const auto one = checksum_table(*table_, *txn, {45}).value();
  EXPECT_EQ(one.pairs, 3U);
  insert_all({row_of(2, 20, "b")});
  txn = begin();
  const auto two = checksum_table(*table_, *txn, {45}).value();
  EXPECT_EQ(two.pairs, 6U);
  EXPECT_NE(two.checksum, one.checksum);
}

}  // namespace
}  // namespace tbl::tidb
