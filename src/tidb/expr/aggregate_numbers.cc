// COUNT, SUM, AVG, the bit operations, variances.
#include <cmath>

#include "tidb/expr/aggregate_state.h"
#include "tidb/expr/call_args.h"
#include "tidb/expr/result_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

class CountState : public ArgumentsState {
 public:
  explicit CountState(const AggregateCall& call) : ArgumentsState(call, true) {}
  Result<Value> result(EvalContext&) override { return Value::of_int(count_); }

 protected:
  Status add(EvalContext&, Row&, const Row&) override {
    ++count_;
    return {};
  }

 private:
  int64_t count_ = 0;
};

/// SUM and AVG. Integers are summed as integers as long as they fit.
class SumState : public ArgumentsState {
 public:
  SumState(const AggregateCall& call, bool average)
      : ArgumentsState(call, true),
        average_(average),
        real_(numeric_class(call.args[0]->type()) == EvalClass::kDouble) {}

  Result<Value> result(EvalContext& ctx) override {
    if (count_ == 0) return Value::null();
    if (real_) {
      double v = average_ ? real_sum_ / static_cast<double>(count_) : real_sum_;
      if (!std::isfinite(v)) return value_out_of_range("DOUBLE", call().to_string());
      return Value::of_double(v);
    }
    TBL_TRY(flush());
    if (!average_) return Value::of_decimal(sum_);
    auto increment = static_cast<int>(ctx.div_precision_increment);
    auto v = Decimal::divide(sum_, Decimal::of_int(count_), increment);
    if (!v) return value_out_of_range("DECIMAL", call().to_string());
    return Value::of_decimal(*v);
  }

 protected:
  Status add(EvalContext& ctx, Row& args, const Row&) override {
    ++count_;
    const Value& v = args[0];
    if (real_) {
      TBL_ASSIGN(double number, to_double(v, ctx.convert));
      real_sum_ += number;
      return {};
    }
    int64_t whole = 0;
    if (v.kind() == ValueKind::kInt && !__builtin_add_overflow(whole_, v.as_int(), &whole)) {
      whole_ = whole;
      return {};
    }
    TBL_ASSIGN(Decimal number, to_decimal(v, ctx.convert));
    return add_decimal(number);
  }

 private:
  Status add_decimal(const Decimal& v) {
    auto sum = Decimal::add(sum_, v);
    if (!sum) return value_out_of_range("DECIMAL", call().to_string());
    sum_ = *sum;
    return {};
  }
  Status flush() {
    Decimal whole = Decimal::of_int(whole_);
    whole_ = 0;
    return add_decimal(whole);
  }

  bool average_;
  bool real_;
  int64_t count_ = 0;
  int64_t whole_ = 0;
  Decimal sum_;
  double real_sum_ = 0;
};

enum class BitAggregate : uint8_t { kAnd, kOr, kXor };

class BitState : public ArgumentsState {
 public:
  BitState(const AggregateCall& call, BitAggregate op)
      : ArgumentsState(call, true), op_(op), bits_(op == BitAggregate::kAnd ? UINT64_MAX : 0) {}
  Result<Value> result(EvalContext&) override { return Value::of_uint(bits_); }

 protected:
  Status add(EvalContext& ctx, Row& args, const Row&) override {
    TBL_ASSIGN(uint64_t v, bits_of(args[0], ctx));
    switch (op_) {
      case BitAggregate::kAnd:
        bits_ &= v;
        break;
      case BitAggregate::kOr:
        bits_ |= v;
        break;
      case BitAggregate::kXor:
        bits_ ^= v;
        break;
    }
    return {};
  }

 private:
  BitAggregate op_;
  uint64_t bits_;
};

/// Mean and sum of squared distances from it, kept up to date value by value (Welford).
class VarianceState : public ArgumentsState {
 public:
  VarianceState(const AggregateCall& call, bool sample, bool root)
      : ArgumentsState(call, true), sample_(sample), root_(root) {}

  Result<Value> result(EvalContext&) override {
    if (count_ == 0 || (sample_ && count_ == 1)) return Value::null();
    double variance = squares_ / (count_ - (sample_ ? 1 : 0));
    return Value::of_double(root_ ? std::sqrt(variance) : variance);
  }

 protected:
  Status add(EvalContext& ctx, Row& args, const Row&) override {
    TBL_ASSIGN(double v, to_double(args[0], ctx.convert));
    count_ += 1;
    double distance = v - mean_;
    mean_ += distance / count_;
    squares_ += distance * (v - mean_);
    return {};
  }

 private:
  bool sample_;
  bool root_;
  double count_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

}  // namespace

std::unique_ptr<AggregateState> make_number_state(const AggregateCall& call) {
  const std::string& name = call.name;
  if (name == "count") return std::make_unique<CountState>(call);
  if (name == "sum" || name == "avg") return std::make_unique<SumState>(call, name == "avg");
  if (name == "bit_and") return std::make_unique<BitState>(call, BitAggregate::kAnd);
  if (name == "bit_or") return std::make_unique<BitState>(call, BitAggregate::kOr);
  if (name == "bit_xor") return std::make_unique<BitState>(call, BitAggregate::kXor);
  bool root = name.compare(0, 3, "std") == 0;
  bool sample = name == "stddev_samp" || name == "var_samp";
  if (root || name.compare(0, 3, "var") == 0) {
    return std::make_unique<VarianceState>(call, sample, root);
  }
  return nullptr;
}

}  // namespace tbl::tidb
