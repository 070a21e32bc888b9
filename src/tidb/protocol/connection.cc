#include "tidb/protocol/connection.h"

#include "base/bytes.h"
#include "base/log.h"
#include "tidb/protocol/column_definition.h"
#include "tidb/protocol/constants.h"
#include "tidb/protocol/lenenc.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb::protocol {
namespace {

constexpr uint64_t kLargestLoginPacket = 1 << 20;

std::string host_of(const std::string& peer) {
  const size_t colon = peer.rfind(':');
  if (colon == std::string::npos) return "localhost";
  std::string host = peer.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return host;
}

Status unknown_statement(uint32_t id, const char* command) {
  return sql_error(kErrUnknownStmtHandler, "Unknown prepared statement handler (" +
                                               std::to_string(id) + ") given to " + command);
}

}  // namespace

Connection::Connection(rpc::Socket socket, std::string peer, uint64_t id,
                       const LoginOptions& options)
    : stream_(std::move(socket)),
      io_(&stream_),
      peer_(std::move(peer)),
      id_(id),
      options_(options) {
  io_.set_max_payload(kLargestLoginPacket);
}

Connection::~Connection() = default;

void Connection::open(const HandlerFactory& factory) { handler_ = factory(id_, *this); }

LoginContext Connection::login_context() {
  return {&stream_,
          &io_,
          handler_.get(),
          id_,
          host_of(peer_),
          rpc::is_unix(peer_) || peer_ == "unix",
          options_.password_key};
}

void Connection::refuse(const Status& why) {
  // Nobody needs the outcome: the connection ends in any case.
  if (io_.write(write_error(why)).ok()) (void)io_.flush();
}

void Connection::kill() {
  // First, so that the client sees a lost connection and not that its statement was interrupted.
  stream_.shut_down();
  std::lock_guard lock(handler_mutex_);
  if (handler_) handler_->kill();
}

void Connection::end_when_idle() {
  ending_ = true;
  stream_.shut_down_input();
}

void Connection::serve() {
  if (const Status status = log_in(login_context(), options_, &login_); !status.ok()) {
    log_debug("client did not log in", {{"conn", id_}, {"peer", peer_}, {"error", status}});
  } else {
    while (serve_one()) {
    }
  }
  statements_.clear();
  std::unique_ptr<QueryHandler> handler;
  {
    std::lock_guard lock(handler_mutex_);
    handler = std::move(handler_);
  }
  handler.reset();
  stream_.shut_down();
}

bool Connection::serve_one() {
  if (ending_) return false;
  io_.begin_exchange();
  io_.set_max_payload(handler_->max_allowed_packet());
  auto packet = io_.read(std::chrono::seconds(handler_->wait_timeout()));
  if (!packet.ok()) {
    // A packet that is too large or out of order deserves an answer, a lost connection gets none.
    if (packet.status().detail() != 0) reply_error(packet.status());
    return false;
  }
  if (packet->empty()) {
    return reply_error(sql_error(kErrUnknownCom, "Unknown command")) && !handler_->killed();
  }
  const auto command = static_cast<uint8_t>((*packet)[0]);
  return dispatch(command, std::string_view(*packet).substr(1)) && !handler_->killed();
}

bool Connection::dispatch(uint8_t command, std::string_view payload) {
  switch (command) {
    case kComQuit:
      return false;
    case kComSleep:
    case kComPing:
    case kComRefresh:
      return reply_ok();
    case kComInitDb: {
      const Status status = handler_->init_db(payload);
      return status.ok() ? reply_ok() : reply_error(status);
    }
    case kComQuery:
      return reply(query(payload));
    case kComFieldList:
      return reply(field_list(payload));
    case kComStatistics:
      return reply(io_.write(handler_->statistics()));
    case kComChangeUser:
      statements_.clear();
      return change_user(login_context(), payload, &login_).ok();
    case kComStmtPrepare:
      return reply(prepare(payload));
    case kComStmtExecute:
      return reply(execute(payload));
    case kComStmtSendLongData:
      return send_long_data(payload).ok();  // never answered
    case kComStmtClose:
      return close_statement(payload).ok();  // never answered
    case kComStmtReset:
      return reply(reset_statement(payload));
    case kComSetOption:
      return reply(set_option(payload));
    case kComStmtFetch:
      return reply(fetch(payload));
    case kComResetConnection: {
      statements_.clear();
      const Status status = handler_->reset();
      return status.ok() ? reply_ok() : reply_error(status);
    }
    default:
      return reply_error(
          sql_error(kErrUnknown, "command " + std::to_string(command) + " not supported now"));
  }
}

bool Connection::reply(const Status& status) {
  if (status.ok()) return io_.flush().ok();
  return reply_error(status);
}

bool Connection::reply_ok() {
  EndInfo info;
  info.status = handler_->server_status();
  return io_.write(write_ok(info)).ok() && io_.flush().ok();
}

bool Connection::reply_error(const Status& error) {
  return io_.write(write_error(error)).ok() && io_.flush().ok();
}

ResultOptions Connection::result_options(bool binary) const {
  return {.binary = binary,
          .cursor = nullptr,
          .result_collation = handler_->result_collation(),
          .local_files = (login_.capabilities & kLocalFiles) != 0};
}

Status Connection::query(std::string_view text) {
  // Some clients send the NUL at the end of their text along.
  if (text.ends_with('\0')) text.remove_suffix(1);
  ResultWriter writer(&io_, handler_.get(), result_options(false));
  return handler_->execute(text, writer);
}

