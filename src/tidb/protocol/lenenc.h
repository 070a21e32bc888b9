// The protocol's own encodings: length-encoded integers and strings, strings that end in NUL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace tbl::tidb::protocol {

void put_lenenc(std::string& out, uint64_t v);
void put_lenenc_string(std::string& out, std::string_view s);

/// False, with the position untouched or at a part of the value: the packet is too short, or 0xfb
/// or 0xff stands where a length should.
bool read_lenenc(ByteReader& in, uint64_t* v);
bool read_lenenc_string(ByteReader& in, std::string_view* s);
/// Up to a NUL, which is skipped.
bool read_nul_string(ByteReader& in, std::string_view* s);

}  // namespace tbl::tidb::protocol
