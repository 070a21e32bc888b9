#include "pump/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace tbl::pump {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class PumpConfigTest : public testing::Test {
 protected:
  ~PumpConfigTest() override { unlink(path_.c_str()); }

  /// Writes a file and returns the flag that names it.
  std::string file(const std::string& toml) {
    std::ofstream(path_) << toml;
    return "-config=" + path_;
  }
  static PumpConfig parsed(const std::vector<std::string>& args) {
    auto command = parse_pump_command(args);
    EXPECT_TRUE(command.ok()) << command.status().message();
    return command.ok() ? command->config : PumpConfig();
  }
  static std::string error(const std::vector<std::string>& args) {
    auto command = parse_pump_command(args);
    return command.ok() ? "" : command.status().message();
  }

  const std::string path_ =
      testing::TempDir() + "pump_config_test_" + std::to_string(getpid()) + ".toml";
};

TEST_F(PumpConfigTest, Defaults) {
  PumpConfig c = parsed({});
  EXPECT_THAT(c.addr, EndsWith(":8250"));
  EXPECT_EQ(c.advertise_addr, c.addr);
  EXPECT_THAT(c.pd_urls, ElementsAre("http://127.0.0.1:2379"));
  EXPECT_EQ(c.data_dir, "data.pump");
  EXPECT_EQ(c.heartbeat_interval_s, 2);
  EXPECT_EQ(c.gc, std::chrono::hours(7 * 24));
  EXPECT_EQ(c.fake_interval_s, 3);
  EXPECT_EQ(c.max_message_bytes, 9223372036850581503);
  EXPECT_TRUE(c.sync_log);
  EXPECT_EQ(c.stop_write_at.bytes, 10ULL << 30);
  EXPECT_FALSE(c.tls.enabled());
}

