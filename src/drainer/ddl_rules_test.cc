#include "drainer/ddl_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/sim_env.h"

namespace tbl::drainer {
namespace {

using schema::ActionType;
using testing::HasSubstr;

class DdlRulesTest : public testing::Test {
 protected:
  void write(const std::string& text) {
    ASSERT_TRUE(disk_.write_file_atomically("/rules.toml", text).ok());
  }
  void open(const std::string& text) {
    write(text);
    auto rules = DdlRules::open(disk_, {"/rules.toml", true, stop_.get_token()});
    ASSERT_TRUE(rules.ok()) << rules.status().to_string();
    rules_ = std::move(*rules);
  }
  std::string error_of(const std::string& text) {
    write(text);
    return DdlRules::open(disk_, {"/rules.toml", false, {}}).status().message();
  }
  static schedule::DdlTask task(const std::string& sql, ActionType type = ActionType::kAddIndex,
                                const std::string& table = "t") {
    schedule::DdlTask task;
    task.commit_ts = 42;
    task.query = sql;
    task.type = type;
    task.touched = {{"shop", table}};
    return task;
  }

  SimEnv disk_;
  StopSource stop_;
  std::unique_ptr<DdlRules> rules_;
};

TEST_F(DdlRulesTest, WithoutAFileNothingChanges) {
  auto rules = DdlRules::open(disk_, {});
  ASSERT_TRUE(rules.ok());
  EXPECT_EQ((*rules)->text_of(task("x")), "x");
  EXPECT_FALSE((*rules)->wait_for_change(task("x"), not_found("y")));
}

TEST_F(DdlRulesTest, TypesNamesTimesAndTextsMustAllMatch) {
  open(R"(
[[rule]]
type = ["add index", "22"]
schema = "SHOP"
table = "~^tmp"
action = "skip"
[[rule]]
commit-ts = [42]
sql = "secret"
action = "skip"
)");
  EXPECT_EQ(rules_->text_of(task("x", ActionType::kAddIndex, "tmp1")), "");
  EXPECT_EQ(rules_->text_of(task("x", ActionType::kModifyTableCharset, "TMP1")), "");
  EXPECT_EQ(rules_->text_of(task("x", ActionType::kDropIndex, "tmp1")), "x");
  EXPECT_EQ(rules_->text_of(task("x", ActionType::kAddIndex, "t")), "x");
  EXPECT_EQ(rules_->text_of(task("a secret b")), "");
  auto later = task("a secret b");
  later.commit_ts = 43;
  EXPECT_EQ(rules_->text_of(later), "a secret b");
}

TEST_F(DdlRulesTest, TheFirstRuleThatMatchesRewrites) {
  open(R"(
[[rule]]
sql = '(?i)utf8mb4_0900_(\w+)'
action = 'rewrite'
with = 'utf8mb4_\1'
[[rule]]
action = 'skip'
)");
  EXPECT_EQ(rules_->text_of(task("A COLLATE utf8mb4_0900_ai_ci, B UTF8MB4_0900_bin")),
            "A COLLATE utf8mb4_ai_ci, B utf8mb4_bin");
  EXPECT_EQ(rules_->text_of(task("anything else")), "");
}

TEST_F(DdlRulesTest, AChangedFileIsTakenUp) {
  open("");
  EXPECT_EQ(rules_->text_of(task("x")), "x");
  write("[[rule]]\naction = 'skip'\n");
  EXPECT_EQ(rules_->text_of(task("x")), "");
  write("[[rule]]\naction = 'dance'\n");
  EXPECT_EQ(rules_->text_of(task("x")), "") << "a mistake changes nothing";
}

TEST_F(DdlRulesTest, AfterAnErrorItWaitsForTheFile) {
  open("");
  std::thread user([&] { write("[[rule]]\naction = 'skip'\n"); });
  EXPECT_TRUE(rules_->wait_for_change(task("x"), not_found("y")));
  user.join();
  stop_.request_stop();
  EXPECT_FALSE(rules_->wait_for_change(task("x"), not_found("y")));
}

TEST_F(DdlRulesTest, MistakesNameFileAndRule) {
  EXPECT_THAT(error_of("[[rule]]\naction = 'skip'\n[[rule]]\ntype = 'ad index'\naction = 'skip'"),
              HasSubstr("/rules.toml: rule 2: type ad index: there is no such kind of job"));
  EXPECT_THAT(error_of("[[rule]]\nsql = '('\naction = 'skip'"), HasSubstr("rule 1: sql ("));
  EXPECT_THAT(error_of("[[rule]]\naction = 'rewrite'"), HasSubstr("wants sql and with"));
  EXPECT_THAT(error_of("[[rule]]\nsql = 'a'\nwith = '\\1'\naction = 'rewrite'"),
              HasSubstr("rule 1: with \\1"));
  EXPECT_THAT(error_of("[[rule]]\nname = 'a'"), HasSubstr("rule.name"));
  EXPECT_THAT(error_of("[[rule]]\nschema = '~('\naction = 'skip'"), HasSubstr("pattern ~("));
  EXPECT_FALSE(DdlRules::open(disk_, {"/nowhere.toml", false, {}}).ok());
}

}  // namespace
}  // namespace tbl::drainer
