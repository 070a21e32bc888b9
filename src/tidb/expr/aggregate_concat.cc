// GROUP_CONCAT.
#include <algorithm>

#include "tidb/expr/aggregate_state.h"
#include "tidb/expr/call_args.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

class ConcatState : public ArgumentsState {
 public:
  explicit ConcatState(const AggregateCall& call) : ArgumentsState(call, true) {}

  Result<Value> result(EvalContext& ctx) override {
    if (entries_.empty()) return Value::null();
    std::stable_sort(entries_.begin(), entries_.end(),
                     [this](const Entry& a, const Entry& b) { return before(a, b); });
    std::string out;
    for (size_t i = 0; i < entries_.size(); ++i) {
      if (i > 0) out += call().separator;
      out += entries_[i].text;
      if (out.size() > ctx.group_concat_max_len) {
        cut(out, i + 1, ctx);
        break;
      }
    }
    return Value::of_string(std::move(out));
  }

  size_t memory() const override { return ArgumentsState::memory() + bytes_; }

 protected:
  Status add(EvalContext& ctx, Row& args, const Row& row) override {
    Entry entry;
    for (size_t i = 0; i < args.size(); ++i) entry.text += text_of(args[i], arg_type(i));
    for (const auto& order : call().order_by) {
      TBL_ASSIGN(Value key, order.key->eval(ctx, row));
      entry.keys.push_back(std::move(key));
    }
    bytes_ += sizeof(Entry) + entry.text.size() + entry.keys.size() * sizeof(Value);
    entries_.push_back(std::move(entry));
    return {};
  }

 private:
  struct Entry {
    std::string text;
    Row keys;
  };

  bool before(const Entry& a, const Entry& b) const {
    for (size_t i = 0; i < a.keys.size(); ++i) {
      int order = compare_same_type(a.keys[i], b.keys[i]);
      if (order != 0) return call().order_by[i].descending ? order > 0 : order < 0;
    }
    return false;
  }

  void cut(std::string& out, size_t row, EvalContext& ctx) const {
    out.resize(ctx.group_concat_max_len);
    if (!call().type.is_byte_string()) out.resize(valid_prefix("utf8mb4", out));
    ctx.convert.warn(sql_error(kErrCutValueGroupConcat,
                               "Row " + std::to_string(row) + " was cut by GROUP_CONCAT()"));
  }

  std::vector<Entry> entries_;
  size_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<AggregateState> make_concat_state(const AggregateCall& call) {
  if (call.name != "group_concat") return nullptr;
  return std::make_unique<ConcatState>(call);
}

}  // namespace tbl::tidb
