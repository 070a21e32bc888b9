#include "tidb/plan/subplan.h"

#include <gtest/gtest.h>

#include <optional>

#include "tidb/types/field_type.h"

namespace tbl::tidb {

namespace {

/// As many rows as an outer integer says, otherwise one; each with the number of runs so far.
class CountingEngine : public SubqueryEngine {
 public:
  explicit CountingEngine(std::shared_ptr<OuterRow> outer) : outer_(std::move(outer)) {}

  Status run(const PlanNode&, const std::function<bool(const Row&)>& on_row) override {
    ++runs;
    const Value& wanted = (*outer_->row)[0];
    const int64_t rows = wanted.kind() == ValueKind::kInt ? wanted.as_int() : 1;
    for (int64_t i = 0; i < rows; ++i) {
      if (!on_row({Value::of_int(runs)})) break;
    }
    return ok_status();
  }

  int64_t runs = 0;

 private:
  std::shared_ptr<OuterRow> outer_;
};

class SubPlanTest : public testing::Test {
 protected:
  SubPlanTest() : outer_(std::make_shared<OuterRow>()), engine_(outer_) {
    plan_->root = std::make_unique<DualPlan>();
    plan_->slot = outer_;
    slot_->engine = &engine_;
    std::vector<ExprPtr> outer;
    outer.push_back(std::make_unique<ColumnRef>(0, int_type(), "t.a"));
    subquery_.emplace(plan_, std::move(outer), slot_);
  }

  /// The rows for this outer value.
  std::vector<int64_t> rows(const Value& outer) {
    std::vector<int64_t> found;
    const Status status = subquery_->run(ctx_, {outer}, [&](const Row& row) {
      found.push_back(row[0].as_int());
      return true;
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
    return found;
  }
  std::vector<int64_t> rows(int64_t outer) { return rows(Value::of_int(outer)); }

  using Rows = std::vector<int64_t>;

  EvalContext ctx_;
  std::shared_ptr<OuterRow> outer_;
  CountingEngine engine_;
  std::shared_ptr<SubPlan> plan_ = std::make_shared<SubPlan>();
  std::shared_ptr<SubquerySlot> slot_ = std::make_shared<SubquerySlot>();
  std::optional<PlanSubquery> subquery_;
};

TEST_F(SubPlanTest, RunsOnceForEachSetOfOuterValues) {
  EXPECT_EQ(rows(2), (Rows{1, 1}));
  EXPECT_EQ(rows(Value::null()), Rows{2});
  EXPECT_EQ(rows(0), Rows{});
  EXPECT_EQ(engine_.runs, 3);
  EXPECT_EQ(rows(2), (Rows{1, 1}));
  EXPECT_EQ(rows(0), Rows{});
  EXPECT_EQ(rows(Value::null()), Rows{2});
  EXPECT_EQ(engine_.runs, 3);
}

TEST_F(SubPlanTest, EqualValuesThatShowDifferentlyRunApart) {
  EXPECT_EQ(rows(Value::of_int(1)), Rows{1});
  EXPECT_EQ(rows(Value::of_uint(1)), Rows{2});
  EXPECT_EQ(engine_.runs, 2);
}

TEST_F(SubPlanTest, AnotherAttemptReadsAnew) {
  EXPECT_EQ(rows(1), Rows{1});
  ++slot_->attempt;
  EXPECT_EQ(rows(1), Rows{2});
}

TEST_F(SubPlanTest, VolatileRowsAreNotKept) {
  plan_->is_volatile = true;
  EXPECT_EQ(rows(1), Rows{1});
  EXPECT_EQ(rows(1), Rows{2});
}

TEST_F(SubPlanTest, KeepsNoMoreRowsThanTheLimit) {
  constexpr int64_t kMost = PlanSubquery::kKeptRows;
  rows(kMost + 1);
  rows(kMost + 1);
  EXPECT_EQ(engine_.runs, 2) << "more rows than may be kept";
  rows(kMost - 1);
  rows(kMost - 1);
  EXPECT_EQ(engine_.runs, 3);
  rows(2);
  rows(kMost - 1);
  EXPECT_EQ(engine_.runs, 5) << "the others found no place beside them";
}

}  // namespace

}  // namespace tbl::tidb
