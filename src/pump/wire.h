// The four messages of service Pump, by hand: their payloads are large and must not be copied
// about.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/status.h"
#include "base/varint_buffer.h"

namespace tbl::pump {

/// WriteBinlogReq.
struct WriteRequest {
  uint64_t cluster_id = 0;
  std::string payload;
};
Result<WriteRequest> parse_write_request(std::string message);

/// PullBinlogReq.
struct PullRequest {
  uint64_t cluster_id = 0;
  int64_t offset = 0;  ///< last commit ts received
};
Result<PullRequest> parse_pull_request(Bytes message);

/// PullBinlogResp around a payload that follows `head`.
struct PullEnvelope {
  VarintBuffer<32> head;
  VarintBuffer<32> tail;
};
/// Byte for byte as the original writes it: an empty pos, the payload, both ts in meta.
PullEnvelope make_pull_envelope(uint64_t payload_size, uint64_t start_ts, uint64_t commit_ts);

/// "cluster ID are mismatch, <given> vs <own>"
Status cluster_mismatch(uint64_t given, uint64_t own);

}  // namespace tbl::pump
