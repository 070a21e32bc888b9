// `ddl-rules`: a file that says which statements are left out or rewritten. It is read again
// whenever it has changed, so that a drainer that stands at a statement goes on without a restart.
//
//   [[rule]]
//   type = ["add index"]        # as the log names jobs, or numbers; none: any
//   schema = "shop"             # patterns as those of ignore-table; none: any
//   table = "~^tmp_"
//   commit-ts = [4125]          # none: any
//   sql = "(?i)fulltext"        # searched for in the text to be executed
//   action = "rewrite"          # or "skip"
//   with = "\\1"                # what stands instead of each place that matches `sql`
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/env.h"
#include "base/stop.h"
#include "drainer/schedule/ddl_policy.h"

namespace tbl::drainer {

struct DdlRulesOptions {
  std::string path;               ///< empty: no rules
  bool wait_after_error = false;  ///< `ddl-error = "wait"`
  StopToken stop;                 ///< ends the waiting
};

/// The first rule that matches decides. A changed file with a mistake in it is told in the log, and
/// the rules before stay.
class DdlRules : public schedule::DdlPolicy {
 public:
  /// Errors name the file and the rule.
  static Result<std::unique_ptr<DdlRules>> open(Env& env, DdlRulesOptions options);
  ~DdlRules() override;

  std::string text_of(const schedule::DdlTask& task) override;
  bool wait_for_change(const schedule::DdlTask& task, const Status& error) override;

 private:
  struct Rule;
  DdlRules(Env& env, DdlRulesOptions options);

  static Result<std::vector<Rule>> parse(const std::string& text, const std::string& path);
  /// True: the file has changed, and is good.
  bool reload();

  Env& env_;
  const DdlRulesOptions options_;
  std::string text_;  ///< of the file when it was read last
  std::vector<Rule> rules_;
};

}  // namespace tbl::drainer
