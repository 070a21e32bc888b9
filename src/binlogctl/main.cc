#include <cstdio>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/version.h"
#include "binlogctl/commands.h"
#include "binlogctl/options.h"

namespace {

constexpr int kBadFlags = 2;

}  // namespace

int main(int argc, char** argv) {
  tbl::binlogctl::Options options;
  tbl::ConfigSpec spec({.program = "binlogctl"});
  tbl::binlogctl::declare_options(options, spec);
  auto ending = spec.parse_command_line(std::vector<std::string>(argv + 1, argv + argc));
  if (!ending.ok()) {
    tbl::log_error("parse cmd flags", {{"error", ending.status()}});
    return kBadFlags;
  }
  if (ending->has_value()) {
    std::fputs((*ending)->text.c_str(), stderr);
    return (*ending)->exit_code;
  }
  if (options.print_version) {
    std::fputs(tbl::version_text().c_str(), stdout);
    return 0;
  }
  if (const tbl::Status status = tbl::binlogctl::run_command(options); !status.ok()) {
    tbl::log_fatal("fail to execute command", {{"command", options.command}, {"error", status}});
  }
  return 0;
}
