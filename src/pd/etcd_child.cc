#include "pd/etcd_child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <filesystem>

#include "base/env.h"
#include "base/log.h"

extern char** environ;

namespace tbl::pd {
namespace {

constexpr char kClientSocket[] = "client:1";
constexpr char kPeerSocket[] = "peer:1";
constexpr std::chrono::milliseconds kRestartDelay(200);
constexpr std::chrono::milliseconds kTermGrace(2000);

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts) out += (out.empty() ? "" : ",") + part;
  return out;
}

/// etcd runs in another directory than PD.
std::string absolute(const std::string& path) {
  std::error_code error;
  return path.empty() ? path : std::filesystem::absolute(path, error).string();
}

std::string link_target(const std::string& link) {
  std::error_code error;
  const auto target = std::filesystem::read_symlink(link, error);
  return error ? std::string() : target.string();
}

/// A process that runs etcd in our directory can only be our child.
bool is_our_etcd(pid_t pid, const std::string& run_dir) {
  const std::string proc = "/proc/" + std::to_string(pid);
  std::string exe = link_target(proc + "/exe");
  constexpr std::string_view kDeleted = " (deleted)";
  if (exe.ends_with(kDeleted)) exe.resize(exe.size() - kDeleted.size());
  return std::filesystem::path(exe).filename() == "etcd" && link_target(proc + "/cwd") == run_dir;
}

Status kill_stale(const std::string& pid_file, const std::string& run_dir) {
  const auto text = posix_env().read_file(pid_file);
  if (!text.ok()) return ok_status();
  pid_t pid = 0;
  std::from_chars(text->data(), text->data() + text->size(), pid);
  if (pid <= 1 || !is_our_etcd(pid, run_dir)) return ok_status();
  log_warn("an etcd of an earlier run is still alive, killing it", {{"pid", pid}});
  ::kill(pid, SIGKILL);
  const StopSource never;
  for (int i = 0; i < 500 && is_our_etcd(pid, run_dir); ++i) {
    wait_for(never.get_token(), std::chrono::milliseconds(10));
  }
  if (!is_our_etcd(pid, run_dir)) return ok_status();
  return failed_precondition("etcd of an earlier run, process " + std::to_string(pid) +
                             ", does not die");
}

/// A short election makes a member that is alone ready within half a second; among several it would
/// come with every pause of a busy machine. PD's least lease, which depends on the election
/// timeout, is kept up by the proxy.
void add_peer_arguments(const EtcdChildOptions& o, std::vector<std::string>* out) {
  const bool alone = o.listen_peer_urls.empty();
  const std::string own = o.name + "=" + joined(o.advertise_peer_urls);
  out->push_back("--listen-peer-urls=" +
                 (alone ? std::string("unix://") + kPeerSocket : joined(o.listen_peer_urls)));
  out->push_back("--initial-advertise-peer-urls=" + joined(o.advertise_peer_urls));
  out->push_back("--initial-cluster=" + (o.initial_cluster.empty() ? own : o.initial_cluster));
  out->push_back(std::string("--initial-cluster-state=") + (o.joins ? "existing" : "new"));
  out->push_back(alone ? "--heartbeat-interval=40" : "--heartbeat-interval=100");
  out->push_back(alone ? "--election-timeout=400" : "--election-timeout=1000");
  out->push_back("--pre-vote=true");
  const bool tls = std::any_of(o.listen_peer_urls.begin(), o.listen_peer_urls.end(),
                               [](const auto& url) { return url.starts_with("https:"); });
  if (!tls) return;
  out->push_back("--peer-cert-file=" + absolute(o.peer_tls.cert_path));
  out->push_back("--peer-key-file=" + absolute(o.peer_tls.key_path));
  out->push_back("--peer-trusted-ca-file=" + absolute(o.peer_tls.ca_path));
  out->push_back("--peer-client-cert-auth=true");
}

std::vector<std::string> arguments(const EtcdChildOptions& o, const std::string& etcd_dir) {
  std::vector<std::string> out{"etcd",
                               "--name=" + o.name,
                               "--data-dir=" + etcd_dir,
                               std::string("--listen-client-urls=unix://") + kClientSocket,
                               "--advertise-client-urls=" + joined(o.advertise_client_urls),
                               "--initial-cluster-token=pd-cluster",
                               "--quota-backend-bytes=" + std::to_string(o.quota_backend_bytes),
                               "--auto-compaction-mode=" + o.auto_compaction_mode,
                               "--auto-compaction-retention=" + o.auto_compaction_retention,
                               "--logger=zap",
                               "--log-level=warn"};
  add_peer_arguments(o, &out);
  return out;
}

/// etcd reads ETCD_… as options; ours are complete.
std::vector<char*> environment() {
  std::vector<char*> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!text.starts_with("ETCD_") || text.starts_with("ETCD_UNSUPPORTED_ARCH=")) {
      out.push_back(*entry);
    }
  }
  out.push_back(nullptr);
  return out;
}

}  // namespace

Result<std::string> find_in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(':'), rest.size());
    const std::string candidate = join_path(std::string(rest.substr(0, end)), name);
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return not_found("no program " + name + " in PATH (" + (path == nullptr ? "unset" : path) +
                   "): install the package etcd-server");
}

