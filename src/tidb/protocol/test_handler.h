// A QueryHandler for tests: an account store of three, a few statements, and a record of all calls.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "tidb/protocol/constants.h"
#include "tidb/protocol/query_handler.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb::protocol {

/// What all handlers of a test were asked. Any thread.
struct TestRecord {
  std::mutex mutex;
  std::vector<std::string> calls;
  std::vector<Value> parameters;
  std::string file;  ///< what LOAD DATA LOCAL read

  void add(std::string call) {
    std::lock_guard lock(mutex);
    calls.push_back(std::move(call));
  }
};

class TestHandler : public QueryHandler {
 public:
  explicit TestHandler(TestRecord* record) : record_(record) {}

  std::string auth_plugin(const Login& login) override {
    return login.user == "sha" ? kCachingSha2 : kNativePassword;
  }
  /// "root" has no password; of the others any 20 bytes are right, of "sha" only the clear text.
  PasswordCheck check_response(const Login& login, std::string_view,
                               std::string_view response) override {
    if (login.user == "root") {
      return response.empty() ? PasswordCheck::kRight : PasswordCheck::kWrong;
    }
    if (login.user == "sha") return PasswordCheck::kWantsClearText;
    return response.size() == kSaltSize ? PasswordCheck::kRight : PasswordCheck::kWrong;
  }
  PasswordCheck check_clear_text(const Login&, std::string_view password) override {
    return password == "secret" ? PasswordCheck::kRight : PasswordCheck::kWrong;
  }
  Status log_in(const Login& login) override {
    record_->add("login " + login.user + " db=" + login.database);
    if (login.database == "none") return unknown_database(login.database);
    return ok_status();
  }

  Status execute(std::string_view text, ResultSink& sink) override {
    record_->add("query " + std::string(text));
    if (text == "select 1") return one_row(sink, false);
    if (text == "select 1; select 1") {
      TBL_TRY(one_row(sink, true));
      return one_row(sink, false);
    }
    if (text.starts_with("big ")) return big_row(std::stoul(std::string(text.substr(4))), sink);
    if (text == "load") return load(sink);
    if (text == "kill") {
      killed_ = true;
      return query_interrupted();
    }
    if (text == "update") return sink.on_ok({5, 7, server_status(), 2, "Records: 5", false});
    return syntax_error(1, 1, text);
  }
  Status init_db(std::string_view name) override {
    record_->add("use " + std::string(name));
    return name == "none" ? unknown_database(name) : ok_status();
  }
  Result<std::vector<ColumnMeta>> field_list(std::string_view table, std::string_view) override {
    record_->add("fields " + std::string(table));
    return std::vector<ColumnMeta>{column("id", int_type())};
  }
  Result<Prepared> prepare(std::string_view text) override {
    record_->add("prepare " + std::string(text));
    Prepared prepared;
    prepared.id = ++last_id_;
    for (const char c : text) prepared.parameters = prepared.parameters + (c == '?');
    prepared.columns = {column("n", int_type())};
    return prepared;
  }
  Status execute_prepared(uint32_t id, std::vector<Value> parameters, ResultSink& sink) override {
    record_->add("execute " + std::to_string(id));
    record_->parameters = parameters;
    TBL_TRY(sink.on_columns({column("n", int_type())}));
    for (int64_t i = 1; i <= 3; ++i) TBL_TRY(sink.on_row({Value::of_int(i)}));
    return sink.on_rows_end(end(false));
  }
  void close_prepared(uint32_t id) override { record_->add("close " + std::to_string(id)); }
  std::string statistics() override { return "Uptime: 1"; }
  Status reset() override {
    record_->add("reset");
    return ok_status();
  }
  void allow_multi_statements(bool allowed) override {
    record_->add(allowed ? "multi on" : "multi off");
  }
  uint16_t server_status() const override { return kStatusAutocommit; }
  uint64_t max_allowed_packet() const override { return 40 << 20; }
  uint64_t wait_timeout() const override { return 60; }
  uint8_t result_collation() const override { return kUtf8mb4Bin; }
  bool killed() const override { return killed_; }
  void kill() override { killed_ = true; }

  static ColumnMeta column(const std::string& name, schema::FieldType type) {
    ColumnMeta meta;
    meta.name = name;
    meta.type = std::move(type);
    return meta;
  }

 private:
  EndInfo end(bool more) const { return {0, 0, server_status(), 0, "", more}; }
  Status one_row(ResultSink& sink, bool more) {
    schema::FieldType type = int_type();
    type.flag = schema::kFlagNotNull | schema::kFlagBinary;
    type.flen = 1;
    type.decimal = 0;
    type.charset = "binary";
    TBL_TRY(sink.on_columns({column("1", type)}));
    TBL_TRY(sink.on_row({Value::of_int(1)}));
    return sink.on_rows_end(end(more));
  }
  Status big_row(size_t size, ResultSink& sink) {
    TBL_TRY(sink.on_columns({column("b", bytes_type())}));
    TBL_TRY(sink.on_row({Value::of_string(std::string(size, 'b'))}));
    return sink.on_rows_end(end(false));
  }
  Status load(ResultSink& sink) {
    TBL_ASSIGN(auto file, sink.request_file("a.csv"));
    while (true) {
      TBL_ASSIGN(const auto bytes, file->read());
      if (!bytes) break;
      record_->file += *bytes;
    }
    return sink.on_ok(end(false));
  }

  TestRecord* const record_;
  uint32_t last_id_ = 0;
  std::atomic<bool> killed_ = false;
};

}  // namespace tbl::tidb::protocol
