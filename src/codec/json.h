// TiDB's binary JSON: a type code, then the value; integers little endian, offsets relative to
// their container.
#pragma once

#include <string>

#include "base/bytes.h"

namespace tbl::codec {

enum JsonType : uint8_t {
  kJsonObject = 0x01,
  kJsonArray = 0x03,
  kJsonLiteral = 0x04,
  kJsonInt64 = 0x09,
  kJsonUint64 = 0x0a,
  kJsonFloat64 = 0x0b,
  kJsonString = 0x0c,
  kJsonOpaque = 0x0d,
  kJsonDate = 0x0e,
  kJsonDatetime = 0x0f,
  kJsonTimestamp = 0x10,
  kJsonDuration = 0x11,
};

/// Nesting that TiDB refuses to build, and readers refuse to follow.
constexpr int kMaxJsonDepth = 100;

/// Measures the JSON value at the front of `in` (type code included) and steps over it. Looks at
/// the outermost length only.
bool read_json(ByteReader& in, Bytes* value);

/// Appends the text as MySQL prints it: `{"a": 1, "b": [1, 2]}`. `value` begins with the type code.
/// False when the value is damaged: offsets outside of it, unknown types, nested deeper than
/// kMaxJsonDepth, or rendering to more than 64 bytes per byte of input plus 1 KiB (containers that
/// share their elements). `out` may hold a part of the text then.
bool append_json_text(std::string& out, Bytes value);

/// Appends `text` as a JSON string with quotes, escaped as append_json_text does.
void append_json_string(std::string& out, Bytes text);

/// Appends the shortest text of a double as in JSON: 'f' form unless the exponent is below -6 or at
/// least 21.
void append_json_float(std::string& out, double v);

}  // namespace tbl::codec
