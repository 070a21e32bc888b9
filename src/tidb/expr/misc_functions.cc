// UUIDs, addresses, ANY_VALUE, NAME_CONST.
#include <arpa/inet.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>

#include "tidb/expr/call_args.h"
#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

Result<FieldType> truth(BuildCall&) { return truth_type(); }

template <int64_t kWidth>
Result<FieldType> text(BuildCall& call) {
  return text_type(kWidth, call.ctx);
}
template <int64_t kWidth>
Result<FieldType> bytes(BuildCall&) {
  return bytes_type(kWidth);
}

std::string hex_of(std::string_view in) {
  std::string out;
  for (unsigned char c : in) {
    out += "0123456789abcdef"[c >> 4];
    out += "0123456789abcdef"[c & 15];
  }
  return out;
}

std::string uuid_text(std::string_view sixteen) {
  std::string out = hex_of(sixteen);
  for (size_t at : {8, 13, 18, 23}) out.insert(at, "-");
  return out;
}

/// Version 1: 100 ns since 1582, a clock sequence and a node that are random per process. Every
/// call has a later time than the one before.
std::string new_uuid() {
  static std::atomic<uint64_t> last{0};
  static const auto* const node = [] {
    auto* random = new std::array<unsigned char, 8>;
    RAND_bytes(random->data(), static_cast<int>(random->size()));
    (*random)[0] = static_cast<unsigned char>(((*random)[0] & 0x3F) | 0x80);  // RFC 4122's variant
    (*random)[2] |= 1;                                                        // no real address
    return random;
  }();
  constexpr uint64_t kFrom1582To1970 = 0x01B21DD213814000;
  auto now = std::chrono::system_clock::now().time_since_epoch();
  auto ticks = static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() / 100);
  uint64_t time = ticks + kFrom1582To1970;
  uint64_t before = last.load();
  uint64_t next = 0;
  do {
    next = std::max(time, before + 1);
  } while (!last.compare_exchange_weak(before, next));
  time = next;
  std::string out;
  for (int shift : {24, 16, 8, 0, 40, 32}) out += static_cast<char>(time >> shift);
  out += static_cast<char>((time >> 56 & 0x0F) | 0x10);
  out += static_cast<char>(time >> 48);
  out.append(reinterpret_cast<const char*>(node->data()), node->size());
  return out;
}

Result<Value> eval_uuid(Call&) { return Value::of_string(uuid_text(new_uuid())); }

/// 16 bytes of a text with or without hyphens or braces; nothing: it is no UUID.
std::optional<std::string> parse_uuid(std::string text) {
  if (text.size() == 38 && text.front() == '{' && text.back() == '}') text = text.substr(1, 36);
  if (text.size() == 36) {
    for (size_t at : {23, 18, 13, 8}) {
      if (text[at] != '-') return std::nullopt;
      text.erase(at, 1);
    }
  }
  if (text.size() != 32 || text.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) {
    return std::nullopt;
  }
  std::string out;
  for (size_t i = 0; i < text.size(); i += 2) {
    out += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  }
  return out;
}

Result<Value> eval_is_uuid(Call& call) {
  return Value::of_bool(parse_uuid(text_arg(call, 0)).has_value());
}

/// With the second argument true, the time's slow parts come first.
Result<bool> swapped(const Call& call) {
  if (call.args.size() < 2) return false;
  TBL_ASSIGN(int64_t flag, int_arg(call, 1));
  return flag != 0;
}

Result<Value> eval_uuid_to_bin(Call& call) {
  auto uuid = parse_uuid(text_arg(call, 0));
  TBL_ASSIGN(bool swap, swapped(call));
  if (!uuid) {
    return sql_error(kErrWrongValueForType, "Incorrect string value: '" + text_arg(call, 0) +
                                                "' for function uuid_to_bin");
  }
  if (!swap) return Value::of_string(std::move(*uuid));
  return Value::of_string(uuid->substr(6, 2) + uuid->substr(4, 2) + uuid->substr(0, 4) +
                          uuid->substr(8));
}

Result<Value> eval_bin_to_uuid(Call& call) {
  std::string in = text_arg(call, 0);
  TBL_ASSIGN(bool swap, swapped(call));
  if (in.size() != 16) {
    return sql_error(kErrWrongValueForType,
                     "Incorrect string value: '" + in + "' for function bin_to_uuid");
  }
  if (swap) in = in.substr(4, 4) + in.substr(2, 2) + in.substr(0, 2) + in.substr(8);
  return Value::of_string(uuid_text(in));
}

