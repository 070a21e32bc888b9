#include "rpc/message_batch.h"

#include "rpc/grpc_framing.h"

namespace tbl::rpc {

std::string& MessageBatch::begin(uint64_t size) {
  const auto prefix = message_prefix(size, false);
  frames_.append(prefix.data(), prefix.size());
  return frames_;
}

Bytes next_of_batch(Bytes* frames) {
  constexpr size_t kPrefix = 5;
  const size_t size = get_be32(frames->data() + 1);
  const Bytes message = frames->substr(kPrefix, size);
  frames->remove_prefix(kPrefix + size);
  return message;
}

}  // namespace tbl::rpc
