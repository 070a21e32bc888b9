// tidb-server: SQL over the MySQL protocol, stored in TiKV, with binlogs to pump.
#include <cstdio>

#include "base/log.h"
#include "base/stop.h"
#include "base/version.h"
#include "tidb/server/config.h"
#include "tidb/server/tidb_server.h"
#include "tidb/types/release.h"

namespace tbl::tidb {
namespace {

void say_welcome(const TidbConfig& config) {
  const BuildInfo& build = build_info();
  log_always(LogLevel::kInfo, "Welcome to TiDB.",
             {{"Release Version", kReleaseVersion},
              {"Git Commit Hash", build.git_hash},
              {"Git Branch", build.git_branch},
              {"UTC Build Time", build.time},
              {"GoVersion", build.compiler}});
  log_info("loaded config", {{"config", config.text}});
}

int serve(TidbConfig config) {
  StopSource stop;
  const StopSignals signals([stop](int number) mutable {
    log_info("got signal to exit", {{"signal", number}});
    stop.request_stop();
  });
  if (const Status status = set_up_log(config.log); !status.ok()) {
    std::fprintf(stderr, "tidb-server: %s\n", status.message().c_str());
    return 1;
  }
  say_welcome(config);
  auto server = TidbServer::start(std::move(config), stop);
  if (!server.ok() && stop.stop_requested()) return 0;
  if (!server.ok()) log_fatal("cannot start tidb-server", {{"error", server.status()}});
  const bool may_go_on = (*server)->wait();
  log_info("tidb-server is closing");
  server->reset();
  return may_go_on ? 0 : 1;
}

int run(const std::vector<std::string>& args) {
  auto command = parse_tidb_command(args);
  if (!command.ok()) {
    std::fprintf(stderr, "tidb-server: %s\n", command.status().message().c_str());
    return 1;
  }
  if (command->end) {
    std::fputs(command->end->text.c_str(), stderr);
    return command->end->exit_code;
  }
  if (command->print_version) {
    std::printf("%s\n", tidb_version_text().c_str());
    return 0;
  }
  if (command->config_check) {
    std::puts("config check successful");
    return 0;
  }
  return serve(std::move(command->config));
}

}  // namespace
}  // namespace tbl::tidb

int main(int argc, char** argv) {
  return tbl::tidb::run(std::vector<std::string>(argv + 1, argv + argc));
}
