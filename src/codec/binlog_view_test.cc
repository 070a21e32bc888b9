#include "codec/binlog_view.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/test_util.h"

namespace tbl::codec {
namespace {

std::string encode(const BinlogView& binlog) {
  std::string out;
  write_binlog(out, binlog);
  EXPECT_EQ(out.size(), binlog_size(binlog));
  return out;
}

BinlogView parse(Bytes payload) {
  auto binlog = BinlogView::parse(payload);
  EXPECT_TRUE(binlog.ok()) << binlog.status().to_string();
  return binlog.ok() ? *binlog : BinlogView();
}

TEST(BinlogView, EncodesAsTheOriginal) {
  BinlogView prewrite;
  prewrite.start_ts = 100;
  prewrite.prewrite_key = "k";
  prewrite.has_prewrite_key = true;
  prewrite.prewrite_value = "v";
  prewrite.has_prewrite_value = true;
  EXPECT_EQ(to_hex(encode(prewrite)), "08001064180022016b2a017638004000");

  BinlogView commit;
  commit.type = kBinlogCommit;
  commit.start_ts = 100;
  commit.commit_ts = 110;
  commit.prewrite_key = "k";
  commit.has_prewrite_key = true;
  EXPECT_EQ(to_hex(encode(commit)), "08011064186e22016b38004000");

  BinlogView fake;
  fake.type = kBinlogRollback;
  fake.start_ts = fake.commit_ts = 120;
  EXPECT_EQ(to_hex(encode(fake)), "08021078187838004000");
  EXPECT_TRUE(fake.is_fake());
}

TEST(BinlogView, RecordedPrewriteOfV3HasNoSchemaState) {
  std::string payload =
      hex("0800 108080d0dff88986c406 1800 2213 74800000000000002b5f728000000000000002"
          "2a0d 08161209082b1203080400 3800 3800");
  BinlogView binlog = parse(payload);
  EXPECT_EQ(binlog.type, kBinlogPrewrite);
  EXPECT_EQ(to_hex(binlog.prewrite_value), "08161209082b12030804003800");
  EXPECT_TRUE(binlog.has_ddl_job_id);
  EXPECT_FALSE(binlog.has_ddl_schema_state);
  EXPECT_FALSE(binlog.has_ddl_query);
  EXPECT_EQ(binlog.prewrite_key.data(), payload.data() + 16);
  EXPECT_EQ(encode(binlog), payload + hex("4000"));
}

TEST(BinlogView, RecordedDdl) {
  std::string payload =
      hex("0801108980808cda9f86c406188a80808cda9f86c406 22046d5f6b34"
          "3215637265617465207461626c652078286120696e7429 384d 4005");
  BinlogView binlog = parse(payload);
  EXPECT_TRUE(binlog.is_ddl());
  EXPECT_EQ(binlog.ddl_job_id, 77);
  EXPECT_EQ(binlog.ddl_schema_state, 5);
  EXPECT_EQ(binlog.ddl_query, "create table x(a int)");
  EXPECT_EQ(encode(binlog), payload);
}

TEST(BinlogView, UnknownFieldsAndTypesAreKept) {
  std::string fake = hex("08021078187838004000 a20603616263");
  BinlogView binlog = parse(fake);
  EXPECT_EQ(to_hex(binlog.unknown_fields), "a20603616263");
  EXPECT_EQ(encode(binlog), fake);
  std::string odd = hex("0809 1064 186e 3800 4000");
  EXPECT_EQ(parse(odd).type, 9);
  EXPECT_EQ(encode(parse(odd)), odd);
  EXPECT_EQ(parse(hex("08ffffffffffffffffff01")).type, -1);
}

TEST(BinlogView, SmallPayloads) {
  EXPECT_EQ(parse(hex("0809")).type, 9);
  EXPECT_EQ(parse(hex("1001")).start_ts, 1);
  BinlogView empty = parse("");
  EXPECT_FALSE(empty.has_type);
  EXPECT_TRUE(empty.is_fake());
}

TEST(BinlogView, ErrorTexts) {
  auto error = [](Bytes payload) { return BinlogView::parse(payload).status().message(); };
  EXPECT_EQ(error(hex("ffff")), "unexpected EOF");
  EXPECT_EQ(error(hex("08")), "unexpected EOF");
  EXPECT_EQ(error("hello"), "proto: Binlog: wiretype end group for non-group");
  EXPECT_EQ(error(hex("0a00")), "proto: wrong wireType = 2 for field Tp");
  EXPECT_EQ(error(hex("2001")), "proto: wrong wireType = 0 for field PrewriteKey");
  EXPECT_EQ(error(hex("4400000000")), "proto: Binlog: wiretype end group for non-group");
}

TEST(BinlogView, LaterDuplicatesWin) {
  EXPECT_EQ(parse(hex("10011002")).start_ts, 2);
  EXPECT_EQ(parse(hex("22016122 0162")).prewrite_key, "b");
}

RC_GTEST_PROP(BinlogView, ComesBack,
              (int64_t start, int64_t commit, int64_t job, int32_t state, int32_t type)) {
  auto key = *rc::gen::arbitrary<std::string>();
  auto value = *rc::gen::arbitrary<std::string>();
  BinlogView binlog;
  binlog.type = type;
  binlog.start_ts = start;
  binlog.commit_ts = commit;
  binlog.ddl_job_id = job;
  binlog.ddl_schema_state = state;
  binlog.prewrite_key = key;
  binlog.has_prewrite_key = *rc::gen::arbitrary<bool>();
  binlog.prewrite_value = value;
  binlog.has_prewrite_value = *rc::gen::arbitrary<bool>();
  binlog.ddl_query = key;
  binlog.has_ddl_query = *rc::gen::arbitrary<bool>();
  std::string bytes = encode(binlog);
  BinlogView read = parse(bytes);
  RC_ASSERT(read.type == type && read.start_ts == start && read.commit_ts == commit);
  RC_ASSERT(read.ddl_job_id == job && read.ddl_schema_state == state);
  RC_ASSERT(read.has_prewrite_key == binlog.has_prewrite_key);
  RC_ASSERT(!read.has_prewrite_value || read.prewrite_value == value);
  RC_ASSERT(encode(read) == bytes);
}

}  // namespace
}  // namespace tbl::codec
