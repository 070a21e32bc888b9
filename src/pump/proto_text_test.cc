#include "pump/proto_text.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/sim_env.h"
#include "proto/binlog.pb.h"
#include "proto/kvrpcpb.pb.h"
#include "pump/registration.h"

namespace tbl::pump {
namespace {

std::string text_of(const char* hex) {
  binlog::Binlog record;
  EXPECT_TRUE(record.ParseFromString(*from_hex(hex)));
  return compact_text(record);
}

/// Bytes and texts recorded from the original.
TEST(ProtoTextTest, RecordedBinlogs) {
  EXPECT_EQ(text_of("08011064186e22016b38004000"),
            "tp:Commit start_ts:100 commit_ts:110 prewrite_key:\"k\" ");
  EXPECT_EQ(text_of("08021078187838004000"), "tp:Rollback start_ts:120 commit_ts:120 ");
  EXPECT_EQ(text_of("08001064180022016b2a0208073800 4000"),
            "start_ts:100 prewrite_key:\"k\" prewrite_value:\"\\010\\007\" ");
}

TEST(ProtoTextTest, EscapesAndNesting) {
  binlog::PrewriteValue value;
  value.set_schema_version(7);
  auto* mutation = value.add_mutations();
  mutation->set_table_id(5);
  mutation->add_inserted_rows("a\"\\\n\xff");
  mutation->add_sequence(binlog::Insert);
  mutation->add_sequence(binlog::DeleteRow);
  EXPECT_EQ(compact_text(value),
            "schema_version:7 mutations:<table_id:5 inserted_rows:\"a\\\"\\\\\\n\\377\" "
            "sequence:Insert sequence:DeleteRow > ");
}

TEST(NodeIdTest, FileThenFlagThenHostName) {
  SimEnv disk;
  ASSERT_TRUE(disk.create_dirs("data").ok());
  EXPECT_EQ(*read_node_id(disk, "data", "given", 8250), "given");
  EXPECT_FALSE(disk.exists("data/.node")) << "a given id is not saved";
  std::string generated = *read_node_id(disk, "data", "", 8250);
  EXPECT_TRUE(generated.ends_with(":8250")) << generated;
  EXPECT_EQ(*disk.read_file("data/.node"), generated);
  EXPECT_EQ(*read_node_id(disk, "data", "given", 1), generated) << "the file wins";
  ASSERT_TRUE(disk.write_file_atomically("data/.node", " old \n").ok());
  EXPECT_EQ(*read_node_id(disk, "data", "", 1), "old");
  disk.fail(SimOp::kRead, 1, 5 /* EIO */);
  EXPECT_FALSE(read_node_id(disk, "data", "", 1).ok()) << "a new id would be a new pump";
}

}  // namespace
}  // namespace tbl::pump
