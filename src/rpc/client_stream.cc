#include "rpc/client_stream.h"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace tbl::rpc {
namespace {

constexpr uint64_t kReadAheadBytes = 1 << 20;
constexpr uint64_t kWriteAheadBytes = 4 << 20;
constexpr auto kForever = std::chrono::hours(24 * 365);

class AsyncCallImpl : public AsyncCall {
 public:
  explicit AsyncCallImpl(std::shared_ptr<ClientCall> call) : call_(std::move(call)) {}
  ~AsyncCallImpl() override { call_->abandon(); }
  void send(std::string message) override { call_->send(std::move(message)); }
  void half_close() override { call_->half_close(); }
  void cancel() override { call_->cancel(); }
  void set_reading(bool on) override { call_->set_reading(on); }
  uint64_t pending_bytes() const override { return call_->pending_bytes(); }

 private:
  const std::shared_ptr<ClientCall> call_;
};

/// What has arrived and was not received yet; filled by the loop, emptied by the user's thread.
class Inbox {
 public:
  explicit Inbox(ClientCall* call) : call_(call) {}

  void put(std::span<MessagePiece> messages) {
    std::unique_lock lock(mutex_);
    const bool was_empty = messages_.empty();
    for (MessagePiece& message : messages) {
      bytes_ += message.size();
      messages_.push_back(std::move(message));
    }
    if (bytes_ >= kReadAheadBytes && reading_) {
      reading_ = false;
      call_->set_reading(false);
    }
    lock.unlock();
    if (was_empty) changed_.notify_all();
  }
  void end(const Status& status) {
    std::lock_guard lock(mutex_);
    over_ = true;
    status_ = status;
    changed_.notify_all();
  }
  void set_headers(const Metadata& headers) {
    std::lock_guard lock(mutex_);
    headers_ = headers;
  }
  Metadata headers() const {
    std::lock_guard lock(mutex_);
    return headers_;
  }
  /// The call's status; ok while it goes on.
  Status status(bool* over) const {
    std::lock_guard lock(mutex_);
    *over = over_;
    return status_;
  }

  /// Waits until `stop` or `until`.
  Result<std::optional<MessagePiece>> take(const StopToken& stop,
                                           std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    TBL_TRY(wait(lock, stop, until));
    if (messages_.empty()) return std::optional<MessagePiece>();
    std::optional<MessagePiece> message(std::move(messages_.front()));
    messages_.pop_front();
    took(message->size());
    return message;
  }

  /// All that is there.
  Status take_all(Ring<MessagePiece>* messages, const StopToken& stop) {
    std::unique_lock lock(mutex_);
    TBL_TRY(wait(lock, stop, std::chrono::steady_clock::now() + kForever));
    took(bytes_);
    std::swap(*messages, messages_);
    return ok_status();
  }

 private:
  /// OK: there is a message, or the end.
  Status wait(std::unique_lock<std::mutex>& lock, const StopToken& stop,
              std::chrono::steady_clock::time_point until) {
    changed_.wait_until(lock, stop, until, [this] { return over_ || !messages_.empty(); });
    if (stop.stop_requested()) return cancelled("context canceled");
    if (!messages_.empty()) return ok_status();
    return over_ ? status_ : deadline_exceeded("no message yet");
  }

  /// Reading goes on when there is room for more than a message or two: what was held back is
  /// copied each time.
  void took(uint64_t bytes) {
    bytes_ -= bytes;
    if (reading_ || bytes_ > kReadAheadBytes / 2) return;
    reading_ = true;
    call_->set_reading(true);
  }

