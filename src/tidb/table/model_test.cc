// Random statements and rollbacks on a table beside a map: the same rows, sound indexes, and row
// events that lead from one state to the next.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "base/test_seed.h"
#include "codec/datum_codec.h"
#include "tidb/kv/list_binlog.h"
#include "tidb/kv/mem_storage.h"
#include "tidb/kv/statement.h"
#include "tidb/table/admin_check.h"
#include "tidb/table/table_writer.h"
#include "tidb/table/test_tables.h"

namespace tbl::tidb {
namespace {

using schema::kFlagNotNull;
using schema::kFlagPrimaryKey;
using schema::kTypeLong;
using schema::kTypeVarchar;

/// Handle -> row. Unique keys: the handle, column 1, and columns 2 and 3 together.
using Model = std::map<int64_t, Row>;

bool same_key(const Row& a, const Row& b, std::initializer_list<size_t> columns) {
  for (const size_t c : columns) {
    if (a[c].is_null() || !(a[c] == b[c])) return false;
  }
  return true;
}

bool collides(const Model& model, int64_t handle, const Row& row) {
  for (const auto& [other, existing] : model) {
    if (other == handle) continue;
    if (same_key(row, existing, {1}) || same_key(row, existing, {2, 3})) return true;
  }
  return false;
}

class ModelTest : public ::testing::TestWithParam<std::tuple<bool, RowFormat>> {
 protected:
  void SetUp() override {
    seed_ = test_seed();
    random_.seed(seed_);
    options_.format = std::get<1>(GetParam());
  }

  Row random_row() {
    Row row = {Value::of_int(static_cast<int64_t>(random_() % 12)),
               Value::of_int(static_cast<int64_t>(random_() % 20)),
               Value::of_string(std::string(random_() % 3, 'x')),
               Value::of_int(static_cast<int64_t>(random_() % 4))};
    for (size_t i = 1; i < row.size(); ++i) {
      if (random_() % 4 == 0) row[i] = Value();
    }
    return row;
  }

  /// One statement; changes `model` when it succeeds. Optimistic inserts of duplicates are looked
  /// for before, as INSERT IGNORE does, so that the commit cannot fail.
  void statement(Transaction& txn, Model* model) {
    Model next = *model;
    bool expect_ok = true;
    const auto kind = random_() % 4;
    const Row row = random_row();
    const int64_t handle = row[0].as_int();
    const Status status = run_statement(txn, [&]() -> Status {
      next = *model;
      TableWriter writer(table_, txn, options_);
      if (kind == 0 || model->empty()) {
        expect_ok = !next.contains(handle) && !collides(next, handle, row);
        TBL_ASSIGN(const auto duplicates, writer.find_duplicates(row));
        EXPECT_EQ(duplicates.empty(), expect_ok);
        if (!duplicates.empty()) return duplicates.front().error;
        next[handle] = row;
        return writer.insert_checked(row).status();
      }
      const auto victim = std::next(next.begin(), static_cast<long>(random_() % next.size()));
      TBL_ASSIGN(const auto before, TableReader(table_, txn, zone_).get(victim->first));
      EXPECT_TRUE(before.has_value());
      EXPECT_EQ(before->row, victim->second);
      if (kind == 1) {
        next.erase(victim);
        return writer.remove(*before);
      }
      next.erase(victim);
      expect_ok = !next.contains(handle) && !collides(next, handle, row);
      next[handle] = row;
      return writer.update(*before, row).status();
    });
    EXPECT_EQ(status.ok(), expect_ok) << status.message();
    if (status.ok()) *model = next;
  }

  Model stored() {
    auto txn = store_.begin().value();
    auto cursor = TableReader(table_, *txn, zone_).scan().value();
    Model rows;
    TableRow row;
    while (cursor->next(&row).value()) rows[row.handle] = row.row;
    return rows;
  }

