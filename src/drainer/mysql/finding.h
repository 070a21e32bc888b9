// What a look at the downstream found, before anything is applied.
#pragma once

#include <string>
#include <vector>

namespace tbl::mysql {

enum class Severity : uint8_t {
  kInfo,
  kWarning,  ///< works, but not as one might expect
  kFatal,    ///< drainer would stop, now or at the first such row
};

struct Finding {
  Severity severity = Severity::kInfo;
  std::string check;   ///< what was looked at: "privileges", "keys"
  std::string object;  ///< where: a server, table or variable
  std::string text;
};
using Findings = std::vector<Finding>;

}  // namespace tbl::mysql
