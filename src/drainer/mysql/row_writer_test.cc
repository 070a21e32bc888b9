#include "drainer/mysql/row_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <random>

#include "base/test_seed.h"
#include "codec/decimal.h"
#include "codec/time.h"
#include "drainer/mysql/applier_harness.h"

namespace tbl::mysql {
namespace {

using namespace schema;
using codec::Datum;
using schedule::Values;

/// One column of every type; the key has two columns where `wide` is set.
decode::TablePtr every_type(bool wide) {
  auto column = [](int64_t id, const char* name, uint8_t tp, uint32_t flag = 0, int64_t flen = -1,
                   int32_t decimal = -1) {
    ColumnInfo made = decode::test_column(id, name, tp, flag);
    made.type.flen = flen;
    made.type.decimal = decimal;
    return made;
  };
  std::vector<ColumnInfo> columns = {
      column(1, "id", kTypeLongLong, kFlagPrimaryKey | kFlagNotNull),
      column(2, "k2", kTypeVarchar, wide ? kFlagPrimaryKey | kFlagNotNull : 0U, 20),
      column(3, "u", kTypeLongLong, kFlagUnsigned),
      column(4, "f", kTypeFloat),
      column(5, "d", kTypeDouble),
      column(6, "dec", kTypeNewDecimal, 0, 65, 30),
      column(7, "txt", kTypeBlob),
      column(8, "bin", kTypeVarchar, 0, 100),
      column(9, "dt", kTypeDatetime, 0, -1, 6),
      column(10, "ts", kTypeTimestamp, 0, -1, 0),
      column(11, "tm", kTypeDuration, 0, -1, 3),
      column(12, "da", kTypeDate),
      column(13, "y", kTypeYear),
      column(14, "b", kTypeBit, 0, 64),
      column(15, "e", kTypeEnum),
      column(16, "s", kTypeSet)};
  columns[7].type.charset = "binary";
  columns[14].type.elems = {"x", "y"};
  columns[15].type.elems = {"p", "q"};
  TableInfo info = decode::test_table_info(wide ? "wide" : "narrow", columns);
  info.pk_is_handle = !wide;
  info.is_common_handle = wide;
  if (wide) {
    info.indexes = {decode::test_primary_index(
        {schedule::index_column("id", 0), schedule::index_column("k2", 1)})};
  }
  return decode::test_table(std::move(info));
}

class RandomRows {
 public:
  explicit RandomRows(unsigned seed) : random_(seed) {}

  Values row(int64_t id) {
    Values v = {
        Datum::of_int(id),
        text(id % 2 == 0 ? "k" : "O'Neil\\"),
        Datum::of_uint(random_()),
        Datum::of_float(static_cast<float>(real())),
        Datum::of_float(real() * std::pow(10.0, static_cast<double>(random_() % 200) - 100)),
        decimal(),
        string(false),
        string(true),
        Datum::of_uint(codec::pack_time({1900 + number(200), 1 + number(12), 1 + number(28),
                                         number(24), number(60), number(60), number(1000000)})),
        Datum::of_uint(codec::pack_time({1971 + number(60), 1 + number(12), 1 + number(28),
                                         number(24), number(60), number(60), 0})),
        Datum::of_int((static_cast<int64_t>(random_() % 3020399000) - 1510199000) * 1000000),
        Datum::of_uint(
            codec::pack_time({1 + number(9999), 1 + number(12), 1 + number(28), 0, 0, 0, 0})),
        Datum::of_int(1901 + number(255)),
        Datum::of_uint(random_()),
        Datum::of_uint(1 + number(2)),
        Datum::of_uint(number(4))};
    for (size_t i = 2; i < v.size(); ++i) {
      if (random_() % 10 == 0) v[i] = null();
    }
    return v;
  }

 private:
  uint32_t number(uint32_t below) { return static_cast<uint32_t>(random_() % below); }
  double real() { return (static_cast<double>(random_()) / 1e19 - 0.5) * 1000; }
  Datum decimal() {
    std::string digits = random_() % 2 == 0 ? "-" : "";
    for (uint32_t i = 1 + number(35); i > 0; --i) digits += static_cast<char>('0' + number(10));
    digits += ".";
    for (int i = 0; i < 30; ++i) digits += static_cast<char>('0' + number(10));
    std::string& binary = keep_.emplace_back();
    EXPECT_TRUE(codec::append_decimal_binary(binary, digits, 65, 30).ok());
    return Datum::of_decimal(65, 30, binary);
  }
  Datum string(bool binary) {
    static constexpr std::string_view kPieces[] = {"'",  "\\", "\"", "%", "é",
                                                   "中", "😀",  "\n", ";", "a"};
    std::string& out = keep_.emplace_back();
    for (uint32_t i = number(12); i > 0; --i) {
      if (binary) {
        out += static_cast<char>(number(256));
      } else {
        out += kPieces[number(std::size(kPieces))];
      }
    }
    return text(out);
  }