Status Connection::field_list(std::string_view payload) {
  ByteReader in(payload);
  std::string_view table;
  if (!read_nul_string(in, &table)) {
    return sql_error(kErrUnknownCom, "Malformed COM_FIELD_LIST");
  }
  TBL_ASSIGN(const auto columns, handler_->field_list(table, in.rest()));
  for (const ColumnMeta& column : columns) {
    TBL_TRY(io_.write(write_column_definition(column, handler_->result_collation(), true)));
  }
  return io_.write(write_eof(0, handler_->server_status()));
}

Status Connection::prepare(std::string_view text) {
  TBL_ASSIGN(const Prepared prepared, handler_->prepare(text));
  statements_[prepared.id].parameters.count = prepared.parameters;
  std::string head(1, static_cast<char>(kOkHeader));
  put_le32(head, prepared.id);
  put_le16(head, static_cast<uint16_t>(prepared.columns.size()));
  put_le16(head, prepared.parameters);
  head.push_back('\0');
  put_le16(head, prepared.warnings);
  TBL_TRY(io_.write(head));
  const std::string eof = write_eof(0, handler_->server_status());
  if (prepared.parameters > 0) {
    ColumnMeta parameter;
    parameter.name = "?";
    parameter.type.tp = schema::kTypeVarString;
    parameter.type.charset = "binary";
    const std::vector<ColumnMeta> all(prepared.parameters, parameter);
    TBL_TRY(write_columns(&io_, all, 0));
    TBL_TRY(io_.write(eof));
  }
  if (prepared.columns.empty()) return ok_status();
  TBL_TRY(write_columns(&io_, prepared.columns, handler_->result_collation()));
  return io_.write(eof);
}

Result<Connection::Statement*> Connection::find_statement(std::string_view payload,
                                                          const char* command) {
  ByteReader in(payload);
  uint32_t id = 0;
  if (!in.read_le32(&id)) return sql_error(kErrUnknownCom, "Malformed statement command");
  const auto found = statements_.find(id);
  if (found == statements_.end()) return unknown_statement(id, command);
  return &found->second;
}

Status Connection::execute(std::string_view payload) {
  TBL_ASSIGN(Statement* const statement, find_statement(payload, "stmt_execute"));
  TBL_ASSIGN(const ExecuteHeader header, parse_execute_header(payload));
  if (statement->long_too_large) {
    return sql_error(kErrNetPacketTooLarge, "Got a packet bigger than 'max_allowed_packet' bytes");
  }
  auto values = parse_parameters(header.parameters, &statement->parameters);
  statement->parameters.long_data.clear();
  statement->long_bytes = 0;
  if (!values.ok()) return std::move(values).status();
  ResultOptions options = result_options(true);
  statement->cursor = Cursor();
  if (header.cursor) options.cursor = &statement->cursor;
  ResultWriter writer(&io_, handler_.get(), options);
  return handler_->execute_prepared(header.statement_id, std::move(*values), writer);
}

/// Errors are told by the next execution, as the command has no answer.
Status Connection::send_long_data(std::string_view payload) {
  ByteReader in(payload);
  uint32_t id = 0;
  uint16_t parameter = 0;
  if (!in.read_le32(&id) || !in.read_le16(&parameter)) return ok_status();
  const auto found = statements_.find(id);
  if (found == statements_.end() || parameter >= found->second.parameters.count) return ok_status();
  Statement& statement = found->second;
  statement.long_bytes += in.remaining();
  if (statement.long_bytes > handler_->max_allowed_packet()) {
    statement.long_too_large = true;
    statement.parameters.long_data.clear();
    return ok_status();
  }
  statement.parameters.long_data[parameter].append(in.rest());
  return ok_status();
}

Status Connection::reset_statement(std::string_view payload) {
  TBL_ASSIGN(Statement* const statement, find_statement(payload, "stmt_reset"));
  statement->parameters.long_data.clear();
  statement->long_bytes = 0;
  statement->long_too_large = false;
  statement->cursor = Cursor();
  EndInfo info;
  info.status = handler_->server_status();
  return io_.write(write_ok(info));
}

Status Connection::close_statement(std::string_view payload) {
  ByteReader in(payload);
  uint32_t id = 0;
  if (in.read_le32(&id) && statements_.erase(id) > 0) handler_->close_prepared(id);
  return ok_status();
}

Status Connection::fetch(std::string_view payload) {
  TBL_ASSIGN(Statement* const statement, find_statement(payload, "stmt_fetch"));
  ByteReader in(payload.substr(sizeof(uint32_t)));
  uint32_t wanted = 0;
  if (!in.read_le32(&wanted)) return sql_error(kErrUnknownCom, "Malformed COM_STMT_FETCH");
  auto& rows = statement->cursor.rows;
  for (; wanted > 0 && !rows.empty(); --wanted) {
    TBL_TRY(io_.write(rows.front()));
    rows.pop_front();
  }
  uint16_t status = handler_->server_status() | kStatusCursorExists;
  if (rows.empty()) status |= kStatusLastRowSent;
  return io_.write(write_eof(0, status));
}

Status Connection::set_option(std::string_view payload) {
  ByteReader in(payload);
  uint16_t option = 0;
  if (!in.read_le16(&option) || option > 1) {
    return sql_error(kErrUnknownCom, "Unknown option of COM_SET_OPTION");
  }
  handler_->allow_multi_statements(option == 0);
  return io_.write(write_eof(0, handler_->server_status()));
}

}  // namespace tbl::tidb::protocol
