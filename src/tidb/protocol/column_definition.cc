#include "tidb/protocol/column_definition.h"

#include "base/bytes.h"
#include "tidb/protocol/constants.h"
#include "tidb/protocol/lenenc.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb::protocol {
namespace {

constexpr uint8_t kFixedPartSize = 0x0c;
constexpr uint8_t kNotFixedDecimals = 0x1f;
constexpr uint8_t kVarString = 0xfd;
constexpr uint8_t kString = 0xfe;
constexpr size_t kMaxErrorText = 8192;

uint8_t collation_id(const std::string& charset) {
  if (charset == "utf8mb4" || charset.empty()) return kUtf8mb4Bin;
  if (charset == "utf8") return 83;
  if (charset == "latin1") return 47;
  if (charset == "ascii") return 65;
  return kBinaryCollation;
}

uint32_t bytes_per_character(const std::string& charset) {
  if (charset == "utf8") return 3;
  if (charset == "utf8mb4" || charset.empty()) return 4;
  return 1;
}

bool has_charset(const schema::FieldType& type) {
  using namespace schema;
  if (type.has_binary_charset()) return false;
  return is_string_type(type.tp) || type.tp == kTypeEnum || type.tp == kTypeSet;
}

uint32_t column_length(const schema::FieldType& type) {
  if (type.flen < 0) return 0;
  const uint64_t flen = static_cast<uint64_t>(type.flen);
  const bool characters = has_charset(type) && !schema::is_blob_type(type.tp);
  const uint64_t bytes = characters ? flen * bytes_per_character(type.charset) : flen;
  return static_cast<uint32_t>(std::min<uint64_t>(bytes, UINT32_MAX));
}

uint8_t decimals(const schema::FieldType& type) {
  if (type.decimal >= 0) return static_cast<uint8_t>(type.decimal);
  const bool floating = type.tp == schema::kTypeFloat || type.tp == schema::kTypeDouble;
  return floating ? kNotFixedDecimals : 0;
}

uint16_t flags(const schema::FieldType& type) {
  uint32_t flag = type.flag;
  if (type.tp == schema::kTypeEnum) flag |= schema::kFlagEnum;
  if (type.tp == schema::kTypeSet) flag |= schema::kFlagSet;
  return static_cast<uint16_t>(flag);
}

}  // namespace

uint8_t wire_type(uint8_t tp) {
  switch (tp) {
    case schema::kTypeVarchar:
    case schema::kTypeUnspecified:
      return kVarString;
    case schema::kTypeEnum:
    case schema::kTypeSet:
      return kString;
    case schema::kTypeNewDate:
      return schema::kTypeDate;
    default:
      return tp;
  }
}

std::string write_column_definition(const ColumnMeta& column, uint8_t result_collation,
                                    bool with_default) {
  std::string out;
  put_lenenc_string(out, "def");
  for (const std::string* name :
       {&column.schema, &column.table, &column.org_table, &column.name, &column.org_name}) {
    put_lenenc_string(out, *name);
  }
  const schema::FieldType& type = column.type;
  uint8_t collation = kBinaryCollation;
  if (has_charset(type)) {
    collation = result_collation != 0 ? result_collation : collation_id(type.charset);
  }
  out.push_back(static_cast<char>(kFixedPartSize));
  put_le16(out, collation);
  put_le32(out, column_length(type));
  out.push_back(static_cast<char>(wire_type(type.tp)));
  put_le16(out, flags(type));
  out.push_back(static_cast<char>(decimals(type)));
  put_le16(out, 0);
  if (with_default) {
    if (column.default_text) {
      put_lenenc_string(out, *column.default_text);
    } else {
      out.push_back('\xfb');
    }
  }
  return out;
}

std::string write_ok(const EndInfo& info) {
  std::string out(1, static_cast<char>(kOkHeader));
  put_lenenc(out, info.affected_rows);
  put_lenenc(out, info.last_insert_id);
  put_le16(out, info.more ? info.status | kStatusMoreResults : info.status);
  put_le16(out, info.warnings);
  if (!info.message.empty()) put_lenenc_string(out, info.message);
  return out;
}

std::string write_eof(uint16_t warnings, uint16_t status) {
  std::string out(1, static_cast<char>(kEofHeader));
  put_le16(out, warnings);
  put_le16(out, status);
  return out;
}

std::string write_error(const Status& error) {
  const SqlErrorText text = describe_sql_error(error);
  std::string out(1, static_cast<char>(kErrHeader));
  put_le16(out, static_cast<uint16_t>(text.code));
  out.push_back('#');
  out.append(text.state);
  out.append(text.message, 0, kMaxErrorText);
  return out;
}

}  // namespace tbl::tidb::protocol
