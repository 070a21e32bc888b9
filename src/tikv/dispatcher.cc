#include "tikv/dispatcher.h"

namespace tbl::tikv {

struct Dispatcher::Task {
  const Method& method;
  RequestBytes request;
  Reply reply;
  LockWait wait;
};

void Dispatcher::run(const Method& method, RequestBytes request, Reply reply) const {
  if (method.run_at_once != nullptr) {
    std::string response;
    const Status status = method.run_at_once(context_, request.bytes, &response);
    if (!is_would_block(status)) return reply(status, std::move(response));
  }
  submit(std::make_shared<Task>(Task{method, std::move(request), std::move(reply), {}}));
}

void Dispatcher::submit(const std::shared_ptr<Task>& task) const {
  pool_.submit([this, task] {
    std::string response;
    const Status status = task->method.run(context_, task->request.bytes, &response, &task->wait);
    if (!status.ok() || !task->wait.ticket) return task->reply(status, std::move(response));
    context_.store.lock_waits.park(*task->wait.ticket, [this, task] { submit(task); });
  });
}

}  // namespace tbl::tikv
