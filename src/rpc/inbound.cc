#include "rpc/inbound.h"

namespace tbl::rpc {

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
  while (!stopped_ && !data.empty() && reading_.load()) {
    size_t before = data.size();
    std::string message;
    auto got = reader_.next(&data, &message);
    sink_->on_inbound_consumed(before - data.size());
    if (!got.ok()) {
      stopped_ = true;
      sink_->on_inbound_error(got.status());
      return {};
    }
    if (!*got) continue;
    if (pieces_) {
      sink_->on_inbound_piece({std::move(message), !reader_.partial(), reader_.is_compressed()});
    } else {
      sink_->on_inbound_message(std::move(message));
    }
  }
  return stopped_ ? Bytes{} : data;
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
