#include "rpc/direct_channel.h"

#include "rpc/direct_connection.h"

namespace tbl::rpc {
namespace {

constexpr size_t kIdleMax = 64;

}  // namespace

DirectChannel::DirectChannel(std::string address, ChannelOptions options)
    : address_(std::move(address)), options_(std::move(options)) {}

DirectChannel::~DirectChannel() = default;

Result<std::string> DirectChannel::call(const std::string& path, std::string request,
                                        std::chrono::milliseconds timeout, const StopToken& stop) {
  const Patience patience{std::chrono::steady_clock::now() + timeout, stop};
  auto connection = take_idle();
  if (connection == nullptr) {
    auto made = DirectConnection::open(address_, options_, patience);
    if (!made.ok()) {
      const Status& why = made.status();
      if (why.code() == StatusCode::kCancelled) return why;
      return unavailable("connect " + address_ + ": " + why.message());
    }
    connection = std::move(*made);
  }
  auto answer = connection->call(path, std::move(request), patience);
  if (connection->fit_for_more()) give_back(std::move(connection));
  return answer;
}

std::unique_ptr<DirectConnection> DirectChannel::take_idle() {
  while (true) {
    std::unique_ptr<DirectConnection> connection;
    {
      std::lock_guard lock(mutex_);
      if (idle_.empty()) return nullptr;
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
    if (connection->still_stands()) return connection;
  }
}

void DirectChannel::give_back(std::unique_ptr<DirectConnection> connection) {
  std::lock_guard lock(mutex_);
  if (idle_.size() < kIdleMax) idle_.push_back(std::move(connection));
}

}  // namespace tbl::rpc
