// The stream that carries many requests: tikvpb.BatchCommandsRequest and -Response, read and
// written by hand so that their contents are not copied twice.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "rpc/server.h"
#include "tikv/dispatcher.h"

namespace tbl::tikv {

/// One request of a frame.
struct SubRequest {
  uint64_t id = 0;
  uint32_t command = 0;  ///< field number of the oneof
  Bytes bytes;           ///< points into the frame
};

/// Takes a BatchCommandsRequest apart. Error: kInternal for bytes that are none, or ids and
/// requests that are not equally many.
Result<std::vector<SubRequest>> parse_batch(Bytes frame);

/// One answer, as it stands in a BatchCommandsResponse.
struct SubResponse {
  uint64_t id = 0;
  uint32_t command = 0;
  std::string bytes;
};
std::string encode_batch(const std::vector<SubResponse>& responses);

/// The requests of one stream run at the same time on the pool; answers go out as they come, those
/// that are ready together in one frame. A request of an unknown kind ends the stream with
/// UNIMPLEMENTED, a failing storage with its error; the client then asks again.
class BatchCommandsHandler : public rpc::CallHandler {
 public:
  /// `dispatcher` must outlive the call.
  BatchCommandsHandler(const Dispatcher& dispatcher, rpc::ServerCallPtr call);
  ~BatchCommandsHandler() override;
  void on_message(std::string message) override;
  void on_half_close() override;

  class Replies;

 private:
  const Dispatcher& dispatcher_;
  std::shared_ptr<Replies> replies_;  ///< shared with requests that are running
};

}  // namespace tbl::tikv