class EtcdChild::Impl {
 public:
  static Result<std::unique_ptr<Impl>> start(const EtcdChildOptions& options) {
    std::unique_ptr<Impl> impl(new Impl());
    TBL_ASSIGN(impl->program_, find_in_path("etcd"));
    TBL_TRY(posix_env().create_dirs(options.data_dir));
    // Before anything is killed: an etcd whose PD lives is not stale.
    TBL_ASSIGN(impl->lock_, posix_env().lock(join_path(options.data_dir, "pd.lock")));
    TBL_TRY(impl->prepare(options));
    TBL_TRY(kill_stale(impl->pid_file_, impl->run_dir_));
    impl->keeper_ = Thread("etcd-keeper", [raw = impl.get()] { raw->keep(); });
    return impl;
  }

  ~Impl() {
    stop_.request_stop();
    signal_child(SIGTERM);
    const StopSource never;
    const auto deadline = std::chrono::steady_clock::now() + kTermGrace;
    while (child_ > 0 && std::chrono::steady_clock::now() < deadline) {
      wait_for(never.get_token(), std::chrono::milliseconds(5));
    }
    signal_child(SIGKILL);
    keeper_.join();
    if (run_dir_fd_ >= 0) ::close(run_dir_fd_);
  }

  std::string address_;
  std::string socket_path_;
  std::string log_path_;
  std::atomic<int> deaths_{0};

 private:
  Status prepare(const EtcdChildOptions& options) {
    Env& env = posix_env();
    std::error_code error;
    const std::string data_dir = std::filesystem::canonical(options.data_dir, error).string();
    if (error) return errno_status(error.value(), options.data_dir);
    run_dir_ = join_path(data_dir, "run");
    pid_file_ = join_path(data_dir, "etcd.pid");
    log_path_ = join_path(data_dir, "etcd.log");
    TBL_TRY(env.create_dirs(run_dir_, 0700));
    if (::chmod(run_dir_.c_str(), 0700) != 0) return errno_status(errno, "chmod " + run_dir_);
    run_dir_fd_ = ::open(run_dir_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (run_dir_fd_ < 0) return errno_status(errno, "open " + run_dir_);
    socket_path_ = "/proc/self/fd/" + std::to_string(run_dir_fd_) + "/" + kClientSocket;
    address_ = "unix:" + socket_path_;
    arguments_ = arguments(options, join_path(data_dir, "etcd"));
    environment_ = environment();
    return ok_status();
  }

  /// The body of the thread that is the child's parent: PR_SET_PDEATHSIG counts from its death.
  void keep() {
    while (!stop_.stop_requested()) {
      if (const Status status = spawn(); !status.ok()) {
        log_error("cannot start etcd", {{"error", status}});
      } else {
        int how = 0;
        while (::waitpid(child_, &how, 0) < 0 && errno == EINTR) {
        }
        report_death(how);
      }
      wait_for(stop_.get_token(), kRestartDelay);
    }
  }

  void report_death(int how) {
    child_ = 0;
    if (stop_.stop_requested()) return;
    ++deaths_;
    log_error("etcd ended, starting it again",
              {{"exit code", WIFEXITED(how) ? WEXITSTATUS(how) : -1},
               {"signal", WIFSIGNALED(how) ? WTERMSIG(how) : 0},
               {"log", log_path_}});
  }

  Status spawn() {
    ::unlink(join_path(run_dir_, kClientSocket).c_str());
    ::unlink(join_path(run_dir_, kPeerSocket).c_str());
    const int log = ::open(log_path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log < 0) return errno_status(errno, "open " + log_path_);
    std::vector<char*> argv;
    for (auto& argument : arguments_) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0) run_child(parent, log, argv.data());
    ::close(log);
    if (pid < 0) return errno_status(errno, "fork");
    child_ = pid;
    if (stop_.stop_requested()) ::kill(pid, SIGKILL);
    return posix_env().write_file_atomically(pid_file_, std::to_string(pid) + "\n");
  }

  /// Between fork and exec: only calls that are safe after a signal.
  [[noreturn]] void run_child(pid_t parent, int log, char** argv) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    ::setpgid(0, 0);  // a terminal's ^C is for us, not for the child
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    if (::chdir(run_dir_.c_str()) == 0) ::execve(program_.c_str(), argv, environment_.data());
    ::_exit(127);
  }

  void signal_child(int signal) {
    if (const pid_t pid = child_; pid > 0) ::kill(pid, signal);
  }

  std::string program_;
  std::unique_ptr<FileLock> lock_;
  std::string run_dir_;
  std::string pid_file_;
  int run_dir_fd_ = -1;
  std::vector<std::string> arguments_;
  std::vector<char*> environment_;
  std::atomic<pid_t> child_{0};
  StopSource stop_;
  Thread keeper_;
};

EtcdChild::EtcdChild(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EtcdChild::~EtcdChild() = default;

Result<std::unique_ptr<EtcdChild>> EtcdChild::start(const EtcdChildOptions& options) {
  TBL_ASSIGN(auto impl, Impl::start(options));
  return std::unique_ptr<EtcdChild>(new EtcdChild(std::move(impl)));
}

const std::string& EtcdChild::address() const { return impl_->address_; }
const std::string& EtcdChild::socket_path() const { return impl_->socket_path_; }
int EtcdChild::deaths() const { return impl_->deaths_; }
const std::string& EtcdChild::log_path() const { return impl_->log_path_; }

}  // namespace tbl::pd
