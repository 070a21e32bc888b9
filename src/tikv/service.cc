#include "tikv/service.h"

#include "tikv/batch_commands.h"

namespace tbl::tikv {

void TikvService::register_methods(rpc::Server& server) {
  for (const auto& method : methods()) {
    if (*method.name != '\0') register_unary(server, method);
  }
  server.add_stream("/tikvpb.Tikv/BatchCommands", [this](rpc::ServerCallPtr call) {
    return std::make_unique<BatchCommandsHandler>(context_, pool_, std::move(call));
  });
}

void TikvService::register_unary(rpc::Server& server, const Method& method) {
  server.add_unary(
      std::string("/tikvpb.Tikv/") + method.name, rpc::Run::kLoop,
      [this, &method](const rpc::CallInfo&, std::string request, const rpc::UnaryReply& reply) {
        pool_.submit([this, &method, request = std::move(request), reply] {
          std::string response;
          const Status status = method.run(context_, request, &response);
          reply(status, std::move(response));
        });
      });
}

}  // namespace tbl::tikv
