#include "cluster/real_etcd.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>
#include <vector>

namespace tbl::cluster::testing {
namespace {

sockaddr_in local(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = local(0);
  EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

bool can_connect(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = local(port);
  const bool ok = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return ok;
}

}  // namespace

RealEtcd::RealEtcd() {
  char dir[] = "/tmp/tbl-etcd-XXXXXX";
  dir_ = mkdtemp(dir);
  client_port_ = free_port();
  peer_port_ = free_port();
  start();
}

RealEtcd::~RealEtcd() {
  kill();
  std::filesystem::remove_all(dir_);
}

void RealEtcd::start() {
  const std::string client = ":" + std::to_string(client_port_);
  const std::string peer = "http://127.0.0.1:" + std::to_string(peer_port_);
  std::vector<std::string> args = {"etcd",
                                   "--data-dir=" + dir_ + "/data",
                                   "--listen-client-urls=http://127.0.0.1" + client,
                                   "--advertise-client-urls=http://localhost" + client,
                                   "--listen-peer-urls=" + peer,
                                   "--initial-advertise-peer-urls=" + peer,
                                   "--initial-cluster=default=" + peer};
  std::vector<char*> argv;
  for (auto& arg : args) argv.push_back(arg.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const std::string log = dir_ + "/log";
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  ASSERT_EQ(posix_spawnp(&pid_, "etcd", &actions, nullptr, argv.data(), environ), 0)
      << "etcd-server is not installed";
  posix_spawn_file_actions_destroy(&actions);
  wait_until_ready();
}

void RealEtcd::wait_until_ready() const {
  for (int i = 0; i < 3000 && !can_connect(client_port_); ++i) {
    ASSERT_EQ(waitpid(pid_, nullptr, WNOHANG), 0) << "etcd has ended, see " << dir_;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

void RealEtcd::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace tbl::cluster::testing
