// SQRT, EXP, LOG, the trigonometric functions, PI, RAND, CRC32.
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tidb/expr/call_args.h"
#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

Result<FieldType> real(BuildCall&) { return real_type(-1); }

using RealFunction = double (*)(double);

template <RealFunction kFunction>
Result<Value> eval_real(Call& call) {
  TBL_ASSIGN(double v, double_arg(call, 0));
  return finite(kFunction(v), call);
}

double cotangent(double v) { return 1 / std::tan(v); }
double to_degrees(double v) { return v * (180 / std::numbers::pi); }
double to_radians(double v) { return v * (std::numbers::pi / 180); }

/// NULL outside of [-1, 1].
template <RealFunction kFunction>
Result<Value> eval_arc(Call& call) {
  TBL_ASSIGN(double v, double_arg(call, 0));
  if (v < -1 || v > 1) return Value::null();
  return Value::of_double(kFunction(v));
}

Result<Value> eval_atan(Call& call) {
  TBL_ASSIGN(double y, double_arg(call, 0));
  if (call.args.size() == 1) return Value::of_double(std::atan(y));
  TBL_ASSIGN(double x, double_arg(call, 1));
  return Value::of_double(std::atan2(y, x));
}

Result<Value> eval_sqrt(Call& call) {
  TBL_ASSIGN(double v, double_arg(call, 0));
  if (v < 0) return Value::null();
  return Value::of_double(std::sqrt(v));
}

Result<Value> eval_pow(Call& call) {
  TBL_ASSIGN(double base, double_arg(call, 0));
  TBL_ASSIGN(double exponent, double_arg(call, 1));
  return finite(std::pow(base, exponent), call);
}

/// NULL with a warning for what has no logarithm; strict: an error.
Result<Value> logarithm(double v, RealFunction log, Call& call) {
  if (v > 0) return Value::of_double(log(v));
  TBL_TRY(call.ctx.convert.report(
      sql_error(kErrInvalidArgumentForLogarithm, "Invalid argument for logarithm")));
  return Value::null();
}

template <RealFunction kFunction>
Result<Value> eval_log(Call& call) {
  TBL_ASSIGN(double v, double_arg(call, 0));
  return logarithm(v, kFunction, call);
}

/// LOG(v), LOG(base, v).
Result<Value> eval_log_of_base(Call& call) {
  if (call.args.size() == 1) return eval_log<std::log>(call);
  TBL_ASSIGN(double base, double_arg(call, 0));
  TBL_ASSIGN(double v, double_arg(call, 1));
  if (base <= 0 || base == 1 || v <= 0) return logarithm(0, std::log, call);
  return Value::of_double(std::log(v) / std::log(base));
}

Result<Value> eval_pi(Call&) { return Value::of_double(std::numbers::pi); }

/// MySQL's generator: two linear congruences modulo 2^30 - 1.
struct RandomState {
  static constexpr uint64_t kModulus = 0x3FFFFFFF;
  uint64_t seed1 = 0;
  uint64_t seed2 = 0;

  explicit RandomState(uint32_t seed)
      : seed1((seed * 0x10001U + 55555555U) % kModulus), seed2(seed * 0x10000001U % kModulus) {}
  static double next(uint64_t& a, uint64_t& b) {
    a = (a * 3 + b) % kModulus;
    b = (a + b + 33) % kModulus;
    return static_cast<double>(a) / static_cast<double>(kModulus);
  }
};

/// A constant seed starts a sequence for the statement; one that changes starts it for each row.
Result<Value> eval_rand(Call& call) {
  if (call.args.empty()) {
    return Value::of_double(RandomState::next(call.ctx.rand_seed1, call.ctx.rand_seed2));
  }
  int64_t seed = 0;
  if (!call.args[0].is_null()) {
    TBL_ASSIGN(seed, int_arg(call, 0));
  }
  RandomState fresh(static_cast<uint32_t>(seed));
  if (!call.expr.arg(0).is_constant()) {
    return Value::of_double(RandomState::next(fresh.seed1, fresh.seed2));
  }
  auto& kept = call.expr.state<RandomState>([&] { return new RandomState(fresh); });
  return Value::of_double(RandomState::next(kept.seed1, kept.seed2));
}

Result<Value> eval_crc32(Call& call) {
  std::string text = text_arg(call, 0);
  uint64_t sum =
      crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
  return Value::of_uint(sum);
}

constexpr FunctionDef kFunctions[] = {
    {"sqrt", 1, 1, real, eval_sqrt},
    {"pow", 2, 2, real, eval_pow},
    {"power", 2, 2, real, eval_pow},
    {"exp", 1, 1, real, eval_real<std::exp>},
    {"ln", 1, 1, real, eval_log<std::log>},
    {"log", 1, 2, real, eval_log_of_base},
    {"log2", 1, 1, real, eval_log<std::log2>},
    {"log10", 1, 1, real, eval_log<std::log10>},
    {"sin", 1, 1, real, eval_real<std::sin>},
    {"cos", 1, 1, real, eval_real<std::cos>},
    {"tan", 1, 1, real, eval_real<std::tan>},
    {"cot", 1, 1, real, eval_real<cotangent>},
    {"asin", 1, 1, real, eval_arc<std::asin>},
    {"acos", 1, 1, real, eval_arc<std::acos>},
    {"atan", 1, 2, real, eval_atan},
    {"atan2", 2, 2, real, eval_atan},
    {"degrees", 1, 1, real, eval_real<to_degrees>},
    {"radians", 1, 1, real, eval_real<to_radians>},
    {"pi", 0, 0, [](BuildCall&) -> Result<FieldType> { return real_type(6); }, eval_pi},
    {"rand", 0, 1, real, eval_rand, kSeesNull | kNotConstant},
    {"crc32", 1, 1, [](BuildCall&) -> Result<FieldType> { return int_type_of_width(10, true); },
     eval_crc32},
};

}  // namespace

std::span<const FunctionDef> math_functions() { return kFunctions; }

}  // namespace tbl::tidb