/// "127.1" is 127.0.0.1: the last part fills the rest.
Result<Value> eval_inet_aton(Call& call) {
  std::string in = text_arg(call, 0);
  uint64_t address = 0, part = 0;
  int dots = 0;
  if (in.empty() || in.back() == '.') return Value::null();
  for (char c : in) {
    if (c >= '0' && c <= '9') {
      part = part * 10 + static_cast<uint64_t>(c - '0');
      if (part > 255) return Value::null();
    } else if (c == '.') {
      address = address << 8 | part;
      part = 0;
      if (++dots > 3) return Value::null();
    } else {
      return Value::null();
    }
  }
  for (; dots < 3 && dots > 0; ++dots) address <<= 8;
  return Value::of_uint(address << 8 | part);
}

Result<Value> eval_inet_ntoa(Call& call) {
  TBL_ASSIGN(uint64_t address, bits_of(call.args[0], call.ctx));
  if (address > UINT32_MAX) return Value::null();
  std::string out;
  for (int shift : {24, 16, 8, 0}) {
    if (!out.empty()) out += '.';
    out += std::to_string(address >> shift & 255);
  }
  return Value::of_string(std::move(out));
}

constexpr size_t kV4 = 4, kV6 = 16;

/// The bytes of an address of either kind; nothing: it is none.
std::optional<std::string> parse_address(const std::string& in) {
  std::string out(kV6, '\0');
  if (inet_pton(AF_INET6, in.c_str(), out.data()) == 1) return out;
  out.resize(kV4);
  if (inet_pton(AF_INET, in.c_str(), out.data()) == 1) return out;
  return std::nullopt;
}

Result<Value> eval_inet6_aton(Call& call) {
  auto address = parse_address(text_arg(call, 0));
  return address ? Value::of_string(std::move(*address)) : Value::null();
}

Result<Value> eval_inet6_ntoa(Call& call) {
  std::string in = text_arg(call, 0);
  if (in.size() != kV4 && in.size() != kV6) return Value::null();
  char out[INET6_ADDRSTRLEN] = {};
  inet_ntop(in.size() == kV4 ? AF_INET : AF_INET6, in.data(), out, sizeof(out));
  return Value::of_string(out);
}

template <size_t kSize>
Result<Value> eval_is_address(Call& call) {
  if (call.args[0].is_null()) return Value::of_bool(false);
  auto address = parse_address(text_arg(call, 0));
  return Value::of_bool(address && address->size() == kSize);
}

/// ::a.b.c.d and ::ffff:a.b.c.d, as bytes.
Result<Value> eval_is_compat(Call& call) {
  if (call.args[0].is_null()) return Value::of_bool(false);
  std::string in = text_arg(call, 0);
  bool zeros = in.size() == kV6 && in.find_first_not_of('\0') >= 12;
  return Value::of_bool(zeros && in.compare(12, 3, std::string(3, '\0')) != 0);
}
Result<Value> eval_is_mapped(Call& call) {
  if (call.args[0].is_null()) return Value::of_bool(false);
  std::string in = text_arg(call, 0);
  std::string prefix = std::string(10, '\0') + "\xff\xff";
  return Value::of_bool(in.size() == kV6 && in.compare(0, prefix.size(), prefix) == 0);
}

Result<FieldType> first_type(BuildCall& call) { return call.type(0); }
Result<FieldType> second_type(BuildCall& call) { return call.type(1); }

constexpr FunctionDef kFunctions[] = {
    {"uuid", 0, 0, text<36>, eval_uuid, kNotConstant},
    {"is_uuid", 1, 1, truth, eval_is_uuid},
    {"uuid_to_bin", 1, 2, bytes<16>, eval_uuid_to_bin},
    {"bin_to_uuid", 1, 2, text<36>, eval_bin_to_uuid},
    {"inet_aton", 1, 1, [](BuildCall&) -> Result<FieldType> { return int_type_of_width(21, true); },
     eval_inet_aton},
    {"inet_ntoa", 1, 1, text<15>, eval_inet_ntoa},
    {"inet6_aton", 1, 1, bytes<16>, eval_inet6_aton},
    {"inet6_ntoa", 1, 1, text<39>, eval_inet6_ntoa},
    {"is_ipv4", 1, 1, truth, eval_is_address<kV4>, kSeesNull},
    {"is_ipv6", 1, 1, truth, eval_is_address<kV6>, kSeesNull},
    {"is_ipv4_compat", 1, 1, truth, eval_is_compat, kSeesNull},
    {"is_ipv4_mapped", 1, 1, truth, eval_is_mapped, kSeesNull},
    {"any_value", 1, 1, first_type, [](Call& call) -> Result<Value> { return call.args[0]; }},
    {"name_const", 2, 2, second_type, [](Call& call) -> Result<Value> { return call.args[1]; },
     kSeesNull},
};

}  // namespace

std::span<const FunctionDef> misc_functions() { return kFunctions; }

}  // namespace tbl::tidb
