#include "rpc/loop_standby.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/log.h"

namespace tbl::rpc {

LoopStandby::~LoopStandby() {
  if (fd_ >= 0) close(fd_);
}

void LoopStandby::open(int epoll_fd) {
  loop_fd_ = epoll_fd;
  fd_ = epoll_create1(EPOLL_CLOEXEC);
  epoll_event nothing{};
  if (fd_ < 0 || epoll_ctl(fd_, EPOLL_CTL_ADD, loop_fd_, &nothing) != 0) {
    log_fatal("no epoll for a standby thread", {{"errno", errno}});
  }
}

void LoopStandby::watch(unsigned events) const {
  epoll_event event{};
  event.events = events;
  epoll_ctl(fd_, EPOLL_CTL_MOD, loop_fd_, &event);
}

void LoopStandby::arm() { watch(EPOLLIN | EPOLLONESHOT); }

void LoopStandby::disarm() { watch(0); }

void LoopStandby::wait() const {
  epoll_event event;
  epoll_wait(fd_, &event, 1, -1);
}

}  // namespace tbl::rpc
