#include "drainer/relay/record.h"

#include "drainer/schedule/test_transactions.h"
#include "proto/slave_binlog.pb.h"
#include "schema/json_writer.h"

namespace tbl::relay {
namespace {

using codec::Datum;
using schedule::TransactionBuilder;
using schedule::Values;

Values sample() {
  Values row(13);
  row[0] = Datum::of_int(-7);
  row[1] = Datum::of_bytes("name \xff");
  row[2] = Datum::null();
  row[3] = Datum::of_uint(1850000000000000000);
  row[4] = Datum::of_uint(UINT64_MAX);
  row[5] = Datum();  // not in the row
  row[6] = Datum::of_uint(257);
  row[7] = Datum::of_uint(2);
  row[8] = Datum::of_float(0.1);
  row[9] = Datum::of_int(-3'600'000'000'000);
  row[10] = Datum::of_bytes(Bytes("\0\x01", 2));
  row[11] = Datum::of_int(1999);
  row[12] = Datum::of_float(1.5);
  return row;
}

void expect_equal(const decode::Transaction& a, const decode::Transaction& b) {
  EXPECT_EQ(a.start_ts, b.start_ts);
  EXPECT_EQ(a.commit_ts, b.commit_ts);
  EXPECT_EQ(a.schema_version, b.schema_version);
  EXPECT_EQ(a.first_row, b.first_row);
  EXPECT_EQ(a.end_row, b.end_row);
  EXPECT_EQ(a.is_last_part, b.is_last_part);
  ASSERT_EQ(a.rows.size(), b.rows.size());
  for (size_t i = 0; i < a.rows.size(); ++i) {
    EXPECT_EQ(a.rows[i].kind, b.rows[i].kind);
    EXPECT_EQ(a.rows[i].number, b.rows[i].number);
    EXPECT_EQ(a.rows[i].table->quoted_name(), b.rows[i].table->quoted_name());
    EXPECT_EQ(schema::write_table_info(a.rows[i].table->info()),
              schema::write_table_info(b.rows[i].table->info()));
    EXPECT_TRUE(std::ranges::equal(a.rows[i].old_values, b.rows[i].old_values));
    EXPECT_TRUE(std::ranges::equal(a.rows[i].new_values, b.rows[i].new_values));
  }
}

class Record : public ::testing::Test {
 protected:
  decode::TablePtr table = decode::test_table(decode::vector_table());
  RecordEncoder encoder{77, {}};
  RecordDecoder decoder;
};

TEST_F(Record, ATransactionComesBackAsItWas) {
  Values changed = sample();
  changed[1] = Datum::of_bytes("other");
  const auto transaction = TransactionBuilder(100)
                               .part(5, false)
                               .end(20)
                               .insert(table, sample())
                               .update(table, sample(), changed)
                               .remove(table, changed)
                               .build();
  const auto item = decoder.decode(*encoder.encode(*transaction, 5));
  ASSERT_TRUE(item.ok()) << item.status().to_string();
  EXPECT_EQ(item->cluster_id, 77u);
  EXPECT_EQ(item->commit_ts, 100u);
  expect_equal(*transaction, *item->transaction);
}

TEST_F(Record, ATableIsDescribedOnceInAFile) {
  const auto transaction = TransactionBuilder(1).insert(table, sample()).build();
  const std::string first = *encoder.encode(*transaction, 5);
  const std::string second = *encoder.encode(*transaction, 5);
  EXPECT_LT(second.size() + 500, first.size());
  EXPECT_TRUE(decoder.decode(first).ok());
  EXPECT_TRUE(decoder.decode(second).ok());
  decoder.begin_file();
  EXPECT_NE(decoder.decode(second).status().message().find("not described before"),
            std::string::npos);
  encoder.begin_file();
  EXPECT_TRUE(decoder.decode(*encoder.encode(*transaction, 5)).ok());
}

TEST_F(Record, ADdlComesBackAsItWas) {
  schedule::DdlTask ddl;
  ddl.commit_ts = 9;
  ddl.schema_version = 4;
  ddl.job_id = 55;
  ddl.type = schema::ActionType::kAddColumn;
  ddl.query = "alter table t add c int";
  ddl.schema = "test";
  ddl.touched = {{"test", "old"}, {"test", "t"}};
  ddl.table_after = table->info_ptr();
  ddl.skip = true;
  const std::string record = encoder.encode(ddl, 5);
  const auto item = decoder.decode(record);
  ASSERT_TRUE(item.ok()) << item.status().to_string();
  EXPECT_EQ(item->transaction, nullptr);
  const schedule::DdlTask& again = item->ddl;
  EXPECT_EQ(again.commit_ts, 9u);
  EXPECT_EQ(again.schema_version, 4);
  EXPECT_EQ(again.job_id, 55);
  EXPECT_EQ(again.type, ddl.type);
  EXPECT_EQ(again.query, ddl.query);
  EXPECT_EQ(again.schema, "test");
  EXPECT_EQ(again.touched, ddl.touched);
  EXPECT_EQ(schema::write_table_info(*again.table_after), schema::write_table_info(table->info()));
  EXPECT_TRUE(again.skip);
  slave::binlog::Binlog seen;
  ASSERT_TRUE(seen.ParseFromString(record));
  EXPECT_EQ(seen.ddl_data().table_name(), "t");
  EXPECT_EQ(seen.ddl_data().ddl_query(), ddl.query);
}

TEST_F(Record, WhatCannotBeAppliedExactlyIsRefused) {
  slave::binlog::Binlog of_the_original;
  of_the_original.set_type(slave::binlog::DML);
  of_the_original.set_commit_ts(5);
  EXPECT_NE(decoder.decode(of_the_original.SerializeAsString())
                .status()
                .message()
                .find("written by another program"),
            std::string::npos);
  EXPECT_EQ(decoder.decode("\xff").status().code(), StatusCode::kDataLoss);
}

TEST_F(Record, DamagedRowsAreErrors) {
  slave::binlog::Binlog binlog;
  ASSERT_TRUE(binlog.ParseFromString(
      *encoder.encode(*TransactionBuilder(1).insert(table, sample()).build(), 0)));
  const auto refused = [&](auto change) {
    auto damaged = binlog;
    change(damaged.mutable_replay()->mutable_rows(0));
    const auto item = decoder.decode(damaged.SerializeAsString());
    return item.status().code() == StatusCode::kDataLoss;
  };
  EXPECT_FALSE(refused([](auto*) {}));
  EXPECT_TRUE(refused([](auto* row) { row->set_table(9); }));
  EXPECT_TRUE(refused([](auto* row) { row->set_kind(3); }));
  EXPECT_TRUE(refused([](auto* row) { row->clear_new_values(); }));
  EXPECT_TRUE(refused([](auto* row) { row->mutable_new_values()->pop_back(); }));
  EXPECT_TRUE(refused([](auto* row) { row->mutable_new_values()->append(1, '\x00'); }));
  EXPECT_TRUE(refused([](auto* row) { row->set_old_values("\x7f"); }));
}

}  // namespace
}  // namespace tbl::relay