  ClientCall* const call_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  Ring<MessagePiece> messages_;
  uint64_t bytes_ = 0;
  bool reading_ = true;
  bool over_ = false;
  Status status_;
  Metadata headers_;
};

class InboxHandler : public ClientHandler {
 public:
  explicit InboxHandler(Inbox* inbox) : inbox_(inbox) {}
  void on_headers(const Metadata& headers) override { inbox_->set_headers(headers); }
  void on_message(std::string message) override {
    MessagePiece whole{std::move(message)};
    inbox_->put({&whole, 1});
  }
  void on_pieces(std::span<MessagePiece> pieces) override { inbox_->put(pieces); }
  void on_over(const Status& status, const Metadata&) override { inbox_->end(status); }

 private:
  Inbox* const inbox_;
};

Result<std::optional<std::string>> bytes_of(Result<std::optional<MessagePiece>> piece) {
  if (!piece.ok()) return piece.status();
  if (!*piece) return std::optional<std::string>();
  return std::optional<std::string>(std::move((*piece)->bytes));
}

class ClientStreamImpl : public ClientStream {
 public:
  explicit ClientStreamImpl(std::shared_ptr<ClientCall> call)
      : call_(std::move(call)), inbox_(call_.get()) {
    call_->start(std::make_unique<InboxHandler>(&inbox_));
  }
  ~ClientStreamImpl() override { call_->abandon(); }

  Status send(std::string message) override {
    call_->out().wait_below(kWriteAheadBytes, kForever);
    bool over = false;
    Status status = inbox_.status(&over);
    if (over) return status.ok() ? failed_precondition("the call is over") : status;
    call_->send(std::move(message));
    return ok_status();
  }
  void half_close() override { call_->half_close(); }
  Result<std::optional<std::string>> receive(const StopToken& stop) override {
    return bytes_of(inbox_.take(stop, std::chrono::steady_clock::now() + kForever));
  }
  Status receive_pieces(Ring<MessagePiece>* pieces, const StopToken& stop) override {
    while (!pieces->empty()) pieces->pop_front();
    return inbox_.take_all(pieces, stop);
  }
  Result<std::optional<std::string>> receive_for(std::chrono::milliseconds timeout) override {
    return bytes_of(inbox_.take({}, std::chrono::steady_clock::now() + timeout));
  }
  Metadata headers() const override { return inbox_.headers(); }
  void cancel() override { call_->cancel(); }

 private:
  const std::shared_ptr<ClientCall> call_;
  Inbox inbox_;
};

/// The answer of a unary call, on the stack of the thread that waits.
struct UnaryAnswer {
  std::mutex mutex;
  std::condition_variable done;
  bool over = false;
  Status status;
  std::optional<std::string> message;
};

class UnaryAnswerHandler : public ClientHandler {
 public:
  explicit UnaryAnswerHandler(UnaryAnswer* answer) : answer_(answer) {}
  void on_message(std::string message) override { answer_->message = std::move(message); }
  void on_over(const Status& status, const Metadata&) override {
    std::lock_guard lock(answer_->mutex);
    answer_->over = true;
    answer_->status = status;
    answer_->done.notify_all();
  }

 private:
  UnaryAnswer* const answer_;
};

}  // namespace

std::unique_ptr<AsyncCall> make_async_call(std::shared_ptr<ClientCall> call,
                                           std::unique_ptr<ClientHandler> handler) {
  auto result = std::make_unique<AsyncCallImpl>(call);
  call->start(std::move(handler));
  return result;
}

std::unique_ptr<ClientStream> make_client_stream(std::shared_ptr<ClientCall> call) {
  return std::make_unique<ClientStreamImpl>(std::move(call));
}

Result<std::string> unary_call(const std::shared_ptr<ClientCall>& call, std::string request) {
  UnaryAnswer answer;
  call->start_unary(std::make_unique<UnaryAnswerHandler>(&answer), std::move(request));
  {
    std::unique_lock lock(answer.mutex);
    answer.done.wait(lock, [&] { return answer.over; });
  }
  // The callback may still be on its way out of on_over().
  call->abandon();
  if (!answer.status.ok()) return answer.status;
  if (!answer.message) return internal_error("the server ended a unary call without an answer");
  return std::move(*answer.message);
}

}  // namespace tbl::rpc