TEST_F(PumpConfigTest, SampleFileOfTheOriginal) {
  PumpConfig c = parsed({file(R"(
addr = "127.0.0.1:8250"
advertise-addr = "http://pump.example:8251"
gc = 7
data-dir = "data.pump"
heartbeat-interval = 0
pd-urls = "http://b:2379,http://a:2379"
gen-binlog-interval = 5
socket = "unix://127.0.0.1:8252/pump.sock"
[security]
ssl-ca = "/ca.pem"
cert-allowed-cn = ["tidb"]
[storage]
sync-log = false
kv_chan_cap = 1000
slow_write_threshold = 2
stop-write-at-available-space = "1 GiB"
[storage.kv]
block-cache-capacity = 8388608
compaction-total-size-multiplier = 8.0
write-L0-pause-trigger = 24
)")});
  EXPECT_EQ(c.addr, "127.0.0.1:8250");
  EXPECT_EQ(c.advertise_addr, "pump.example:8251");
  EXPECT_EQ(c.heartbeat_interval_s, 2);
  EXPECT_EQ(c.fake_interval_s, 5);
  EXPECT_THAT(c.pd_urls, ElementsAre("http://a:2379", "http://b:2379"));
  EXPECT_EQ(c.socket, "127.0.0.1:8252");
  EXPECT_EQ(c.tls.ca_path, "/ca.pem");
  EXPECT_THAT(c.tls.allowed_cn, ElementsAre("tidb"));
  EXPECT_FALSE(c.sync_log);
  EXPECT_EQ(c.slow_write_threshold_s, 2.0);
  EXPECT_EQ(c.stop_write_at.bytes, 1ULL << 30);
}

TEST_F(PumpConfigTest, EnvironmentOverridesFileAndYieldsToFlag) {
  setenv("PUMP_DATA_DIR", "env", 1);
  setenv("PUMP_GC", "8h", 1);
  PumpConfig c = parsed({file("data-dir = \"file\"\ngc = 3"), "-data-dir", "flag"});
  unsetenv("PUMP_DATA_DIR");
  unsetenv("PUMP_GC");
  EXPECT_EQ(c.data_dir, "flag");
  EXPECT_EQ(c.gc, std::chrono::hours(8));
}

TEST_F(PumpConfigTest, TextsOfTheOriginal) {
  EXPECT_EQ(error({"-gc", "0"}), "GC is 0, must bigger than 0");
  EXPECT_THAT(
      error({"-gc", "7x"}),
      HasSubstr("parse GC time failed, err: unsupported gc time 7x, etc: use 7 for 7 day, 7h "
                "for 7 hour: "));
  EXPECT_EQ(error({"-advertise-addr", "0.0.0.0:8250"}), "invalid advertiseAddr host: 0.0.0.0");
  EXPECT_EQ(error({"-advertise-addr", ":8250"}), "invalid advertiseAddr host: ");
  EXPECT_THAT(error({"-addr", "nowhere"}), HasSubstr("bad ListenAddr host format: nowhere"));
  EXPECT_THAT(error({"-pd-urls", "127.0.0.1:2379"}), HasSubstr("parse EtcdURLs error: "));
  EXPECT_EQ(error({"-socket", "pump.sock"}), "bad Socket addr format: pump.sock");
  EXPECT_EQ(error({"x"}), "'x' is not a valid flag");
  EXPECT_EQ(error({file("nonsense = 1\n[storage]\nkv-chan-cap = 1")}),
            "component pump's config file " + path_ +
                " contained unknown configuration options: nonsense, storage.kv-chan-cap; line 1: "
                "nonsense; line 3: storage.kv-chan-cap, did you mean storage.kv_chan_cap?");
}

TEST_F(PumpConfigTest, OldFlagsAreTaken) {
  parsed({"-enable-debug", "-binlog-file-size=1", "-enable-binlog-slice", "-log-rotate", "hour",
          "-binlog-slice-size", "10"});
}

TEST_F(PumpConfigTest, VersionNeedsNoValidConfig) {
  auto command = parse_pump_command({"-V", "-config=/nonexistent"});
  ASSERT_TRUE(command.ok());
  EXPECT_TRUE(command->print_version);
}

TEST_F(PumpConfigTest, EmptyAddressIsLocalhost) {
  EXPECT_EQ(parsed({"-addr="}).addr, "127.0.0.1:8250");
  EXPECT_EQ(parsed({"-addr=:9", "-advertise-addr=h:9"}).addr, ":9");
}

TEST_F(PumpConfigTest, AbsoluteSocketPath) {
  EXPECT_EQ(parsed({"-socket=unix:///run/pump.sock"}).socket, "/run/pump.sock");
}

TEST_F(PumpConfigTest, OnDamage) {
  EXPECT_FALSE(parsed({}).skip_damaged);
  EXPECT_TRUE(parsed({file("[storage]\non-damage = \"skip\"")}).skip_damaged);
  EXPECT_EQ(error({file("[storage]\non-damage = \"hide\"")}),
            "storage.on-damage is hide, must be stop or skip");
}

TEST_F(PumpConfigTest, PasswordsInAddressesAreNotShown) {
  const PumpConfig c = parsed({"-metrics-addr=http://me:secret@gateway:1"});
  EXPECT_THAT(c.text, HasSubstr("http://******@gateway:1"));
  EXPECT_THAT(error({"-pd-urls=http://me:secret@pd"}), Not(HasSubstr("secret")));
}

TEST_F(PumpConfigTest, OptionsWithoutEffectAreNamed) {
  EXPECT_THAT(parsed({}).without_effect, testing::IsEmpty());
  const PumpConfig c = parsed({"-enable-debug", "-log-rotate=day", file(R"(
[storage]
kv_chan_cap = 1048576
[storage.kv]
block-size = 4096
compaction-total-size-multiplier = 8.0
)")});
  EXPECT_THAT(c.without_effect,
              ElementsAre("enable-debug", "storage.kv.block-size", "storage.kv_chan_cap",
                          "storage.kv.compaction-total-size-multiplier", "log-rotate"));
}

TEST_F(PumpConfigTest, OfflineCommands) {
  EXPECT_EQ(parse_pump_command({"-check", "dir"})->check_dir, "dir");
  const auto print = parse_pump_command({"-print=5..9", "-format", "json", "dir"});
  ASSERT_TRUE(print.ok()) << print.status().message();
  EXPECT_EQ(print->print_dir, "dir");
  EXPECT_EQ(print->print.from_ts, 5u);
  EXPECT_EQ(print->print.to_ts, 9u);
  EXPECT_EQ(print->print.format, PrintFormat::kJson);
  EXPECT_THAT(error({"-print=5..9"}), HasSubstr("wants a data directory"));
  EXPECT_THAT(error({"-print=5..9", "-format=xml", "dir"}), HasSubstr("bad format: xml"));
  EXPECT_THAT(error({"dir"}), HasSubstr("'dir' is not a valid flag"));
}

}  // namespace
}  // namespace tbl::pump
