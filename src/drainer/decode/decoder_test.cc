#include "drainer/decode/decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/row_v1.h"
#include "drainer/decode/test_tables.h"

namespace tbl::decode {
namespace {

using codec::Datum;

TablePtr numbered_table(std::string_view name) {
  static std::map<std::string, TablePtr, std::less<>> tables;
  auto& table = tables[std::string(name)];
  if (table == nullptr)
    table = test_table(test_table_info(name, {test_column(1, "a", schema::kTypeLong)}));
  return table;
}

std::string insert_row(int64_t value) {
  std::string row;
  codec::write_value(row, Datum::of_int(1));
  codec::write_row_v1_pair(row, 1, Datum::of_int(value));
  return row;
}

/// Mutations of `counts[i]` inserts each; rows hold their number. `skipped` ones have no table.
EncodedTransaction transaction_of(const std::vector<int>& counts, const std::set<size_t>& skipped) {
  codec::PrewriteValueWriter writer;
  int64_t number = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    for (int n = 0; n < counts[i]; ++n) {
      writer.add_row(static_cast<int64_t>(i), codec::kMutationInsert, insert_row(number++));
    }
  }
  EncodedTransaction encoded;
  encoded.start_ts = 100;
  encoded.commit_ts = 110;
  encoded.schema_version = 7;
  encoded.payload = SharedBytes::of(writer.finish(7));
  auto value = codec::PrewriteValue::parse(*encoded.payload);
  Bytes message;
  while (value->next(&message)) {
    auto mutation = *codec::TableMutation::parse(message);
    auto id = static_cast<size_t>(mutation.table_id());
    encoded.mutations.push_back(
        {mutation, skipped.contains(id) ? nullptr : numbered_table(std::to_string(id)), false});
  }
  return encoded;
}

TEST(Decoder, WholeTransaction) {
  auto transaction = decode_transaction(transaction_of({2, 3, 1}, {1}));
  ASSERT_TRUE(transaction.ok()) << transaction.status().to_string();
  const Transaction& t = **transaction;
  EXPECT_EQ(t.start_ts, 100u);
  EXPECT_EQ(t.commit_ts, 110u);
  EXPECT_EQ(t.schema_version, 7);
  EXPECT_EQ(t.first_row, 0u);
  EXPECT_EQ(t.end_row, 6u);
  EXPECT_TRUE(t.is_last_part);
  ASSERT_EQ(t.rows.size(), 3u);
  EXPECT_EQ(t.tables, (std::pmr::vector<TablePtr>{numbered_table("0"), numbered_table("2")}));
  EXPECT_EQ(t.rows[2].number, 5u);
  EXPECT_EQ(t.rows[2].table->quoted_name(), "`test`.`2`");
  EXPECT_EQ(t.rows[2].new_values[0], Datum::of_int(5));
  EXPECT_TRUE(t.rows[2].old_values.empty());
  EXPECT_GT(t.memory_bytes(), t.payload->size());
}

TEST(Decoder, TransactionsOfABlockLiveAsLongAsOneIsHeld) {
  auto block = std::make_shared<TransactionBlock>(2);
  auto first = decode_transaction(transaction_of({2, 3, 1}, {1}), block);
  auto second = decode_transaction(transaction_of({1}, {}), block);
  ASSERT_TRUE(first.ok() && second.ok());
  block.reset();
  EXPECT_EQ((*first)->rows.size(), 3u);
  EXPECT_EQ((*first)->rows[2].new_values[0], Datum::of_int(5));
  EXPECT_EQ((*first)->tables.size(), 2u);
  EXPECT_GT((*first)->memory_bytes(), (*second)->memory_bytes());
  first->reset();
  ASSERT_EQ((*second)->rows.size(), 1u);
  EXPECT_EQ((*second)->rows[0].new_values[0], Datum::of_int(0));
  EXPECT_EQ((*second)->tables[0]->quoted_name(), "`test`.`0`");
}

TEST(Decoder, NothingForUs) {
  auto transaction = decode_transaction(transaction_of({2, 3}, {0, 1}));
  ASSERT_TRUE(transaction.ok());
  EXPECT_TRUE((*transaction)->rows.empty());
  EXPECT_EQ((*transaction)->end_row, 5u);
  EXPECT_TRUE((*transaction)->is_last_part);
}

TEST(Decoder, KindsOfRows) {
  codec::PrewriteValueWriter writer;
  std::string row;
  codec::write_row_v1_pair(row, 1, Datum::of_int(1));
  writer.add_row(1, codec::kMutationDeleteRow, row);
  writer.add_row(1, codec::kMutationUpdate, row + row);
  writer.add_row(1, codec::kMutationInsert, insert_row(3));
  EncodedTransaction encoded;
  encoded.payload = SharedBytes::of(writer.finish(1));
  auto value = codec::PrewriteValue::parse(*encoded.payload);
  Bytes message;
  ASSERT_TRUE(value->next(&message));
  encoded.mutations.push_back({*codec::TableMutation::parse(message), numbered_table("0"), false});
  auto transaction = decode_transaction(std::move(encoded));
  ASSERT_TRUE(transaction.ok());
  const auto& rows = (*transaction)->rows;
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].kind, RowKind::kDelete);
  EXPECT_EQ(rows[0].old_values.size(), 1u);
  EXPECT_TRUE(rows[0].new_values.empty());
  EXPECT_EQ(rows[1].kind, RowKind::kUpdate);
  EXPECT_EQ(rows[1].new_values.size(), 1u);
  EXPECT_EQ(rows[2].kind, RowKind::kInsert);
}

