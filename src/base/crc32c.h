// CRC-32C (Castagnoli), the checksum of every record this project writes.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace tbl {

/// CRC-32C of `data`; `seed` is the CRC of what came before it. Uses SSE4.2 where the CPU has it.
uint32_t crc32c(Bytes data, uint32_t seed = 0);

}  // namespace tbl
