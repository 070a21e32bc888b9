#include "rpc/socket_bio.h"

#include <errno.h>
#include <sys/socket.h>

#include <cstdint>

namespace tbl::rpc {
namespace {

int fd_of(BIO* bio) { return static_cast<int>(reinterpret_cast<intptr_t>(BIO_get_data(bio))); }

bool try_again() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

int write_socket(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  ssize_t n = send(fd_of(bio), data, static_cast<size_t>(size), MSG_NOSIGNAL);
  if (n < 0 && try_again()) BIO_set_retry_write(bio);
  return static_cast<int>(n);
}

int read_socket(BIO* bio, char* buffer, int size) {
  BIO_clear_retry_flags(bio);
  ssize_t n = recv(fd_of(bio), buffer, static_cast<size_t>(size), 0);
  if (n < 0 && try_again()) BIO_set_retry_read(bio);
  if (n == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(n);
}

long control_socket(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

int create_socket(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

const BIO_METHOD* method() {
  static const BIO_METHOD* made = [] {
    BIO_METHOD* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "tbl socket");
    BIO_meth_set_write(m, write_socket);
    BIO_meth_set_read(m, read_socket);
    BIO_meth_set_ctrl(m, control_socket);
    BIO_meth_set_create(m, create_socket);
    return m;
  }();
  return made;
}

}  // namespace

BIO* make_socket_bio(int fd) {
  BIO* bio = BIO_new(method());
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<intptr_t>(fd)));
  return bio;
}

}  // namespace tbl::rpc
