// A MariaDB server of its own for tests: private directory, unix socket only, gone at the end.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "drainer/mysql/connection.h"

namespace tbl::mysql {

/// One per test program, started at the first use.
class PrivateServer {
 public:
  static PrivateServer& instance() {
    static PrivateServer server;
    return server;
  }

  ConnectionOptions options() const {
    ConnectionOptions out;
    out.unix_socket = dir_ + "/s";
    out.read_timeout_s = 20;
    return out;
  }
  std::unique_ptr<Connection> connect() const {
    auto connection = Connection::open(options());
    if (!connection.ok()) throw std::runtime_error(connection.status().to_string());
    return std::move(connection).value();
  }

  /// kill -9, or a clean stop.
  void stop(int signal_number = SIGKILL) {
    if (pid_ <= 0) return;
    kill(pid_, signal_number);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  void start() {
    pid_ =
        spawn({"/usr/sbin/mariadbd", "--no-defaults", "--user=root", "--datadir=" + dir_ + "/data",
               "--socket=" + dir_ + "/s", "--pid-file=" + dir_ + "/pid", "--skip-networking",
               "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M",
               "--innodb-flush-log-at-trx-commit=2", "--lc-messages-dir=/usr/share/mysql"});
    for (int i = 0; i < 600; ++i) {
      if (Connection::open(options()).ok()) return;
      if (waitpid(pid_, nullptr, WNOHANG) == pid_) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    // The directory goes with the process, and a thread that waits for this server ends it.
    std::cerr << std::ifstream(dir_ + "/log").rdbuf();
    throw std::runtime_error("mariadbd did not start, its log stands above");
  }

  ~PrivateServer() {
    stop();
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }

 private:
  PrivateServer() {
    // In memory where possible: the tests make and drop many tables.
    dir_ = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    dir_ += "/sink-test-XXXXXX";
    if (mkdtemp(dir_.data()) == nullptr) throw std::runtime_error("mkdtemp");
    pid_t installer = spawn({"/usr/bin/mariadb-install-db", "--no-defaults", "--user=root",
                             "--auth-root-authentication-method=normal", "--skip-test-db",
                             "--datadir=" + dir_ + "/data"});
    int status = 0;
    waitpid(installer, &status, 0);
    if (status != 0) throw std::runtime_error("mariadb-install-db failed, see " + dir_ + "/log");
    start();
  }

  pid_t spawn(std::vector<std::string> command) const {
    std::vector<char*> argv;
    for (auto& word : command) argv.push_back(word.data());
    argv.push_back(nullptr);
    std::string log = dir_ + "/log";
    pid_t pid = fork();
    if (pid != 0) return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // A MariaDB that starts removes the temporary tables of all that share its directory for them.
    setenv("TMPDIR", dir_.c_str(), 1);
    int fd = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(fd, 1);
    dup2(fd, 2);
    execv(argv[0], argv.data());
    _exit(127);
  }

  std::string dir_;
  pid_t pid_ = -1;
};

}  // namespace tbl::mysql
