#include "pump/inspect_command.h"

#include <cstdio>

#include "base/log.h"
#include "pump/inspect/check.h"

namespace tbl::pump {
namespace {

constexpr int kSound = 0;
constexpr int kDamaged = 1;
constexpr int kNotRead = 2;

void put_line(std::FILE* to, const std::string& line) {
  std::fwrite(line.data(), 1, line.size(), to);
  std::fputc('\n', to);
}

/// The log would stand between the lines.
void silence_log() { (void)set_up_log({.level = "fatal"}); }

int not_read(const char* what, const std::string& dir, const Status& status) {
  put_line(stderr, std::string(what) + " " + dir + ": " + status.message());
  return kNotRead;
}

}  // namespace

int run_check(const std::string& dir) {
  silence_log();
  const auto summary = check_data_dir(posix_env(), dir, [](const Finding& finding) {
    put_line(stdout,
             (finding.kind == Finding::Kind::kDamage ? "damage: " : "note: ") + finding.text);
  });
  if (!summary.ok()) return not_read("check", dir, summary.status());
  put_line(stdout, summary->to_text());
  return summary->sound() ? kSound : kDamaged;
}

int run_print(const std::string& dir, const PrintOptions& options) {
  silence_log();
  int code = kSound;
  const Status status = print_binlogs(
      posix_env(), dir, options, [](const std::string& line) { put_line(stdout, line); },
      [&](const std::string& bad) {
        put_line(stderr, "damage: " + bad);
        code = kDamaged;
      });
  return status.ok() ? code : not_read("print", dir, status);
}

}  // namespace tbl::pump
