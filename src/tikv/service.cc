#include "tikv/service.h"

#include "tikv/batch_commands.h"

namespace tbl::tikv {

void TikvService::register_methods(rpc::Server& server) {
  for (const auto& method : methods()) {
    if (*method.name != '\0') register_unary(server, method);
  }
  server.add_stream("/tikvpb.Tikv/BatchCommands", [this](rpc::ServerCallPtr call) {
    return std::make_unique<BatchCommandsHandler>(dispatcher_, std::move(call));
  });
}

void TikvService::register_unary(rpc::Server& server, const Method& method) {
  server.add_unary(
      std::string("/tikvpb.Tikv/") + method.name, rpc::Run::kLoop,
      [this, &method](const rpc::CallInfo&, std::string request, const rpc::UnaryReply& reply) {
        const auto frame = std::make_shared<const std::string>(std::move(request));
        dispatcher_.run(method, {frame, *frame}, reply);
      });
}

}  // namespace tbl::tikv
