// Calls in flight of a load on pump: each has a slot, whose number a queue gets when it is over.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/queue.h"
#include "rpc/client.h"

namespace tbl {

/// Writes down how a call ended, then tells its slot's number. Both outlive the call.
class SlotHandler final : public rpc::ClientHandler {
 public:
  SlotHandler(size_t slot, Status& status, Queue<size_t>& done)
      : slot_(slot), status_(status), done_(done) {}
  void on_message(std::string) override {}
  void on_over(const Status& status, const rpc::Metadata&) override {
    status_ = status;
    done_.push(slot_, 1);
  }

 private:
  const size_t slot_;
  Status& status_;
  Queue<size_t>& done_;
};

}  // namespace tbl
