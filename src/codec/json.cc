#include "codec/json.h"

#include "base/base64.h"
#include "base/utf8.h"
#include "codec/float_text.h"
#include "codec/time.h"

#include <charconv>
#include <cmath>

namespace tbl::codec {

namespace {

constexpr size_t kHeaderSize = 8;
constexpr size_t kKeyEntrySize = 6;
constexpr size_t kValueEntrySize = 5;

/// Bytes of a value behind its type code, or false when `in` holds less.
bool measure(ByteReader in, uint8_t type, size_t* size) {
  size_t available = in.remaining();
  uint64_t length = 0;
  uint32_t container_size = 0;
  switch (type) {
    case kJsonObject:
    case kJsonArray:
      if (!in.skip(4) || !in.read_le32(&container_size) || container_size < kHeaderSize)
        return false;
      *size = container_size;
      break;
    case kJsonLiteral:
      *size = 1;
      break;
    case kJsonInt64:
    case kJsonUint64:
    case kJsonFloat64:
    case kJsonDate:
    case kJsonDatetime:
    case kJsonTimestamp:
      *size = 8;
      break;
    case kJsonDuration:
      *size = 12;
      break;
    case kJsonOpaque:
      if (!in.skip(1)) return false;
      [[fallthrough]];
    case kJsonString:
      if (!in.read_uvarint(&length) || length > in.remaining()) return false;
      *size = available - in.remaining() + static_cast<size_t>(length);
      break;
    default:
      return false;
  }
  return *size <= available;
}

template <typename T>
void append_integer(std::string& out, T v) {
  char buf[24];
  auto end = std::to_chars(buf, buf + sizeof buf, v).ptr;
  out.append(buf, end);
}

/// Renders one value; holds the limits that damaged values run into.
class JsonPrinter {
 public:
  JsonPrinter(std::string& out, size_t limit) : out_(out), limit_(limit) {}

  bool value(uint8_t type, Bytes body, int depth);

 private:
  bool scalar(uint8_t type, Bytes body);
  bool time(uint8_t type, Bytes body);
  bool opaque(Bytes body);
  bool container(bool object, Bytes body, int depth);
  bool key(Bytes container, size_t entry);
  bool element(Bytes container, size_t entry, int depth);

  std::string& out_;
  size_t limit_;
};

bool JsonPrinter::value(uint8_t type, Bytes body, int depth) {
  if (out_.size() > limit_) return false;
  if (type == kJsonObject || type == kJsonArray) return container(type == kJsonObject, body, depth);
  return scalar(type, body);
}

bool JsonPrinter::scalar(uint8_t type, Bytes body) {
  switch (type) {
    case kJsonLiteral:
      if (static_cast<uint8_t>(body[0]) > 2) return false;
      out_ += body[0] == 0 ? "null" : body[0] == 1 ? "true" : "false";
      return true;
    case kJsonInt64:
      append_integer(out_, static_cast<int64_t>(get_le64(body.data())));
      return true;
    case kJsonUint64:
      append_integer(out_, get_le64(body.data()));
      return true;
    case kJsonFloat64:
      append_json_float(out_, std::bit_cast<double>(get_le64(body.data())));
      return true;
    case kJsonString: {
      ByteReader in(body);
      uint64_t size = 0;
      if (!in.read_uvarint(&size)) return false;
      append_json_string(out_, in.rest());
      return true;
    }
    case kJsonOpaque:
      return opaque(body);
    default:
      return time(type, body);
  }
}

bool JsonPrinter::time(uint8_t type, Bytes body) {
  uint64_t v = get_le64(body.data());
  out_ += '"';
  if (type == kJsonDuration) {
    append_duration(out_, static_cast<int64_t>(v), 6);
  } else if (type == kJsonDate) {
    append_date(out_, unpack_core_time(v));
  } else {
    append_datetime(out_, unpack_core_time(v), 6);
  }
  out_ += '"';
  return true;
}

bool JsonPrinter::opaque(Bytes body) {
  ByteReader in(body);
  uint8_t mysql_type = 0;
  uint64_t size = 0;
  if (!in.read_u8(&mysql_type) || !in.read_uvarint(&size)) return false;
  out_ += "\"base64:type";
  append_integer(out_, mysql_type);
  out_ += ':';
  append_base64(out_, in.rest());
  out_ += '"';
  return true;
}

bool JsonPrinter::container(bool object, Bytes body, int depth) {
  if (depth >= kMaxJsonDepth) return false;
  size_t count = get_le32(body.data());
  size_t entry_size = kValueEntrySize + (object ? kKeyEntrySize : 0);
  if (count > (body.size() - kHeaderSize) / entry_size) return false;
  size_t values = kHeaderSize + (object ? count * kKeyEntrySize : 0);
  out_ += object ? '{' : '[';
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) out_ += ", ";
    if (object && !key(body, kHeaderSize + i * kKeyEntrySize)) return false;
    if (!element(body, values + i * kValueEntrySize, depth + 1)) return false;
  }
  out_ += object ? '}' : ']';
  return true;
}

