// The side of a join that is held in memory, found by key.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "tidb/exec/exec_util.h"
#include "tidb/plan/plan.h"

namespace tbl::tidb {

/// The key of a row under a join's keys.
struct JoinKeyValue {
  std::string key;
  bool has_null = false;  ///< a NULL under `=`: it meets no row
};
enum class JoinSide : uint8_t { kLeft, kRight };
Result<JoinKeyValue> join_key(const JoinPlan& plan, JoinSide side, ExecContext& context,
                              const Row& row);

class JoinTable {
 public:
  JoinTable(const JoinPlan& plan, JoinSide side, ExecContext& context)
      : plan_(plan), side_(side), context_(context), quota_(context.memory) {}

  Status add(Row row);
  /// Null: there are none.
  const std::vector<Row>* find(const std::string& key) const;
  void clear();
  bool empty() const { return rows_ == 0; }
  bool has_null_key() const { return has_null_key_; }

 private:
  const JoinPlan& plan_;
  JoinSide side_;
  ExecContext& context_;
  QuotaUse quota_;
  std::unordered_map<std::string, std::vector<Row>> buckets_;
  size_t rows_ = 0;
  bool has_null_key_ = false;
};

/// Gives the rows that one row of the other side makes, one after the other.
class JoinProbe {
 public:
  JoinProbe(const JoinPlan& plan, JoinSide probe_side, ExecContext& context)
      : plan_(plan), side_(probe_side), context_(context) {}

  /// Begins with a row. `right_width`: columns of a padded right row.
  Status start(Row row, const JoinTable& table);
  /// False: the row is done.
  Result<bool> next(Row* out);
  /// Forgets the row and its matches: they point into a table that is about to go.
  void reset();
  void set_right_width(size_t width) { right_width_ = width; }

 private:
  void combine(const Row& other, Row* out) const;
  Result<bool> next_match(Row* out);

  const JoinPlan& plan_;
  JoinSide side_;
  ExecContext& context_;
  size_t right_width_ = 0;
  Row row_;
  const std::vector<Row>* matches_ = nullptr;
  size_t at_ = 0;
  bool matched_ = false;
  bool done_ = true;
  bool refused_ = false;  ///< NOT IN with a NULL about: the row does not pass
  Row joined_;
};

}  // namespace tbl::tidb
