// pd-server: the placement driver of a cluster on one machine.
#include <cstdio>

#include "base/log.h"
#include "base/stop.h"
#include "base/version.h"
#include "pd/options.h"
#include "pd/pd_server.h"

int main(int argc, char** argv) {
  using namespace tbl;
  auto parsed = pd::parse_options({argv + 1, argv + argc});
  if (!parsed.ok()) {
    std::fprintf(stderr, "pd-server: %s\n", parsed.status().message().c_str());
    return 1;
  }
  if (parsed->end) {
    std::fprintf(parsed->end->exit_code == 0 ? stdout : stderr, "%s", parsed->end->text.c_str());
    return parsed->end->exit_code;
  }
  const pd::Options& options = parsed->options;
  if (const Status status = set_up_log(options.log); !status.ok()) {
    std::fprintf(stderr, "pd-server: %s\n", status.message().c_str());
    return 1;
  }
  log_welcome("Placement Driver (PD)");
  log_info("PD config", {{"config", options.dump}});

  StopSource stop;
  std::mutex mutex;
  std::condition_variable_any stopped;
  const StopSignals signals([&](int signal) {
    log_info("got signal to exit", {{"signal", signal}});
    stop.request_stop();
  });
  auto server = pd::PdServer::start(options, stop.get_token());
  if (!server.ok() && stop.stop_requested()) return 0;
  if (!server.ok()) log_fatal("cannot start PD", {{"error", server.status()}});
  log_info("PD serves",
           {{"client urls", options.advertise_client_urls[0]}, {"data dir", options.data_dir}});
  std::unique_lock lock(mutex);
  stopped.wait(lock, stop.get_token(), [] { return false; });
  log_info("PD is closing");
  return 0;
}
