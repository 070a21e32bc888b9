// pump: receives binlogs of TiDB servers, keeps them, and serves them in commit order.
#include <cstdio>

#include "base/log.h"
#include "base/version.h"
#include "pump/inspect_command.h"
#include "pump/pump.h"

namespace tbl::pump {
namespace {

int serve(PumpConfig config, const StopToken& stop) {
  auto pump = Pump::create(std::move(config), stop);
  if (!pump.ok()) {
    if (stop.stop_requested()) return 0;
    log_fatal("creating pump server failed", {{"error", pump.status()}});
  }
  if (Status status = (*pump)->start(); !status.ok()) {
    if (stop.stop_requested()) return 0;
    log_error("start pump server failed", {{"error", status}});
    return 2;
  }
  (*pump)->run();
  return 0;
}

int export_directory(const std::string& dir) {
  Status status = export_to_original(dir, posix_env());
  if (!status.ok())
    log_fatal("could not turn the directory over", {{"dir", dir}, {"error", status}});
  log_info("an original pump can use the directory now", {{"dir", dir}});
  return 0;
}

int run(const std::vector<std::string>& args) {
  auto command = parse_pump_command(args);
  if (!command.ok()) {
    log_fatal("verifying flags failed. See 'pump --help'.", {{"error", command.status()}});
  }
  if (command->end) {
    std::fputs(command->end->text.c_str(), stderr);
    return command->end->exit_code;
  }
  if (command->print_version) {
    std::fputs(version_text().c_str(), stdout);
    return 0;
  }
  if (!command->export_dir.empty()) return export_directory(command->export_dir);
  if (!command->check_dir.empty()) return run_check(command->check_dir);
  if (!command->print_dir.empty()) return run_print(command->print_dir, command->print);
  PumpConfig& config = command->config;
  StopSource stop;
  StopSignals signals([&stop](int number) {
    log_info("got signal to exit", {{"signal", number}});
    stop.request_stop();
  });
  if (Status status = set_up_log({.level = config.log_level, .file = config.log_file});
      !status.ok()) {
    log_fatal("Failed to initialize log", {{"error", status}});
  }
  log_welcome("Pump");
  log_info("start pump...", {{"config", config.text}});
  for (const std::string& name : config.without_effect) {
    log_warn("this option is accepted and has no effect", {{"option", name}});
  }
  int code = serve(std::move(config), stop.get_token());
  log_info("pump exit", {});
  return code;
}

}  // namespace
}  // namespace tbl::pump

int main(int argc, char** argv) {
  return tbl::pump::run(std::vector<std::string>(argv + 1, argv + argc));
}
