#include "pd/meta_store.h"

#include <sys/stat.h>

#include "pd/etcd_fixture.h"
#include "pd/id_allocator.h"
#include "pd/tso_storage.h"

namespace tbl::pd {
namespace {

using MetaStoreTest = EtcdFixture;

TEST_F(MetaStoreTest, PutsGetsListsAndRemoves) {
  EXPECT_FALSE(meta.get("a")->has_value());
  ASSERT_TRUE(meta.put("d/2", "two").ok());
  ASSERT_TRUE(meta.put("d/1", "one").ok());
  ASSERT_TRUE(meta.put("e", "other").ok());
  EXPECT_EQ(**meta.get("d/1"), "one");
  EXPECT_EQ(*meta.list("d/"), (KeyValues{{"d/1", "one"}, {"d/2", "two"}}));
  ASSERT_TRUE(meta.remove("d/1").ok());
  EXPECT_EQ(meta.list("d/")->size(), 1u);
  const auto stored = etcd_->get("/pd/" + std::to_string(cluster_id()) + "/e");
  EXPECT_EQ(stored->value, "other");
}

TEST_F(MetaStoreTest, CreatesAllOrNothing) {
  ASSERT_TRUE(meta.create({{"first", "1"}, {"second", "2"}}).ok());
  EXPECT_EQ(meta.create({{"first", "x"}, {"third", "3"}}).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(**meta.get("first"), "1");
  EXPECT_FALSE(meta.get("third")->has_value());
}

TEST_F(MetaStoreTest, NothingIsWrittenBehindTheFence) {
  ASSERT_TRUE(meta.put("leader", "me").ok());
  const auto leader = etcd_->get(meta.absolute("leader"));
  meta.set_fence({"leader", leader->create_revision});
  EXPECT_TRUE(meta.put("a", "1").ok());
  EXPECT_TRUE(meta.create({{"b", "1"}}).ok());
  EXPECT_EQ(meta.create({{"b", "2"}}).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(meta.put_after("a", "2", 1).status().code(), StatusCode::kAborted);
  ASSERT_TRUE(meta.remove("leader").ok());
  for (const Status& status : {meta.put("a", "3"), meta.create({{"c", "1"}}), meta.remove("a"),
                               meta.put_after("d", "1", 0).status()}) {
    EXPECT_EQ(status.code(), StatusCode::kAborted);
    EXPECT_EQ(status.message(), "this PD does not lead any more");
  }
  EXPECT_EQ(**meta.get("a"), "1");
  EXPECT_FALSE(meta.get("c")->has_value());
}

TEST_F(MetaStoreTest, TheClusterIdIsMadeOnce) {
  const auto id = load_or_create_cluster_id(*etcd_, 1'795'402'086);
  ASSERT_TRUE(id.ok()) << id.status().to_string();
  EXPECT_EQ(*id >> 32, 1'795'402'086u);
  EXPECT_EQ(*load_or_create_cluster_id(*etcd_, 5), *id);
  EXPECT_EQ(etcd_->get("/pd/cluster_id")->value, encode_number(*id));
}

TEST_F(MetaStoreTest, TheTimestampBoundIsBigEndianNanoseconds) {
  EtcdTsoStorage storage(meta);
  EXPECT_EQ(*storage.load(), 0);
  ASSERT_TRUE(storage.save(0x18ea8cb02c4622f0).ok());
  EXPECT_EQ(*storage.load(), 0x18ea8cb02c4622f0);
  EXPECT_EQ(to_hex(**meta.get("timestamp")), "18ea8cb02c4622f0");
}

TEST_F(MetaStoreTest, NumbersOfAnotherLengthAreAnError) {
  ASSERT_TRUE(meta.put("timestamp", "short").ok());
  EXPECT_EQ(EtcdTsoStorage(meta).load().status().code(), StatusCode::kDataLoss);
  ASSERT_TRUE(meta.put("alloc_id", "").ok());
  EXPECT_EQ(IdAllocator(meta).load().code(), StatusCode::kDataLoss);
}

TEST_F(MetaStoreTest, IdsRiseAndJumpAfterARestart) {
  IdAllocator first(meta);
  ASSERT_TRUE(first.load().ok());
  for (uint64_t id = 1; id <= 1001; ++id) ASSERT_EQ(*first.next(), id);
  EXPECT_EQ(to_hex(**meta.get("alloc_id")), "00000000000007d0");
  IdAllocator second(meta);
  ASSERT_TRUE(second.load().ok());
  EXPECT_EQ(*second.next(), 2001u);
}

TEST_F(MetaStoreTest, ALateWriteCannotUndoANewerOne) {
  FencedKey key(meta, "fenced");
  EXPECT_FALSE(key.load()->has_value());
  ASSERT_TRUE(key.store("1").ok());
  const int64_t first = meta.get_versioned("fenced")->revision;
  ASSERT_TRUE(key.store("2").ok());
  // What etcd would be asked by a write that was sent before the second one and comes after it.
  EXPECT_EQ(meta.put_after("fenced", "late", first).status().code(), StatusCode::kAborted);
  EXPECT_EQ(meta.put_after("fenced", "late", 0).status().code(), StatusCode::kAborted);
  EXPECT_EQ(**meta.get("fenced"), "2");
}

TEST_F(MetaStoreTest, AnotherWriterIsNoticedOnce) {
  FencedKey mine(meta, "fenced");
  FencedKey other(meta, "fenced");
  ASSERT_TRUE(mine.store("mine").ok());
  ASSERT_TRUE(other.store("other").ok());
  EXPECT_EQ(mine.store("again").code(), StatusCode::kAborted);
  EXPECT_EQ(**meta.get("fenced"), "other");
  ASSERT_TRUE(mine.store("after").ok()) << "what is there now is known again";
  EXPECT_EQ(**mine.load(), "after");
}

TEST_F(MetaStoreTest, TheSocketsAreForNobodyElse) {
  struct stat info {};
  ASSERT_EQ(::stat((dir_ + "/run").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  ASSERT_EQ(::stat((dir_ + "/run/client:1").c_str(), &info), 0);
  EXPECT_TRUE(S_ISSOCK(info.st_mode));
}

TEST(FindInPath, NamesThePath) {
  EXPECT_TRUE(find_in_path("sh").ok());
  const auto missing = find_in_path("no-such-program");
  EXPECT_EQ(missing.status().code(), StatusCode::kNotFound);
  EXPECT_NE(missing.status().message().find("/bin"), std::string::npos);
}

}  // namespace
}  // namespace tbl::pd