bool JsonPrinter::key(Bytes container, size_t entry) {
  size_t offset = get_le32(container.data() + entry);
  size_t size = get_le16(container.data() + entry + 4);
  if (offset > container.size() || size > container.size() - offset) return false;
  append_json_string(out_, container.substr(offset, size));
  out_ += ": ";
  return true;
}

bool JsonPrinter::element(Bytes container, size_t entry, int depth) {
  auto type = static_cast<uint8_t>(container[entry]);
  if (type == kJsonLiteral) return value(type, container.substr(entry + 1, 1), depth);
  size_t offset = get_le32(container.data() + entry + 1);
  if (offset > container.size()) return false;
  Bytes rest = container.substr(offset);
  size_t size = 0;
  return measure(ByteReader(rest), type, &size) && value(type, rest.substr(0, size), depth);
}

}  // namespace

bool read_json(ByteReader& in, Bytes* value) {
  ByteReader body = in;
  uint8_t type = 0;
  size_t size = 0;
  return body.read_u8(&type) && measure(body, type, &size) && in.read_bytes(size + 1, value);
}

bool append_json_text(std::string& out, Bytes value) {
  ByteReader in(value);
  Bytes whole;
  if (!read_json(in, &whole) || !in.empty()) return false;
  JsonPrinter printer(out, out.size() + value.size() * 64 + 1024);
  return printer.value(static_cast<uint8_t>(value[0]), value.substr(1), 0);
}

void append_json_string(std::string& out, Bytes text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  size_t plain = 0;  // where the bytes not yet copied begin
  size_t i = 0;
  auto escape = [&](size_t size, std::string_view as) {
    out.append(text.data() + plain, i - plain);
    out += as;
    i += size;
    plain = i;
  };
  while (i < text.size()) {
    auto c = static_cast<uint8_t>(text[i]);
    if (c >= 0x80) {
      size_t size = utf8_length(text.substr(i, 4));
      std::string_view character = text.substr(i, size);
      if (size == 0) {
        escape(1, "\\ufffd");
      } else if (character == "\u2028") {
        escape(size, "\\u2028");
      } else if (character == "\u2029") {
        escape(size, "\\u2029");
      } else {
        i += size;
      }
    } else if (c == '"') {
      escape(1, "\\\"");
    } else if (c == '\\') {
      escape(1, "\\\\");
    } else if (c == '\n') {
      escape(1, "\\n");
    } else if (c == '\r') {
      escape(1, "\\r");
    } else if (c == '\t') {
      escape(1, "\\t");
    } else if (c < 0x20) {
      char buf[] = {'\\', 'u', '0', '0', kHex[c >> 4], kHex[c & 15]};
      escape(1, std::string_view(buf, sizeof buf));
    } else {
      ++i;
    }
  }
  out.append(text.data() + plain, i - plain);
  out += '"';
}

void append_json_float(std::string& out, double v) {
  double size = std::fabs(v);
  if (size == 0 || (size >= 1e-6 && size < 1e21)) return append_fixed(out, v);
  append_scientific(out, v);
  // e-09 becomes e-9
  size_t n = out.size();
  if (n >= 4 && out[n - 4] == 'e' && out[n - 3] == '-' && out[n - 2] == '0') out.erase(n - 2, 1);
}

}  // namespace tbl::codec
