#include "base/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace tbl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

struct TableName {
  std::string schema;
  std::string table;
};
struct Rule {
  std::vector<std::string> events;
};

struct Settings {
  std::string data_dir = "data.pump";
  int interval = 3;
  bool debug = false;
  double threshold = 1.0;
  ScalarText gc{"7"};
  ByteSize stop_at{10ULL << 30};
  std::string password;
  std::optional<bool> dispatch;
  std::vector<std::string> names;
  std::vector<int64_t> ignored_ts;
  std::map<std::string, std::string> params;
  std::vector<TableName> ignored;
  std::map<std::string, Rule> rules;
};

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() : spec_({.program = "pump", .environment_prefix = "TBLTEST_"}) {
    spec_.add(&s_.data_dir, {.flag = "data-dir", .key = "data-dir", .help = "where data is"});
    spec_.add(&s_.interval, {.flag = "fake-interval,i", .key = "gen-interval"});
    spec_.add(&s_.debug, {.flag = "debug", .key = "Debug", .help = "more lines"});
    spec_.add(&s_.threshold, {.key = "storage.slow_write_threshold"});
    spec_.add(&s_.gc, {.flag = "gc", .key = "gc"});
    spec_.add(&s_.stop_at, {.key = "storage.stop-at"});
    spec_.add(&s_.password, {.flag = "password", .key = "to.password", .secret = true});
    spec_.add(&s_.dispatch, {.flag = "dispatch", .key = "syncer.dispatch"});
    spec_.add(&s_.names, {.flag = "names", .key = "security.names"});
    spec_.add(&s_.ignored_ts, {.key = "syncer.ignore-ts"});
    spec_.add(&s_.params, {.key = "syncer.to.params"});
    spec_.add_tables<TableName>(&s_.ignored, "syncer.ignore-table",
                                [](TableName& t, ConfigSpec& spec) {
                                  spec.add(&t.schema, {.key = "source.schema"});
                                  spec.add(&t.table, {.key = "tbl-name"});
                                });
    spec_.add_table_map<Rule>(&s_.rules, "syncer.rule", [](Rule& r, ConfigSpec& spec) {
      spec.add(&r.events, {.key = "ignore-event"});
    });
  }
  ~ConfigTest() override {
    for (const char* name : {"TBLTEST_DATA_DIR", "TBLTEST_GC", "TBLTEST_I"}) unsetenv(name);
  }

  /// Empty: the program goes on.
  std::string command_line(std::vector<std::string> args) {
    auto end = spec_.parse_command_line(args);
    if (!end.ok()) return "error: " + end.status().message();
    if (!end->has_value()) return "";
    const std::string& text = (*end)->text;
    return std::to_string((*end)->exit_code) + ": " + text.substr(0, text.find('\n'));
  }
  std::string load(std::string_view toml) { return spec_.load_text(toml, "p.toml").message(); }

  Settings s_;
  ConfigSpec spec_;
};

TEST_F(ConfigTest, GoFlagForms) {
  EXPECT_EQ(command_line({"-data-dir", "a", "--i=0x10", "-debug", "-gc=8h"}), "");
  EXPECT_EQ(s_.data_dir, "a");
  EXPECT_EQ(s_.interval, 16);
  EXPECT_TRUE(s_.debug);
  EXPECT_EQ(s_.gc.text, "8h");
  EXPECT_EQ(command_line({"-debug=F", "-data-dir="}), "");
  EXPECT_FALSE(s_.debug);
  EXPECT_EQ(s_.data_dir, "");
  EXPECT_TRUE(spec_.is_on_command_line("data-dir"));
  EXPECT_FALSE(spec_.is_on_command_line("gc"));
}

TEST_F(ConfigTest, GoFlagMistakes) {
  EXPECT_EQ(command_line({"-nope"}), "2: flag provided but not defined: -nope");
  EXPECT_EQ(command_line({"-data-dir"}), "2: flag needs an argument: -data-dir");
  EXPECT_EQ(command_line({"-i", "x"}), "2: invalid value \"x\" for flag -i: parse error");
  EXPECT_EQ(command_line({"-debug=maybe"}),
            "2: invalid boolean value \"maybe\" for flag -debug: parse error");
  EXPECT_EQ(command_line({"---gc"}), "2: bad flag syntax: ---gc");
  EXPECT_EQ(command_line({"-h"}), "0: Usage of pump:");
  EXPECT_EQ(command_line({"--help"}), "0: Usage of pump:");
  EXPECT_EQ(command_line({"-debug", "true"}), "error: 'true' is not a valid flag");
  EXPECT_EQ(command_line({"--", "-gc"}), "error: '-gc' is not a valid flag");
  EXPECT_EQ(command_line({"-"}), "error: '-' is not a valid flag");
}

TEST_F(ConfigTest, UsageHasGoShape) {
  std::string usage = spec_.usage();
  EXPECT_THAT(usage,
              HasSubstr("  -data-dir string\n    \twhere data is (default \"data.pump\")\n"));
  EXPECT_THAT(usage, HasSubstr("  -debug\n    \tmore lines\n"));
  EXPECT_THAT(usage, HasSubstr("  -i int\n    \t (default 3)\n"));
}

