#include "drainer/mysql/errors.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace tbl::mysql {
namespace {

constexpr std::string_view kPrefix = "Error ";

// Connection refused, lost or killed; the server goes down, is read-only after a failover, has no
// connection left; TiDB: outcome undetermined.
constexpr std::array<unsigned, 18> kLost = {1040, 1053, 1077, 1152, 1158, 1159, 1160, 1161, 1203,
                                            1836, 1927, 2002, 2003, 2006, 2013, 2055, 4031, 8501};

// Deadlock, lock timeout, interrupted, record changed; TiDB: write conflict, schema changed, TiKV
// and PD for the moment not reachable.
constexpr std::array<unsigned, 18> kRolledBack = {1020, 1205, 1213, 1317, 1637, 3572,
                                                  8002, 8022, 8027, 8028, 9001, 9002,
                                                  9003, 9004, 9005, 9006, 9007, 9013};

constexpr std::array<unsigned, 12> kIgnorableDdl = {1007, 1008, 1049, 1050, 1051, 1054,
                                                    1060, 1061, 1091, 1146, 1176, 1831};

template <size_t N>
bool contains(const std::array<unsigned, N>& sorted, unsigned code) {
  return std::binary_search(sorted.begin(), sorted.end(), code);
}

}  // namespace

StatusCode classify(unsigned code) {
  if (code == kErrDuplicateEntry || code == 1586 || code == 1022) return StatusCode::kAlreadyExists;
  if (contains(kLost, code)) return StatusCode::kUnavailable;
  if (contains(kRolledBack, code)) return StatusCode::kAborted;
  return StatusCode::kUnknown;
}

Status server_error(unsigned code, std::string_view message) {
  std::string text(kPrefix);
  text += std::to_string(code);
  text += ": ";
  text += message;
  return {classify(code), std::move(text)};
}

unsigned error_number(const Status& status) {
  const std::string& text = status.message();
  size_t at = text.find(kPrefix);
  if (at == std::string::npos) return 0;
  unsigned code = 0;
  std::from_chars(text.data() + at + kPrefix.size(), text.data() + text.size(), code);
  return code;
}

bool is_ignorable_ddl_error(unsigned code) { return contains(kIgnorableDdl, code); }

}  // namespace tbl::mysql
