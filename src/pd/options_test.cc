#include "pd/options.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace tbl::pd {
namespace {

Options parse(const std::vector<std::string>& args) {
  auto parsed = parse_options(args);
  EXPECT_TRUE(parsed.ok()) << parsed.status().to_string();
  return parsed.ok() ? parsed->options : Options();
}

class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("pd-options-" + std::to_string(::getpid()) + ".toml")) {
    std::ofstream(path_) << text;
  }
  ~ConfigFile() { std::filesystem::remove(path_); }
  std::string path() const { return path_; }

 private:
  std::filesystem::path path_;
};

TEST(PdOptions, Defaults) {
  const Options o = parse({});
  EXPECT_EQ(o.name, "pd");
  EXPECT_EQ(o.data_dir, "default.pd");
  EXPECT_EQ(o.client_urls, std::vector<std::string>{"http://127.0.0.1:2379"});
  EXPECT_EQ(o.advertise_client_urls, o.client_urls);
  EXPECT_EQ(o.advertise_peer_urls, std::vector<std::string>{"http://127.0.0.1:2380"});
  EXPECT_EQ(o.tso_save_interval, std::chrono::milliseconds(3000));
}

TEST(PdOptions, FlagsOfTheTutorials) {
  const Options o =
      parse({"--name=pd1", "--data-dir=/d", "--client-urls=http://0.0.0.0:2379",
             "--advertise-client-urls=http://10.0.0.1:2379", "--peer-urls=http://0.0.0.0:2380",
             "--advertise-peer-urls=http://10.0.0.1:2380",
             "--initial-cluster=pd1=http://10.0.0.1:2380", "-L", "warn", "--log-file=/l"});
  EXPECT_EQ(o.name, "pd1");
  EXPECT_EQ(o.data_dir, "/d");
  EXPECT_EQ(o.advertise_client_urls[0], "http://10.0.0.1:2379");
  EXPECT_EQ(o.log.level, "warn");
  EXPECT_EQ(o.log.file, "/l");
}

TEST(PdOptions, FileKeysOldAndNewAndUnknown) {
  const ConfigFile file(
      "name = \"x\"\nlog-file = \"/old\"\nlease = 3\ntso-save-interval = \"1s\"\n"
      "[schedule]\nleader-schedule-limit = 4\n[nobody-knows]\nthis = true\n");
  Options o = parse({"-config", file.path()});
  EXPECT_EQ(o.data_dir, "default.x");
  EXPECT_EQ(o.log.file, "/old");
  EXPECT_EQ(o.tso_save_interval, std::chrono::milliseconds(1000));
  const ConfigFile newer("[log]\nlevel = \"debug\"\n[log.file]\nfilename = \"/new\"\n");
  o = parse({"-config", newer.path(), "-name", "y"});
  EXPECT_EQ(o.log.file, "/new");
  EXPECT_EQ(o.log.level, "debug");
  EXPECT_EQ(o.name, "y");
}

TEST(PdOptions, AMemberBeginsAClusterOrJoinsOne) {
  const std::string cluster = "a=http://a:1,b=http://b:1";
  EXPECT_EQ(parse({"-name", "b", "-peer-urls", "http://b:1", "-initial-cluster", cluster})
                .initial_cluster,
            cluster);
  EXPECT_EQ(parse({"-join", "http://a:2379,http://b:2379"}).join.size(), 2u);
  const auto missing = parse_options({"-name", "c", "-initial-cluster", cluster});
  EXPECT_NE(missing.status().message().find("lacks this member, c="), std::string::npos);
  EXPECT_FALSE(parse_options({"-join", "http://a:1", "-initial-cluster", cluster}).ok());
  EXPECT_FALSE(parse_options({"-join", "a:1"}).ok());
}

TEST(PdOptions, RefusesBadUrls) {
  EXPECT_FALSE(parse_options({"-client-urls", "127.0.0.1:2379"}).ok());
  EXPECT_FALSE(parse_options({"-client-urls", "unix://a:1"}).ok());
  EXPECT_FALSE(parse_options({"-advertise-client-urls", "http://nohost"}).ok());
}

TEST(PdOptions, VersionEndsWithCodeZero) {
  const auto parsed = parse_options({"-V"});
  ASSERT_TRUE(parsed.ok());
  ASSERT_TRUE(parsed->end);
  EXPECT_EQ(parsed->end->exit_code, 0);
  EXPECT_NE(parsed->end->text.find("Release Version:"), std::string::npos);
}

}  // namespace
}  // namespace tbl::pd