TEST_F(ConfigTest, FileTypes) {
  ASSERT_EQ(load(R"(
data-dir = "d"
GEN-Interval = 5
debug = true
gc = 30
[storage]
slow_write_threshold = 2
stop-at = "1.5 GiB"
[security]
names = ["a", "b"]
[syncer]
dispatch = false
ignore-ts = [1, 412518831548007863]
[syncer.to.params]
sql_mode = "ANSI"
timeout = 7
[[syncer.ignore-table]]
source = {schema = "test"}
tbl-name = "~^a.*"
[[syncer.ignore-table]]
tbl-name = "log"
[syncer.rule.one]
ignore-event = ["drop table"]
)"),
            "");
  EXPECT_EQ(s_.data_dir, "d");
  EXPECT_EQ(s_.interval, 5);
  EXPECT_TRUE(s_.debug);
  EXPECT_EQ(s_.gc.text, "30");
  EXPECT_EQ(s_.threshold, 2.0);
  EXPECT_EQ(s_.stop_at.bytes, 3ULL << 29);
  EXPECT_THAT(s_.names, ElementsAre("a", "b"));
  EXPECT_EQ(s_.dispatch, std::optional(false));
  EXPECT_THAT(s_.ignored_ts, ElementsAre(1, 412518831548007863));
  EXPECT_THAT(s_.params, ElementsAre(Pair("sql_mode", "ANSI"), Pair("timeout", "7")));
  ASSERT_EQ(s_.ignored.size(), 2U);
  EXPECT_EQ(s_.ignored[0].schema, "test");
  EXPECT_EQ(s_.ignored[1].table, "log");
  EXPECT_THAT(s_.rules["one"].events, ElementsAre("drop table"));
}

TEST_F(ConfigTest, AbsentStaysDefault) {
  ASSERT_EQ(load(""), "");
  EXPECT_EQ(s_.stop_at.bytes, 10ULL << 30);
  EXPECT_FALSE(s_.dispatch.has_value());
  ASSERT_EQ(load("[storage]\nstop-at = \"\""), "");
  EXPECT_EQ(s_.stop_at.bytes, 0U);
}

TEST_F(ConfigTest, ExactKeyWinsOverOtherCase) {
  ASSERT_EQ(load("GC = 1\ngc = 2"),
            "component pump's config file p.toml contained unknown "
            "configuration options: GC; line 1: GC");
  EXPECT_EQ(s_.gc.text, "2");
}

TEST_F(ConfigTest, Precedence) {
  setenv("TBLTEST_DATA_DIR", "env", 1);
  setenv("TBLTEST_GC", "env", 1);
  setenv("TBLTEST_I", "", 1);  // empty is not set
  ASSERT_EQ(command_line({"-data-dir", "flag"}), "");
  ASSERT_EQ(load("data-dir = \"file\"\ngc = \"file\"\ngen-interval = 9"), "");
  EXPECT_EQ(s_.data_dir, "flag");
  EXPECT_EQ(s_.gc.text, "env");
  EXPECT_EQ(s_.interval, 9);
  setenv("TBLTEST_I", "x", 1);
  EXPECT_EQ(load(""), "environment variable TBLTEST_I=x: parse error");
}

TEST_F(ConfigTest, UnknownKeysInFileOrder) {
  EXPECT_EQ(
      load("zebra = 1\ngc = 1\n[bar]\nx = 1\n[storage]\nb = 2\n[[syncer.ignore-table]]\nq = 1\n"
           "[outer.inner]\ny = 1\n"),
      "component pump's config file p.toml contained unknown configuration options: "
      "zebra, bar, bar.x, storage.b, syncer.ignore-table.q, outer.inner, outer.inner.y; "
      "line 1: zebra; line 3: bar; line 4: bar.x; line 6: storage.b; line 8: "
      "syncer.ignore-table.q; line 9: outer.inner; line 10: outer.inner.y");
}

TEST_F(ConfigTest, ATypoIsToldWithWhatWasMeant) {
  EXPECT_THAT(load("gc = 1\ngne-interval = 9\n"),
              HasSubstr("options: gne-interval; line 2: gne-interval, did you mean gen-interval?"));
  EXPECT_THAT(load("[storage]\nstop-att = 9\n"), HasSubstr("did you mean storage.stop-at?"));
}

TEST_F(ConfigTest, LaxOnlyWarns) {
  ConfigSpec spec({.program = "pd", .strict = false});
  spec.add(&s_.data_dir, {.key = "data-dir"});
  EXPECT_TRUE(spec.load_text("x = 1\ndata-dir = \"d\"", "pd.toml").ok());
  EXPECT_EQ(s_.data_dir, "d");
}

TEST_F(ConfigTest, WrongTypesAndSyntaxNameThePlace) {
  EXPECT_EQ(load("\ngen-interval = \"x\""),
            "config file p.toml: line 2: gen-interval: wants an integer");
  EXPECT_EQ(load("data-dir = 1"), "config file p.toml: line 1: data-dir: wants a string");
  EXPECT_EQ(load("[syncer]\nignore-table = 1"),
            "config file p.toml: line 2: syncer.ignore-table: wants [[tables]]");
  EXPECT_EQ(load("[storage]\nstop-at = \"10 lightyears\""),
            "config file p.toml: line 2: storage.stop-at: bad size '10 lightyears': unhandled size "
            "name: lightyears");
  EXPECT_THAT(load("a = \n"), HasSubstr("p.toml: line 1:"));
  EXPECT_THAT(spec_.load("/nonexistent/x.toml").message(),
              HasSubstr("open /nonexistent/x.toml: No such file"));
}

TEST_F(ConfigTest, DumpHidesSecrets) {
  ASSERT_EQ(load("[to]\npassword = \"pw\""), "");
  EXPECT_THAT(spec_.dump(), HasSubstr("\"data-dir\":\"data.pump\",\"gen-interval\":\"3\""));
  EXPECT_THAT(spec_.dump(), HasSubstr("\"to.password\":\"******\""));
  EXPECT_THAT(spec_.dump(), testing::Not(HasSubstr("pw")));
  std::string dump = spec_.dump();
  int old = 0;
  spec_.add(&old, {.flag = "old", .shown = false});
  EXPECT_EQ(spec_.dump(), dump);
}

}  // namespace
}  // namespace tbl
