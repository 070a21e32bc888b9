#include <gtest/gtest.h>

#include "tikv/mvcc/key.h"
#include "tikv/mvcc/lock.h"
#include "tikv/mvcc/write.h"

namespace tbl::tikv {
namespace {

TEST(Key, StoredFormIsPrefixedMemcomparable) {
  EXPECT_EQ(to_hex(Key("abc").data()), "7a6162630000000000fa");
  EXPECT_EQ(to_hex(Key("").data()), "7a0000000000000000f7");
  EXPECT_EQ(to_hex(Key("abc").at(1)), "7a6162630000000000fafffffffffffffffe");
  EXPECT_EQ(to_hex(Key("abc").at(kMaxTs)), "7a6162630000000000fa0000000000000000");
}

TEST(Key, NewerVersionsSortFirstAndStayWithinTheirKey) {
  EXPECT_LT(Key("a").at(20), Key("a").at(10));
  EXPECT_LT(Key("a").at(0), Key(std::string("a\0", 2)).at(kMaxTs));
  EXPECT_LT(Key("12345678").at(0), Key("123456789").at(kMaxTs));
}

TEST(Key, TakesStoredFormsApart) {
  const Key key("some longer key");
  Bytes data;
  uint64_t ts = 0;
  const std::string stored = key.at(77);
  ASSERT_TRUE(split_version(stored, &data, &ts));
  EXPECT_EQ(data, key.data());
  EXPECT_EQ(ts, 77u);
  const auto parsed = parse_data_key(data);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->raw(), key.raw());
  EXPECT_FALSE(split_version("12345678", &data, &ts));
}

TEST(Key, RefusesBrokenStoredForms) {
  const std::string data = Key("abc").data();
  EXPECT_EQ(parse_data_key(data.substr(0, 5)).status().code(), StatusCode::kDataLoss);
  EXPECT_FALSE(parse_data_key(data + "x").ok());
  EXPECT_FALSE(parse_data_key("y" + data.substr(1)).ok());
  EXPECT_FALSE(parse_data_key("").ok());
}

TEST(Key, RangesCoverLocksAndVersions) {
  const DataRange range = data_range("b", "d");
  EXPECT_LE(range.lower, Key("b").data());
  EXPECT_GT(range.lower, Key("a").at(0));
  EXPECT_GT(range.upper, Key("c").at(0));
  EXPECT_LE(range.upper, Key("d").at(kMaxTs));
  const DataRange all = data_range("", "");
  EXPECT_LE(all.lower, Key("").data());
  EXPECT_GT(all.upper, Key("\xff\xff\xff\xff\xff\xff\xff\xff\xff").at(0));
}

TEST(LockRecord, HasTikvsBytes) {
  Lock lock;
  lock.primary = "pk";
  lock.start_ts = 5;
  lock.ttl_ms = 3000;
  lock.short_value = "v";
  EXPECT_EQ(to_hex(encode_lock(lock)), "5004706b05b817760176");
  lock.short_value.reset();
  lock.type = LockType::kPessimistic;
  lock.for_update_ts = 6;
  lock.txn_size = 7;
  lock.min_commit_ts = 8;
  EXPECT_EQ(to_hex(encode_lock(lock)),
            "5304706b05b81766000000000000000674000000000000000763"
            "0000000000000008");
}

TEST(LockRecord, ReadsBackWhatItWrote) {
  Lock lock;
  lock.type = LockType::kDelete;
  lock.primary = std::string("\0\xff", 2);
  lock.start_ts = UINT64_MAX - 1;
  lock.ttl_ms = 1;
  lock.min_commit_ts = UINT64_MAX;
  EXPECT_EQ(*decode_lock(encode_lock(lock)), lock);
  lock.type = LockType::kPut;
  lock.short_value = std::string(kShortValueMaxBytes, 'x');
  EXPECT_EQ(*decode_lock(encode_lock(lock)), lock);
  lock.short_value = "";
  EXPECT_EQ(*decode_lock(encode_lock(lock)), lock);
}

TEST(LockRecord, EveryTruncationIsAnErrorOrAnotherRecord) {
  Lock lock;
  lock.primary = "primary";
  lock.start_ts = 400000000000000000;
  lock.ttl_ms = 3000;
  lock.short_value = "value";
  lock.for_update_ts = 1;
  const std::string record = encode_lock(lock);
  for (size_t size = 0; size < record.size(); ++size) {
    const auto decoded = decode_lock(record.substr(0, size));
    if (decoded.ok()) {
      EXPECT_NE(*decoded, lock) << size;
    }
  }
  EXPECT_FALSE(decode_lock("Q" + record.substr(1)).ok());
  EXPECT_FALSE(decode_lock(record + "z").ok());
}

TEST(LockRecord, ExpiresByPhysicalTime) {
  Lock lock;
  lock.start_ts = uint64_t{1000} << 18 | 5;
  lock.ttl_ms = 100;
  EXPECT_FALSE(lock.expired_at(uint64_t{1100} << 18 | 262143));
  EXPECT_TRUE(lock.expired_at(uint64_t{1101} << 18));
  EXPECT_FALSE(lock.expired_at(0));
}

TEST(WriteRecord, HasTikvsBytes) {
  EXPECT_EQ(to_hex(encode_write({WriteType::kPut, 5, "v", false})), "5005760176");
  EXPECT_EQ(to_hex(encode_write({WriteType::kRollback, 300, {}, false})), "52ac02");
  EXPECT_EQ(to_hex(encode_write({WriteType::kDelete, 1, {}, true})), "440152");
}

TEST(WriteRecord, ReadsBackAndRefusesJunk) {
  const Write write{WriteType::kLock, 42, "", true};
  EXPECT_EQ(*decode_write(encode_write(write)), write);
  EXPECT_FALSE(decode_write("").ok());
  EXPECT_FALSE(decode_write("P").ok());
  EXPECT_FALSE(decode_write(std::string("P\x05v\x09zz", 6)).ok());
  EXPECT_FALSE(decode_write("X\x05").ok());
}

TEST(WriteRecord, PessimisticLocksCommitAsNothing) {
  EXPECT_EQ(committed_type(LockType::kPessimistic), WriteType::kLock);
  EXPECT_EQ(committed_type(LockType::kDelete), WriteType::kDelete);
  EXPECT_TRUE(is_change(WriteType::kPut));
  EXPECT_FALSE(is_change(WriteType::kRollback));
}

}  // namespace
}  // namespace tbl::tikv