TEST(Decoder, ErrorsNameTableAndCommitTs) {
  EncodedTransaction encoded;
  encoded.commit_ts = 110;
  auto broken = from_hex("082d 1203 020461 3800");
  encoded.payload = SharedBytes::of(*broken);
  encoded.mutations.push_back(
      {*codec::TableMutation::parse(*encoded.payload), numbered_table("0"), false});
  auto transaction = decode_transaction(encoded);
  EXPECT_EQ(transaction.status().message(),
            "decode transaction 110: table `test`.`0`: row data is corrupted in the handle");

  auto obsolete = from_hex("082d 3802");
  encoded.payload = SharedBytes::of(*obsolete);
  encoded.mutations = {
      {*codec::TableMutation::parse(*encoded.payload), numbered_table("0"), false}};
  EXPECT_EQ(decode_transaction(encoded).status().message(),
            "decode transaction 110: table `test`.`0`: unknown mutation type: DeleteID");
}

RC_GTEST_PROP(Decoder, PartsAreTheWhole, ()) {
  auto counts = *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 9));
  std::set<size_t> skipped = *rc::gen::container<std::set<size_t>>(rc::gen::inRange<size_t>(0, 6));
  PartLimit limit{.rows = *rc::gen::inRange<uint64_t>(1, 12),
                  .bytes = *rc::gen::inRange<size_t>(1, 60)};
  auto whole = *decode_transaction(transaction_of(counts, skipped));
  TransactionDecoder decoder(transaction_of(counts, skipped));
  std::vector<std::pair<uint64_t, int64_t>> rows;
  uint64_t end = 0;
  for (bool last = false; !last;) {
    auto part = *decoder.next(limit);
    RC_ASSERT(part->first_row == end);
    RC_ASSERT(part->rows.size() <= limit.rows);
    RC_ASSERT(part->is_last_part || !part->rows.empty());
    end = part->end_row;
    for (const RowChange& row : part->rows) {
      RC_ASSERT(row.number >= part->first_row && row.number < part->end_row);
      RC_ASSERT(std::find(part->tables.begin(), part->tables.end(),
                          numbered_table(row.table->name())) != part->tables.end());
      rows.emplace_back(row.number, row.new_values[0].as_int());
    }
    last = part->is_last_part;
  }
  RC_ASSERT(end == whole->end_row);
  RC_ASSERT(rows.size() == whole->rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    RC_ASSERT(rows[i].first == whole->rows[i].number);
    RC_ASSERT(rows[i].second == static_cast<int64_t>(rows[i].first));
  }
}

}  // namespace
}  // namespace tbl::decode
