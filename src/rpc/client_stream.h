// The three faces of a ClientCall: callbacks, a stream for a thread that may wait, a unary call.
#pragma once

#include <memory>
#include <string>

#include "rpc/client.h"
#include "rpc/client_call.h"

namespace tbl::rpc {

std::unique_ptr<AsyncCall> make_async_call(std::shared_ptr<ClientCall> call,
                                           std::unique_ptr<ClientHandler> handler);
std::unique_ptr<ClientStream> make_client_stream(std::shared_ptr<ClientCall> call);
Result<std::string> unary_call(const std::shared_ptr<ClientCall>& call, std::string request);

}  // namespace tbl::rpc
