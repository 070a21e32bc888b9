// JSON_ARRAYAGG, JSON_OBJECTAGG.
#include "tidb/expr/aggregate_state.h"
#include "tidb/expr/call_args.h"
#include "tidb/expr/json_args.h"
#include "tidb/types/json_value.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

class ArrayState : public ArgumentsState {
 public:
  explicit ArrayState(const AggregateCall& call) : ArgumentsState(call, false) {}
  Result<Value> result(EvalContext&) override {
    if (elements_.empty()) return Value::null();
    return Value::of_json(json_array(elements_));
  }
  size_t memory() const override { return ArgumentsState::memory() + bytes_; }

 protected:
  Status add(EvalContext&, Row& args, const Row&) override {
    TBL_ASSIGN(std::string doc, json_element(args[0], arg_type(0)));
    bytes_ += doc.size() + sizeof(doc);
    elements_.push_back(std::move(doc));
    return {};
  }

 private:
  std::vector<std::string> elements_;
  size_t bytes_ = 0;
};

class ObjectState : public ArgumentsState {
 public:
  explicit ObjectState(const AggregateCall& call) : ArgumentsState(call, false) {}
  Result<Value> result(EvalContext&) override {
    if (members_.empty()) return Value::null();
    return Value::of_json(json_object(std::move(members_)));
  }
  size_t memory() const override { return ArgumentsState::memory() + bytes_; }

 protected:
  Status add(EvalContext&, Row& args, const Row&) override {
    if (args[0].is_null()) {
      return sql_error(kErrJsonDocumentNullKey,
                       "JSON documents may not contain NULL member names.");
    }
    TBL_ASSIGN(std::string doc, json_element(args[1], arg_type(1)));
    std::string key = text_of(args[0], arg_type(0));
    bytes_ += doc.size() + key.size() + sizeof(doc) + sizeof(key);
    members_.emplace_back(std::move(key), std::move(doc));
    return {};
  }

 private:
  std::vector<std::pair<std::string, std::string>> members_;
  size_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<AggregateState> make_json_state(const AggregateCall& call) {
  if (call.name == "json_arrayagg") return std::make_unique<ArrayState>(call);
  if (call.name == "json_objectagg") return std::make_unique<ObjectState>(call);
  return nullptr;
}

}  // namespace tbl::tidb
