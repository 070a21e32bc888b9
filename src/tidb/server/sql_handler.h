// Between the wire protocol and a session: one per connection.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "tidb/protocol/query_handler.h"
#include "tidb/session/session.h"

namespace tbl::tidb {

/// Used by the connection's thread, but for kill().
class SqlHandler : public protocol::QueryHandler {
 public:
  SqlHandler(Domain& domain, uint64_t connection_id, protocol::ConnectionControl& control);
  ~SqlHandler() override;

  std::string auth_plugin(const protocol::Login& login) override;
  protocol::PasswordCheck check_response(const protocol::Login& login, std::string_view salt,
                                         std::string_view response) override;
  protocol::PasswordCheck check_clear_text(const protocol::Login& login,
                                           std::string_view password) override;
  Status log_in(const protocol::Login& login) override;

  Status execute(std::string_view text, protocol::ResultSink& sink) override;
  Status init_db(std::string_view name) override;
  Result<std::vector<protocol::ColumnMeta>> field_list(std::string_view table,
                                                       std::string_view wild) override;
  Result<protocol::Prepared> prepare(std::string_view text) override;
  Status execute_prepared(uint32_t id, std::vector<Value> parameters,
                          protocol::ResultSink& sink) override;
  void close_prepared(uint32_t id) override { session_->close_prepared(id); }

  std::string statistics() override;
  Status reset() override { return session_->reset(); }
  void allow_multi_statements(bool allowed) override { session_->multi_statements = allowed; }
  uint16_t server_status() const override { return session_->server_status(); }
  uint64_t max_allowed_packet() const override;
  uint64_t wait_timeout() const override;
  uint8_t result_collation() const override;
  bool killed() const override;
  void kill() override { session_->process().kill(); }

 private:
  Domain& domain_;
  std::unique_ptr<Session> session_;
};

}  // namespace tbl::tidb