  /// What a reader of the binlog makes of the rows.
  void apply_events(const std::string& value, Model* rows) {
    auto parsed = codec::PrewriteValue::parse(value).value();
    Bytes message;
    while (parsed.next(&message)) {
      auto mutation = codec::TableMutation::parse(message).value();
      auto walk = mutation.rows();
      codec::MutationType type;
      Bytes row;
      while (walk.next(&type, &row)) apply_event(type, row, rows);
    }
  }

  void apply_event(codec::MutationType type, Bytes row, Model* rows) {
    codec::Arena scratch;
    ByteReader in(row);
    codec::Datum handle, value;
    ASSERT_TRUE(codec::read_datum(in, scratch, &handle));
    if (type == codec::kMutationInsert) {
      EXPECT_TRUE(rows->emplace(handle.as_int(),
                                decode_row(*table_, handle.as_int(), in.rest(), zone_).value())
                      .second);
      return;
    }
    // Column 1 is the handle: its value follows its id.
    ASSERT_TRUE(codec::read_datum(in, scratch, &value));
    const int64_t id = value.as_int();
    ASSERT_TRUE(rows->contains(id));
    if (type == codec::kMutationDeleteRow) {
      EXPECT_EQ(decode_row(*table_, id, row, zone_).value(), (*rows)[id]);
      rows->erase(id);
      return;
    }
    // Later pairs of an id win: the new values.
    (*rows)[id] = decode_row(*table_, id, row, zone_).value();
  }

  unsigned seed_ = 0;
  std::mt19937 random_;
  const codec::TimeZone zone_;
  WriterOptions options_;
  MemStorage storage_;
  ListBinlog binlog_;
  KvStore store_{storage_, &binlog_};
  TableInfoPtr table_ = made(test_table(
      45,
      {test_column("id", kTypeLong, kFlagPrimaryKey | kFlagNotNull), test_column("a", kTypeLong),
       test_column("s", kTypeVarchar), test_column("b", kTypeLong)},
      {test_index("ua", true, {1}), test_index("usb", true, {2, 3}),
       test_index("sp", false, {2}, {1}), test_index("ba", false, {3, 1})}));
};

TEST_P(ModelTest, TableAndBinlogFollowTheModel) {
  Model committed, replayed;
  size_t replayed_to = 0;
  for (int round = 0; round < 60 && !HasFailure(); ++round) {
    TxnOptions options;
    options.pessimistic = std::get<0>(GetParam());
    auto txn = store_.begin(options).value();
    Model model = committed;
    Model at_savepoint = model;
    TxnMark savepoint = txn->mark();
    for (size_t i = 0; i < 1 + random_() % 12; ++i) {
      if (random_() % 6 == 0) {
        savepoint = txn->mark();
        at_savepoint = model;
      } else if (random_() % 8 == 0) {
        txn->rollback_to(savepoint);
        model = at_savepoint;
      } else {
        statement(*txn, &model);
      }
    }
    if (random_() % 5 == 0) {
      txn->rollback();
    } else {
      const auto commit_ts = txn->commit();
      ASSERT_TRUE(commit_ts.ok()) << commit_ts.status().message();
      committed = model;
    }
    store_.drain();
    ASSERT_EQ(stored(), committed);
    ASSERT_EQ(storage_.locks(), 0U);
    auto check = store_.begin().value();
    const Status sound = check_table(table_, *check, {45});
    ASSERT_TRUE(sound.ok()) << sound.message();
    const auto prewrites = binlog_.prewrites();
    for (; replayed_to < prewrites.size(); ++replayed_to) {
      apply_events(prewrites[replayed_to].prewrite_value, &replayed);
    }
    ASSERT_EQ(replayed, committed);
  }
}

INSTANTIATE_TEST_SUITE_P(All, ModelTest,
                         ::testing::Combine(::testing::Bool(),
                                            ::testing::Values(RowFormat::kV1, RowFormat::kV2)),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param) ? "Pessimistic"
                                                                      : "Optimistic") +
                                  (std::get<1>(info.param) == RowFormat::kV1 ? "V1" : "V2");
                         });

}  // namespace
}  // namespace tbl::tidb
