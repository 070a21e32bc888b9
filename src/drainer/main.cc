// drainer: merges what all pumps hold, and applies it downstream in commit order.
#include <malloc.h>

#include <cstdio>

#include "base/log.h"
#include "base/version.h"
#include "drainer/drainer.h"
#include "drainer/dry_run.h"

namespace {

using tbl::Status;

// Larger buffers go back to the system when they are freed. glibc's own limit grows with the first
// such buffer, and then the parts of a large transaction would stay in its heaps.
constexpr int kLargestInHeap = 1 << 20;

constexpr int kExitFatal = 1;
constexpr int kExitFailed = 2;

Status run(tbl::drainer::DrainerConfig config, bool* created) {
  tbl::StopSource stop;
  tbl::StopSignals signals([&stop](int signal) {
    tbl::log_info("got signal to exit", {{"signal", signal}});
    stop.request_stop();
  });
  auto drainer = tbl::drainer::Drainer::create(std::move(config), stop.get_token());
  if (!drainer.ok()) return stop.stop_requested() ? tbl::ok_status() : drainer.status();
  *created = true;
  std::stop_callback on_stop(stop.get_token(), [&drainer] { (*drainer)->request_stop(); });
  return (*drainer)->run();
}

int look_only(const tbl::drainer::DrainerConfig& config) {
  tbl::StopSource stop;
  tbl::StopSignals signals([&stop](int) { stop.request_stop(); });
  const auto findings = tbl::drainer::dry_run(config, stop.get_token());
  std::fputs(tbl::drainer::format_findings(findings).c_str(), stdout);
  return tbl::drainer::has_fatal(findings) ? kExitFatal : 0;
}

}  // namespace

int main(int argc, char** argv) {
  mallopt(M_MMAP_THRESHOLD, kLargestInHeap);
  auto command = tbl::drainer::parse_drainer_command({argv + 1, argv + argc});
  if (!command.ok()) {
    tbl::log_fatal("verifying flags failed, See 'drainer --help'.", {{"error", command.status()}});
  }
  if (command->end) {
    std::fputs(command->end->text.c_str(), stderr);
    return command->end->exit_code;
  }
  if (command->print_version) {
    std::fputs(tbl::version_text().c_str(), stdout);
    return 0;
  }
  if (command->check_config) {
    std::fputs("the configuration is good\n", stdout);
    return 0;
  }
  // Its findings are for a reader, who would look for them between lines of the log.
  if (command->dry_run && command->config.log_file.empty()) command->config.log_level = "fatal";
  Status log =
      tbl::set_up_log({.level = command->config.log_level, .file = command->config.log_file});
  if (!log.ok()) tbl::log_fatal("failed to initialize log", {{"error", log}});
  if (command->dry_run) return look_only(command->config);
  tbl::log_welcome("drainer");
  tbl::log_info("start drainer...", {{"config", command->config.text}});

  const bool has_log_file = !command->config.log_file.empty();
  bool created = false;
  const Status status = run(std::move(command->config), &created);
  if (!status.ok() && !created) {
    tbl::log_fatal("create drainer server failed", {{"error", status}});
  }
  if (!status.ok()) {
    tbl::log_error("start drainer server failed", {{"error", status}});
    if (has_log_file) std::fprintf(stderr, "drainer has stopped: %s\n", status.message().c_str());
    return kExitFailed;
  }
  tbl::log_info("drainer exit");
  return 0;
}
