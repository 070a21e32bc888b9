#include "tikv/dispatcher.h"

namespace tbl::tikv {

struct Dispatcher::Task {
  const Method& method;
  RequestBytes request;
  Reply reply;
  LockWait wait;
};

void Dispatcher::run(const Method& method, RequestBytes request, Reply reply) const {
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
