#include "tidb/binlog/write_call.h"

#include "codec/binlog_view.h"
#include "codec/wire.h"

namespace tbl::tidb {
namespace {

constexpr char kPath[] = "/binlog.Pump/WriteBinlog";
constexpr uint32_t kClusterIdField = 1, kPayloadField = 2, kErrmsgField = 1;

codec::BinlogView view_of(const BinlogRecord& record) {
  codec::BinlogView view;
  view.has_type = view.has_start_ts = view.has_commit_ts = view.has_ddl_job_id = true;
  view.has_ddl_schema_state = true;
  view.start_ts = static_cast<int64_t>(record.start_ts);
  view.has_prewrite_key = true;
  view.prewrite_key = record.prewrite_key;
  view.has_ddl_query = record.ddl_job_id > 0;
  view.ddl_query = record.ddl_query;
  view.ddl_job_id = record.ddl_job_id;
  view.ddl_schema_state = record.ddl_schema_state;
  return view;
}

std::string request_with(uint64_t cluster_id, const codec::BinlogView& view) {
  const size_t size = codec::binlog_size(view);
  std::string out;
  out.reserve(size + 32);
  codec::put_wire_varint(out, kClusterIdField, cluster_id);
  codec::put_wire_length(out, kPayloadField, size);
  codec::write_binlog(out, view);
  return out;
}

Status errmsg_of(const std::string& message) {
  codec::WireReader reader(message);
  codec::WireField field;
  std::string errmsg;
  while (reader.next(&field)) {
    if (field.number == kErrmsgField && field.type == codec::WireType::kBytes) errmsg = field.bytes;
  }
  if (reader.failed()) return reader.status("WriteBinlogResp");
  return errmsg.empty() ? ok_status() : unknown_error(errmsg);
}

class Handler : public rpc::ClientHandler {
 public:
  explicit Handler(WriteCall::Done done) : done_(std::move(done)) {}
  void on_message(std::string message) override { answer_ = errmsg_of(message); }
  void on_over(const Status& status, const rpc::Metadata&) override {
    if (!status.ok()) {
      done_(status);
    } else if (!answer_) {
      done_(internal_error("pump ended the call without an answer"));
    } else {
      done_(*answer_);
    }
  }

 private:
  WriteCall::Done done_;
  std::optional<Status> answer_;
};

}  // namespace

std::string prewrite_request(uint64_t cluster_id, const BinlogRecord& record) {
  codec::BinlogView view = view_of(record);
  view.type = codec::kBinlogPrewrite;
  view.has_prewrite_value = record.ddl_job_id == 0;
  view.prewrite_value = record.prewrite_value;
  return request_with(cluster_id, view);
}

std::string finish_request(uint64_t cluster_id, const BinlogRecord& record, uint64_t commit_ts) {
  codec::BinlogView view = view_of(record);
  view.type = commit_ts > 0 ? codec::kBinlogCommit : codec::kBinlogRollback;
  view.commit_ts = static_cast<int64_t>(commit_ts);
  return request_with(cluster_id, view);
}

std::string probe_request(uint64_t cluster_id) {
  std::string out;
  codec::put_wire_varint(out, kClusterIdField, cluster_id);
  return out;
}

WriteCall::WriteCall(rpc::Channel& channel, std::string request, std::chrono::milliseconds timeout,
                     Done done) {
  rpc::CallOptions options;
  options.timeout = timeout;
  call_ = channel.open_async(kPath, std::make_unique<Handler>(std::move(done)), options);
  call_->send(std::move(request));
  call_->half_close();
}

WaitedWrite::WaitedWrite(rpc::Channel& channel, std::string request,
                         std::chrono::milliseconds timeout)
    : call_(channel, std::move(request), timeout, [this](const Status& status) {
        std::lock_guard lock(mutex_);
        result_ = status;
        changed_.notify_all();
      }) {}

Status WaitedWrite::wait(const StopToken& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [&] { return result_.has_value(); });
  return result_ ? *result_ : cancelled("context canceled");
}

}  // namespace tbl::tidb
