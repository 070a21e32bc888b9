// One client: its login, then its commands, one after the other.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "rpc/socket.h"
#include "tidb/protocol/binary_parameters.h"
#include "tidb/protocol/login.h"
#include "tidb/protocol/packet_io.h"
#include "tidb/protocol/query_handler.h"
#include "tidb/protocol/result_writer.h"

namespace tbl::tidb::protocol {

/// serve() runs on the connection's own thread; shut_down() and kill() may come from any.
class Connection : public ConnectionControl {
 public:
  Connection(rpc::Socket socket, std::string peer, uint64_t id, const LoginOptions& options);
  ~Connection() override;

  /// Makes the session. Before serve().
  void open(const HandlerFactory& factory);
  /// Until the client leaves, is killed, or breaks the protocol.
  void serve();
  /// Sends an error instead of a greeting: too many connections.
  void refuse(const Status& why);
  /// Ends the running statement and the connection.
  void kill();
  /// Takes no further command; a running statement may end and answer.
  void end_when_idle();

  void shut_down() override { stream_.shut_down(); }
  std::string peer() const override { return peer_; }
  uint64_t id() const { return id_; }

 private:
  struct Statement {
    ParameterState parameters;
    Cursor cursor;
    uint64_t long_bytes = 0;
    bool long_too_large = false;
  };
  /// False: the connection ends.
  bool serve_one();
  bool dispatch(uint8_t command, std::string_view payload);
  bool reply(const Status& status);
  bool reply_ok();
  bool reply_error(const Status& error);

  Status query(std::string_view text);
  Status field_list(std::string_view payload);
  Status prepare(std::string_view text);
  Status execute(std::string_view payload);
  Status send_long_data(std::string_view payload);
  Status reset_statement(std::string_view payload);
  Status close_statement(std::string_view payload);
  Status fetch(std::string_view payload);
  Status set_option(std::string_view payload);
  Result<Statement*> find_statement(std::string_view payload, const char* command);

  ResultOptions result_options(bool binary) const;
  LoginContext login_context();

  WireStream stream_;
  PacketIo io_;
  const std::string peer_;
  const uint64_t id_;
  const LoginOptions& options_;
  std::atomic<bool> ending_{false};
  std::mutex handler_mutex_;  ///< kill() against the end of serve()
  std::unique_ptr<QueryHandler> handler_;
  Login login_;
  std::map<uint32_t, Statement> statements_;
};

}  // namespace tbl::tidb::protocol
