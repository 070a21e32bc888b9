// tikv-server: the store of a cluster on one machine.
#include <cstdio>

#include "base/log.h"
#include "base/stop.h"
#include "base/version.h"
#include "tikv/options.h"
#include "tikv/tikv_server.h"

int main(int argc, char** argv) {
  using namespace tbl;
  auto parsed = tikv::parse_options({argv + 1, argv + argc});
  if (!parsed.ok()) {
    std::fprintf(stderr, "tikv-server: %s\n", parsed.status().message().c_str());
    return 1;
  }
  if (parsed->end) {
    std::fprintf(parsed->end->exit_code == 0 ? stdout : stderr, "%s", parsed->end->text.c_str());
    return parsed->end->exit_code;
  }
  const tikv::Options& options = parsed->options;
  if (const Status status = set_up_log(options.log); !status.ok()) {
    std::fprintf(stderr, "tikv-server: %s\n", status.message().c_str());
    return 1;
  }
  log_welcome("TiKV");
  log_info("TiKV config", {{"config", options.dump}});

  StopSource stop;
  std::mutex mutex;
  std::condition_variable_any stopped;
  const StopSignals signals([&](int signal) {
    log_info("got signal to exit", {{"signal", signal}});
    stop.request_stop();
  });
  auto server = tikv::TikvServer::start(options, stop.get_token());
  if (!server.ok() && stop.stop_requested()) return 0;
  if (!server.ok()) log_fatal("cannot start TiKV", {{"error", server.status()}});
  std::unique_lock lock(mutex);
  stopped.wait(lock, stop.get_token(), [] { return false; });
  log_info("TiKV is closing");
  return 0;
}