  std::mt19937_64 random_;
  std::deque<std::string> keep_;
};

class RowWriterTest : public ApplierTest, public testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    ApplierTest::SetUp();
    run(std::string("CREATE TABLE test.") + (GetParam() ? "wide" : "narrow") +
        "(id BIGINT NOT NULL, k2 VARCHAR(20) NOT NULL, u BIGINT UNSIGNED, f FLOAT, d DOUBLE, dec_ "
        "INT, "
        "txt TEXT, bin VARBINARY(100), dt DATETIME(6), ts TIMESTAMP NULL ON UPDATE "
        "CURRENT_TIMESTAMP, "
        "tm TIME(3), da DATE, y YEAR, b BIT(64), e ENUM('x','y'), s SET('p','q'), PRIMARY KEY (id" +
        (GetParam() ? ", k2))" : "))") + " CHARSET utf8mb4");
    table_ = every_type(GetParam());
    run("ALTER TABLE " + table_->quoted_name() + " CHANGE dec_ `dec` DECIMAL(65,30)");
  }
  MySqlTablePtr table(Connection& connection) {
    auto down = read_downstream_table(connection, "test", table_->name());
    EXPECT_TRUE(down.ok());
    return join_tables(table_, *down, connection.server_kind());
  }
  // Counts rows that are found by all their columns, byte for byte: written by one way (bulk,
  // CASE), looked for by another (literals).
  void expect_rows(const std::map<int64_t, Values>& expected) {
    auto joined = table(*sql_);
    auto by_all_columns = std::make_shared<MySqlTable>(*joined);
    by_all_columns->where_keys.clear();
    for (const auto& [id, values] : expected) {
      std::string where;
      ASSERT_TRUE(RowSql(Escapes::kBackslash).append_where(where, *by_all_columns, values).ok());
      ASSERT_EQ(rows("SELECT COUNT(*) FROM " + joined->quoted_name + " WHERE " + where), "1")
          << where << "\n"
          << rows("SELECT * FROM " + joined->quoted_name + " WHERE id = " + std::to_string(id));
    }
    EXPECT_EQ(rows("SELECT COUNT(*) FROM " + joined->quoted_name), std::to_string(expected.size()));
  }
  decode::TablePtr table_;
};

TEST_P(RowWriterTest, EveryTypeArrivesByEveryForm) {
  unsigned seed = test_seed();
  RandomRows random(seed);
  std::map<int64_t, Values> model;
  auto opt = options();
  opt.scheduler.batch_rows = 1000;
  ASSERT_TRUE(start(opt).ok());
  TransactionBuilder inserts(110);  // enough of them for bulk
  for (int64_t id = 0; id < 200; ++id) {
    model[id] = random.row(id);
    inserts.insert(table_, model[id]);
  }
  ASSERT_TRUE(submit(inserts).ok());
  TransactionBuilder few(120);  // by text
  for (int64_t id = 200; id < 210; ++id) {
    model[id] = random.row(id);
    few.insert(table_, model[id]);
  }
  ASSERT_TRUE(submit(few).ok());
  TransactionBuilder updates(130);
  for (int64_t id = 0; id < 150; ++id) {
    Values after = random.row(id);
    if (id % 3 == 0) after[9] = model[id][9];  // left alone by ON UPDATE CURRENT_TIMESTAMP
    updates.update(table_, model[id], after);
    model[id] = after;
  }
  ASSERT_TRUE(submit(updates).ok());
  TransactionBuilder deletes(140);
  for (int64_t id = 140; id < 160; ++id) {
    deletes.remove(table_, model[id]);
    model.erase(id);
  }
  ASSERT_TRUE(submit(deletes).ok());
  Status stopped = applier_->stop();
  ASSERT_TRUE(stopped.ok()) << stopped.to_string();
  EXPECT_EQ(applier_->stats().missed_rows, 0u);
  run("SET SESSION time_zone='+00:00'");
  expect_rows(model);
}

TEST_P(RowWriterTest, SafeModeMayRepeatEverything) {
  RandomRows random(1);
  auto opt = options();
  opt.safe_mode = true;
  ASSERT_TRUE(start(opt).ok());
  Values a = random.row(1), b = random.row(1), c = random.row(2), d = random.row(3);
  for (uint64_t ts : {110, 120}) {
    ASSERT_TRUE(submit(TransactionBuilder(ts)
                           .insert(table_, a)
                           .insert(table_, c)
                           .insert(table_, d)
                           .update(table_, a, b)
                           .remove(table_, c))
                    .ok());
  }
  ASSERT_TRUE(submit(TransactionBuilder(130).update(table_, d, d).remove(table_, c)).ok());
  ASSERT_TRUE(applier_->stop().ok());
  run("SET SESSION time_zone='+00:00'");
  expect_rows({{1, b}, {3, d}});
}

INSTANTIATE_TEST_SUITE_P(Keys, RowWriterTest, testing::Bool());

}  // namespace
}  // namespace tbl::mysql
