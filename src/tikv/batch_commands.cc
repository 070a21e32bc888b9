#include "tikv/batch_commands.h"

#include <mutex>

#include "codec/wire.h"

namespace tbl::tikv {
namespace {

using codec::WireField;
using codec::WireReader;
using codec::WireType;

constexpr uint32_t kRequests = 1;  // and responses
constexpr uint32_t kIds = 2;

Status bad_frame(const std::string& what) {
  return internal_error("BatchCommandsRequest: " + what);
}

/// The oneof of one Request; nothing set is command 0.
Status parse_request(Bytes message, SubRequest* request) {
  WireReader reader(message);
  WireField field;
  while (reader.next(&field)) {
    if (field.type != WireType::kBytes) return bad_frame("a request is no message");
    request->command = field.number;
    request->bytes = field.bytes;
  }
  return reader.failed() ? bad_frame("a request cannot be parsed") : ok_status();
}

Status parse_ids(const WireField& field, std::vector<uint64_t>* ids) {
  if (field.type == WireType::kVarint) {
    ids->push_back(field.varint);
    return ok_status();
  }
  if (field.type != WireType::kBytes) return bad_frame("bad request id");
  ByteReader packed(field.bytes);
  while (!packed.empty()) {
    uint64_t id = 0;
    if (!packed.read_uvarint(&id)) return bad_frame("bad request id");
    ids->push_back(id);
  }
  return ok_status();
}

}  // namespace

Result<std::vector<SubRequest>> parse_batch(Bytes frame) {
  std::vector<SubRequest> requests;
  std::vector<uint64_t> ids;
  WireReader reader(frame);
  WireField field;
  while (reader.next(&field)) {
    if (field.number == kRequests) {
      if (field.type != WireType::kBytes) return bad_frame("a request is no message");
      TBL_TRY(parse_request(field.bytes, &requests.emplace_back()));
    } else if (field.number == kIds) {
      TBL_TRY(parse_ids(field, &ids));
    }
  }
  if (reader.failed()) return bad_frame("cannot be parsed");
  if (ids.size() != requests.size()) {
    return bad_frame(std::to_string(requests.size()) + " requests with " +
                     std::to_string(ids.size()) + " ids");
  }
  for (size_t i = 0; i < ids.size(); ++i) requests[i].id = ids[i];
  return requests;
}

std::string encode_batch(const std::vector<SubResponse>& responses) {
  std::string out;
  std::string ids;
  for (const auto& response : responses) {
    std::string head;
    codec::put_wire_length(head, response.command, response.bytes.size());
    codec::put_wire_length(out, kRequests, head.size() + response.bytes.size());
    out += head;
    out += response.bytes;
    put_uvarint(ids, response.id);
  }
  codec::put_wire_bytes(out, kIds, ids);
  return out;
}

/// Where the answers of one stream meet. Any thread.
class BatchCommandsHandler::Replies {
 public:
  explicit Replies(rpc::ServerCallPtr call) : call_(std::move(call)) {}

  void begin(size_t requests) {
    std::lock_guard lock(mutex_);
    running_ += requests;
  }

  /// Whoever comes while another thread is sending leaves the answer to it.
  void answer(SubResponse response) {
    std::unique_lock lock(mutex_);
    --running_;
    ready_.push_back(std::move(response));
    if (sending_) return;
    sending_ = true;
    while (!ready_.empty()) {
      std::vector<SubResponse> batch;
      batch.swap(ready_);
      lock.unlock();
      call_->send(encode_batch(batch));
      lock.lock();
    }
    sending_ = false;
    finish_if_done();
  }

  void fail(const Status& status) { call_->finish(status); }

  void half_close() {
    std::lock_guard lock(mutex_);
    half_closed_ = true;
    if (!sending_) finish_if_done();
  }

 private:
  void finish_if_done() {
    if (half_closed_ && running_ == 0) call_->finish(ok_status());
  }

  const rpc::ServerCallPtr call_;
  std::mutex mutex_;
  std::vector<SubResponse> ready_;
  size_t running_ = 0;
  bool sending_ = false;
  bool half_closed_ = false;
};

BatchCommandsHandler::BatchCommandsHandler(const Dispatcher& dispatcher, rpc::ServerCallPtr call)
    : dispatcher_(dispatcher), replies_(std::make_shared<Replies>(std::move(call))) {}

BatchCommandsHandler::~BatchCommandsHandler() = default;

void BatchCommandsHandler::on_message(std::string message) {
  // The requests point into the frame, which lives until the last of them has run.
  const auto frame = std::make_shared<const std::string>(std::move(message));
  auto requests = parse_batch(*frame);
  if (!requests.ok()) return replies_->fail(requests.status());
  replies_->begin(requests->size());
  for (const auto& request : *requests) {
    const Method* method = find_subcommand(request.command);
    if (method == nullptr) {
      return replies_->fail(
          unimplemented("BatchCommands: unknown command " + std::to_string(request.command)));
    }
    dispatcher_.run(*method, {frame, request.bytes},
                    [replies = replies_, request](const Status& status, std::string bytes) {
                      if (!status.ok()) return replies->fail(status);
                      replies->answer({request.id, request.command, std::move(bytes)});
                    });
  }
}

void BatchCommandsHandler::on_half_close() { replies_->half_close(); }

}  // namespace tbl::tikv
