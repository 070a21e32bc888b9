// The two encodings of a datum: a flag byte, then the payload.
//
// Value encoding (rows of format v1, binlogs) is compact; key encoding (index keys, clustered
// handles) sorts by bytes as the values sort. Their flags differ, so one reader reads both.
#pragma once

#include <string>

#include "codec/arena.h"
#include "codec/datum.h"

namespace tbl::codec {

/// The flag in front of a datum's payload.
enum DatumFlag : uint8_t {
  kFlagNull = 0,
  kFlagBytes = 1,         ///< memcomparable groups (key encoding)
  kFlagCompactBytes = 2,  ///< varint length, bytes
  kFlagInt = 3,           ///< 8 bytes memcomparable
  kFlagUint = 4,          ///< 8 bytes memcomparable
  kFlagFloat = 5,         ///< 8 bytes memcomparable
  kFlagDecimal = 6,       ///< prec, frac, binary decimal
  kFlagDuration = 7,      ///< nanoseconds, 8 bytes memcomparable
  kFlagVarint = 8,
  kFlagUvarint = 9,
  kFlagJson = 10,  ///< type code, value
  kFlagMax = 250,
};

/// Reads one datum of either encoding. The result points into the input, or into `scratch` where
/// key-encoded bytes had to be put together. False on an unknown flag or a damaged or truncated
/// payload; the position of `in` is unspecified then. JSON is measured, not checked (json.h does,
/// when it is rendered).
bool read_datum(ByteReader& in, Arena& scratch, Datum* out);

/// Steps over one datum and gives its bytes, flag included. Fails like read_datum.
bool skip_datum(ByteReader& in, Bytes* encoded);

/// Appends the value encoding. Strings are compact bytes, ints varints; kDuration keeps its 8-byte
/// form (a row holds TIME as kInt). kAbsent and kRaw have no encoding: they are written as NULL.
void write_value(std::string& out, const Datum& datum);

/// Appends the key encoding. A string under a new collation must be its sort key already.
void write_key(std::string& out, const Datum& datum);

}  // namespace tbl::codec
