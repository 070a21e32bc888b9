#include "rpc/inbound.h"

namespace tbl::rpc {
namespace {

constexpr size_t kPiecesTogether = 64;

}  // namespace

void Inbound::on_data(Bytes data) {
  if (stopped_ || discard_) {
    sink_->on_inbound_consumed(data.size());
    return;
  }
  if (!held_.empty() || !reading_.load()) {
    held_.append(data);
    return;
  }
  held_.assign(deliver(data));
}

void Inbound::on_end() {
  ended_ = true;
  finish();
}

void Inbound::resume() {
  if (stopped_ || !reading_.load()) return;
  if (!held_.empty()) {
    std::string data = std::move(held_);
    held_.assign(deliver(data));
  }
  finish();
}

Bytes Inbound::deliver(Bytes data) {
  if (pieces_) return deliver_pieces(data);
  while (!stopped_ && !data.empty() && reading_.load()) {
    size_t before = data.size();
    std::string message;
    auto got = reader_.next(&data, &message);
    sink_->on_inbound_consumed(before - data.size());
    if (!got.ok()) {
      fail(got.status());
      return {};
    }
    if (*got) sink_->on_inbound_message(std::move(message));
  }
  return stopped_ ? Bytes{} : data;
}

// Small ones go together, as the sink has a lock to take for each call.
Bytes Inbound::deliver_pieces(Bytes data) {
  while (!stopped_ && !data.empty() && reading_.load()) {
    const size_t before = data.size();
    Status error;
    while (!data.empty() && together_.size() < kPiecesTogether) {
      std::string message;
      auto got = reader_.next(&data, &message);
      error = got.status();
      if (!error.ok() || !*got) break;
      together_.push_back(
          {std::move(message), !reader_.partial(), reader_.is_compressed(), reader_.take_shared()});
    }
    sink_->on_inbound_consumed(before - data.size());
    if (!together_.empty()) sink_->on_inbound_pieces(together_);
    together_.clear();
    if (!error.ok()) fail(error);
  }
  return stopped_ ? Bytes{} : data;
}

void Inbound::fail(const Status& error) {
  stopped_ = true;
  sink_->on_inbound_error(error);
}

void Inbound::finish() {
  if (!ended_ || stopped_ || !held_.empty() || !reading_.load()) return;
  stopped_ = true;
  if (reader_.partial()) {
    sink_->on_inbound_error(internal_error("the stream ended inside a message"));
  } else {
    sink_->on_inbound_end();
  }
}

}  // namespace tbl::rpc
