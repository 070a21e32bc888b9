#include "tikv/options.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace tbl::tikv {
namespace {

Options parse(const std::vector<std::string>& args) {
  auto parsed = parse_options(args);
  EXPECT_TRUE(parsed.ok()) << parsed.status().to_string();
  return parsed.ok() ? parsed->options : Options();
}

TEST(TikvOptions, Defaults) {
  const Options o = parse({});
  EXPECT_EQ(o.addr, "127.0.0.1:20160");
  EXPECT_EQ(o.advertise_addr, o.addr);
  EXPECT_EQ(o.advertise_status_addr, "127.0.0.1:20180");
  EXPECT_EQ(o.data_dir, "/tmp/tikv/store");
  EXPECT_EQ(o.pd_endpoints, std::vector<std::string>{"127.0.0.1:2379"});
}

TEST(TikvOptions, FlagsLongAndShort) {
  const Options o =
      parse({"-A", "0.0.0.0:1", "--advertise-addr=10.0.0.1:1", "--pd=a:1,b:2", "-s", "/d", "-L",
             "warn", "-f", "/l", "--capacity", "10GB", "--labels", "zone=z,host=h"});
  EXPECT_EQ(o.addr, "0.0.0.0:1");
  EXPECT_EQ(o.advertise_addr, "10.0.0.1:1");
  EXPECT_EQ(o.pd_endpoints, (std::vector<std::string>{"a:1", "b:2"}));
  EXPECT_EQ(o.data_dir, "/d");
  EXPECT_EQ(o.log.level, "warn");
  EXPECT_EQ(o.log.file, "/l");
  EXPECT_EQ(o.capacity_bytes, 10'000'000'000u);
  EXPECT_EQ(o.labels.at(1), (std::pair<std::string, std::string>("host", "h")));
}

TEST(TikvOptions, FileOfTheTutorial) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("tikv-options-" + std::to_string(::getpid()) + ".toml");
  std::ofstream(path)
      << "log-level = \"error\"\nlog-file = \"tikv.log\"\n"
         "[server]\naddr = \"127.0.0.1:7\"\ngrpc-concurrency = 4\n"
         "[server.labels]\nzone = \"z\"\n"
         "[storage]\ndata-dir = \"/data\"\n[storage.block-cache]\ncapacity = \"1GiB\"\n"
         "[pd]\nendpoints = [\"x:1\", \"y:2\"]\n"
         "[raftstore]\nraftdb-path = \"\"\nsync-log = true\n"
         "[rocksdb]\nmax-open-files = 77\n[raftdb]\nmax-open-files = 1\n";
  const Options o = parse({"-C", path.string(), "--addr", "127.0.0.1:8"});
  std::filesystem::remove(path);
  EXPECT_EQ(o.addr, "127.0.0.1:8") << "flags stand above the file";
  EXPECT_EQ(o.data_dir, "/data");
  EXPECT_EQ(o.block_cache_bytes, 1ULL << 30);
  EXPECT_EQ(o.pd_endpoints.at(1), "y:2");
  EXPECT_EQ(o.max_open_files, 77);
  EXPECT_EQ(o.labels.at(0).first, "zone");
}

TEST(TikvOptions, FileOfTheTutorialHasNoUnknownKeys) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("tikv-tutorial-" + std::to_string(::getpid()) + ".toml");
  const std::string text =
      "log-file=\"tikv.log\"\n[storage]\ndata-dir=\"tikv.data\"\n[pd]\n"
      "endpoints=[\"127.0.0.1:2379\"]\n[rocksdb]\nmax-open-files=1024\n"
      "[raftdb]\nmax-open-files=1024\n";
  const auto warned = [&](const std::string& more) {
    std::ofstream(path) << text << more;
    testing::internal::CaptureStdout();
    parse({"--config=" + path.string()});
    return testing::internal::GetCapturedStdout();
  };
  EXPECT_EQ(warned(""), "");
  EXPECT_NE(warned("other=1\n").find("unknown configuration options: raftdb.other"),
            std::string::npos);
  std::filesystem::remove(path);
}

TEST(TikvOptions, MistakesNameTheOption) {
  EXPECT_NE(parse_options({"--labels", "x"}).status().message().find("labels"), std::string::npos);
  EXPECT_NE(parse_options({"--addr", "nohost"}).status().message().find("addr"), std::string::npos);
  EXPECT_NE(parse_options({"--capacity", "much"}).status().message().find("capacity"),
            std::string::npos);
  EXPECT_FALSE(parse_options({"-C", "/no/such/file"}).ok());
}

TEST(TikvOptions, UnrestIsForTests) {
  const UnrestOptions none = parse({}).unrest;
  EXPECT_TRUE(none.store_addrs.empty());
  EXPECT_EQ(none.split_every.count() + none.move_leader_every.count() + none.busy_percent, 0);
  const UnrestOptions some = parse({"--test-store-addrs", "127.0.0.1:2,127.0.0.1:3",
                                    "--test-split-every=200ms", "--test-move-leader-every=1s"})
                                 .unrest;
  EXPECT_EQ(some.store_addrs.at(1), "127.0.0.1:3");
  EXPECT_EQ(some.split_every, std::chrono::milliseconds(200));
  EXPECT_EQ(some.move_leader_every, std::chrono::seconds(1));
  for (const char* bad : {"--test-split-every=often", "--test-split-every=-1s"}) {
    EXPECT_NE(parse_options({bad}).status().message().find("test.split-every"), std::string::npos);
  }
  EXPECT_NE(parse_options({"--test-store-addrs=x"}).status().message().find("test.store-addrs"),
            std::string::npos);
}

TEST(TikvOptions, SampleConfigIsAccepted) {
  const auto parsed = parse_options({"--print-sample-config"});
  ASSERT_TRUE(parsed.ok() && parsed->end);
  std::string sample = parsed->end->text;
  for (size_t at; (at = sample.find("\n# ")) != std::string::npos;) sample.erase(at + 1, 2);
  const auto path = std::filesystem::temp_directory_path() /
                    ("tikv-sample-" + std::to_string(::getpid()) + ".toml");
  std::ofstream(path) << sample;
  EXPECT_TRUE(parse_options({"-C", path.string()}).ok());
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace tbl::tikv
