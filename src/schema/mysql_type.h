// MySQL's column type and flag numbers as TiDB stores them in a FieldType.
#pragma once

#include <cstdint>

namespace tbl::schema {

/// `Tp` of a FieldType. TEXT types are the blob types with a character set that is not "binary".
enum MysqlType : uint8_t {
  kTypeUnspecified = 0,  ///< columns of a view
  kTypeTiny = 1,
  kTypeShort = 2,
  kTypeLong = 3,
  kTypeFloat = 4,
  kTypeDouble = 5,
  kTypeNull = 6,
  kTypeTimestamp = 7,
  kTypeLongLong = 8,
  kTypeInt24 = 9,
  kTypeDate = 10,
  kTypeDuration = 11,  ///< TIME
  kTypeDatetime = 12,
  kTypeYear = 13,
  kTypeNewDate = 14,
  kTypeVarchar = 15,
  kTypeBit = 16,
  kTypeVectorFloat32 = 225,
  kTypeJson = 245,
  kTypeNewDecimal = 246,
  kTypeEnum = 247,
  kTypeSet = 248,
  kTypeTinyBlob = 249,
  kTypeMediumBlob = 250,
  kTypeLongBlob = 251,
  kTypeBlob = 252,
  kTypeVarString = 253,
  kTypeString = 254,  ///< CHAR, BINARY
  kTypeGeometry = 255,
};

/// `Flag` of a FieldType.
enum ColumnFlag : uint32_t {
  kFlagNotNull = 1,
  kFlagPrimaryKey = 2,
  kFlagUniqueKey = 4,
  kFlagMultipleKey = 8,
  kFlagBlob = 16,
  kFlagUnsigned = 32,
  kFlagZerofill = 64,
  kFlagBinary = 128,
  kFlagEnum = 256,
  kFlagAutoIncrement = 512,
  kFlagTimestamp = 1024,
  kFlagSet = 2048,
  kFlagNoDefaultValue = 4096,
  kFlagOnUpdateNow = 8192,
};

constexpr bool is_integer_type(uint8_t tp) {
  return tp == kTypeTiny || tp == kTypeShort || tp == kTypeInt24 || tp == kTypeLong ||
         tp == kTypeLongLong;
}
constexpr bool is_blob_type(uint8_t tp) { return tp >= kTypeTinyBlob && tp <= kTypeBlob; }
/// CHAR, VARCHAR, BINARY, VARBINARY and all blobs and texts.
constexpr bool is_string_type(uint8_t tp) {
  return is_blob_type(tp) || tp == kTypeVarchar || tp == kTypeVarString || tp == kTypeString;
}

}  // namespace tbl::schema
