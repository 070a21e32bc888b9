#include "tidb/server/tidb_server.h"

#include <openssl/rand.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "base/bytes.h"
#include "base/log.h"
#include "base/net_address.h"
#include "base/version.h"
#include "cluster/cluster.h"
#include "rpc/server.h"
#include "tidb/binlog/pump_client.h"
#include "tidb/ddl/bootstrap.h"
#include "tidb/ddl/ddl.h"
#include "tidb/ddl/kv_storage.h"
#include "tidb/kv/gc_worker.h"
#include "tidb/kv/kv_store.h"
#include "tidb/memtable/virtual_tables.h"
#include "tidb/protocol/mysql_server.h"
#include "tidb/server/gc_tables.h"
#include "tidb/server/http_api.h"
#include "tidb/server/owner_key.h"
#include "tidb/server/sql_handler.h"
#include "tidb/server/sql_runner.h"
#include "tidb/session/internal_sql.h"
#include "tidb/session/slow_log.h"
#include "tidb/session/system_variables.h"
#include "tidb/session/user_locks.h"
#include "tidb/table/auto_id.h"
#include "tidb/types/release.h"

namespace tbl::tidb {
namespace {

/// How long PD and a pump are waited for.
constexpr int kPdTries = 30;
constexpr std::chrono::seconds kPumpWait{30};
/// What running statements get to end when the server stops.
constexpr std::chrono::seconds kStopGrace{5};
/// When a stop takes longer than this, calls to PD, stores and pumps are given up.
constexpr std::chrono::seconds kStopLimit{15};
constexpr std::chrono::milliseconds kBinlogDrain{5000};

std::string make_uuid() {
  unsigned char bytes[16];
  RAND_bytes(bytes, sizeof bytes);
  std::string hex = to_hex({reinterpret_cast<const char*>(bytes), sizeof bytes});
  for (const size_t at : {8, 13, 18, 23}) hex.insert(at, "-");
  return hex;
}

rpc::ServerOptions status_options(const TidbConfig& config) {
  rpc::ServerOptions options;
  options.pool_threads = 2;
  options.tls = config.cluster_tls;
  return options;
}

}  // namespace

/// Members stand in the order in which they depend on each other.
class TidbServer::Impl {
 public:
  Impl(TidbConfig config, StopSource stop)
      : config_(std::move(config)), stop_(std::move(stop)), privileges_(config_.skip_grant_table) {}

  /// Commits that are under way need the cluster to end: cut off, they would leave locks, and
  /// binlogs without an outcome that hold up every drainer.
  ~Impl() {
    StopSource done;
    Thread limit("stop_limit", [this, &done] {
      if (!wait_for(done.get_token(), kStopLimit)) return;
      log_warn("the stop takes too long: calls to the cluster are given up");
      cluster_stop_.request_stop();
    });
    stop_serving();
    owner_.reset();
    done.request_stop();
  }

  Status start() {
    // Once clients are served, a stop no longer cuts off what is under way.
    const std::stop_callback cut_off(stop_.get_token(), [this] { cluster_stop_.request_stop(); });
    TBL_TRY(connect());
    TBL_TRY(take_ownership());
    TBL_TRY(start_pump_client());
    TBL_TRY(start_storage());
    TBL_TRY(prepare_database());
    TBL_TRY(open_slow_log());
    TBL_TRY(start_status_server());
    return start_mysql_server();
  }

  bool wait() {
    std::unique_lock lock(mutex_);
    std::condition_variable_any stopped;
    stopped.wait(lock, stop_.get_token(), [] { return false; });
    return !lost_;
  }

 private:
  void stop_serving() {
    listener_stopper_.join();
    if (mysql_) mysql_->stop(kStopGrace);
    if (status_server_) status_server_->stop();
    gc_.reset();
    if (ddl_) ddl_->stop();
    if (store_) store_->drain();
    if (pumps_ && !pumps_->drain(kBinlogDrain)) {
      log_warn("some commit binlogs did not reach their pump: it will ask the store");
    }
  }

  Status connect() {
    log_info("connecting to PD", {{"path", config_.path}});
    cluster::ClusterOptions options;
    options.pd_urls = config_.pd_urls;
    options.tls = config_.cluster_tls;
    options.connect_tries = kPdTries;
    options.stop = cluster_stop_.get_token();
    TBL_ASSIGN(cluster_, cluster::Cluster::connect(options));
    log_info("connected to PD", {{"cluster id", cluster_->pd().cluster_id()}});
    return ok_status();
  }

  Status take_ownership() {
    const std::string host =
        config_.advertise_address.empty() ? host_name() : config_.advertise_address;
    OwnerKey::Options options;
    options.who = host + ":" + std::to_string(config_.port);
    options.uuid = uuid_;
    options.stop = stop_.get_token();
    options.on_lost = [this] {
      lost_ = true;
      cluster_stop_.request_stop();
      stop_.request_stop();
    };
    TBL_ASSIGN(owner_, OwnerKey::take(cluster_->etcd(), std::move(options)));
    return ok_status();
  }

  Status start_pump_client() {
    if (!config_.binlog) return ok_status();
    PumpClientOptions options;
    options.cluster_id = cluster_->pd().cluster_id();
    options.strategy = config_.binlog_strategy;
    options.socket = config_.binlog_socket;
    options.ignore_error = config_.binlog_ignore_error;
    options.tls = config_.cluster_tls;
    options.write_timeout = config_.binlog_write_timeout;
    options.start_timeout = kPumpWait;
    options.stop = cluster_stop_.get_token();
    TBL_ASSIGN(pumps_,
               PumpClient::start(cluster_->runtime(), &cluster_->etcd(), std::move(options)));
    log_info("create pumps client success, ignore binlog error",
             {{"ignore-error", config_.binlog_ignore_error}});
    return ok_status();
  }

  Status start_storage() {
    storage_ = std::make_unique<TikvStorage>(cluster_->pd(), cluster_->tikv());
    KvStoreOptions options;
    options.txn_total_size_limit = static_cast<uint64_t>(config_.txn_total_size_limit);
    options.may_commit = [this] { return owner_->held(); };
    store_ = std::make_unique<KvStore>(*storage_, pumps_.get(), options);
    auto_ids_ = std::make_unique<AutoIds>(*store_);
    ddl_storage_ = std::make_unique<KvDdlStorage>(*store_);
    backfill_ = std::make_unique<TableBackfill>(*store_);
    Ddl::Deps deps{ddl_storage_.get(), &schemas_, backfill_.get(), nullptr};
    deps.forget_auto_ids = [this](int64_t table_id) { auto_ids_->forget(table_id); };
    ddl_ = std::make_unique<Ddl>(std::move(deps), DdlOptions());
    TBL_TRY(ddl_->start());
    fill_domain();
    sql_runner_ = std::make_unique<SessionSqlRunner>(domain_);
    return ok_status();
  }

  void fill_domain() {
    VirtualSources sources;
    sources.privileges = &privileges_;
    sources.auto_ids = auto_ids_.get();
    sources.global_variables = [this] {
      const auto all = globals_.all();
      return VirtualSources::Pairs(all.begin(), all.end());
    };
    sources.processes = [this] {
      std::vector<ProcessRow> rows;
      for (ProcessInfo& p : processes_.list()) {
        rows.push_back({p.id, p.user, p.host, p.db, p.command, p.seconds, p.state, p.info});
      }
      return rows;
    };
    virtuals_ = make_virtual_catalog(std::move(sources));
    domain_.store = store_.get();
    domain_.schemas = &schemas_;
    domain_.auto_ids = auto_ids_.get();
    domain_.ddl = ddl_.get();
    domain_.globals = &globals_;
    domain_.processes = &processes_;
    domain_.user_locks = &user_locks_;
    domain_.privileges = &privileges_;
    domain_.virtuals = virtuals_.get();
    domain_.registry = &cluster_->registry();
    domain_.facts.server_version = server_version();
    domain_.facts.tidb_version = tidb_version_text();
    domain_.facts.binlog = config_.binlog;
    domain_.facts.skip_grant_table = config_.skip_grant_table;
    domain_.on_critical_error = [this] { on_critical_error(); };
    set_constants();
  }

  std::string server_version() const {
    return config_.server_version.empty() ? kServerVersion : config_.server_version;
  }

  void set_constants() {
    globals_.set_constant("version", server_version());
    globals_.set_constant("port", std::to_string(config_.port));
    globals_.set_constant("hostname", host_name());
    globals_.set_constant("datadir", config_.path);
    globals_.set_constant("socket", config_.socket);
    globals_.set_constant("log_bin", config_.binlog ? "ON" : "OFF");
    if (!config_.client_tls.cert_path.empty()) {
      globals_.set_constant("have_ssl", "YES");
      globals_.set_constant("have_openssl", "YES");
      globals_.set_constant("ssl_cert", config_.client_tls.cert_path);
      globals_.set_constant("ssl_key", config_.client_tls.key_path);
      globals_.set_constant("ssl_ca", config_.client_tls.ca_path);
    }
  }

  /// Bootstrap on the first start, then what sessions need of the system tables.
  Status prepare_database() {
    TBL_ASSIGN(const bool done, is_bootstrapped(*ddl_storage_));
    if (!done) {
      log_info("bootstrapping the cluster");
      std::vector<BootstrapVariable> variables;
      for (const SystemVariable& v : all_system_variables()) {
        if (v.scopes & kScopeGlobal) {
          variables.push_back({std::string(v.name), std::string(v.standard)});
        }
      }
      TBL_TRY(bootstrap(*ddl_storage_, *sql_runner_, variables).wrap("bootstrap"));
      log_info("bootstrap is done");
    }
    ddl_->set_sql_runner(sql_runner_.get());
    TBL_TRY(load_variables());
    if (!config_.skip_grant_table) TBL_TRY(privileges_.reload(query_runner(domain_)));
    gc_tables_ = std::make_unique<SqlGcTables>(domain_);
    GcOptions gc;
    gc.leader_id = uuid_;
    gc.leader_desc = "host:" + host_name() + ", pid:" + std::to_string(getpid());
    gc.stop = stop_.get_token();
    gc_ = std::make_unique<GcWorker>(*cluster_, *store_, *gc_tables_, gc);
    gc_->start();
    return ok_status();
  }

  Status load_variables() {
    TBL_ASSIGN(const TextResult rows,
               query_internal(domain_,
                              "SELECT variable_name, variable_value FROM mysql.global_variables"));
    GlobalVariables::Values stored;
    for (const auto& row : rows.rows) stored[row[0].value_or("")] = row[1].value_or("");
    globals_.load(stored);
    globals_.set_save([this](const std::string& name, const std::string& value) {
      return run_internal(domain_, "REPLACE INTO mysql.global_variables VALUES (" +
                                       sql_quote(name) + ", " + sql_quote(value) + ")");
    });
    return ok_status();
  }

  Status open_slow_log() {
    if (config_.slow_query_file.empty()) return ok_status();
    SlowLog::Options options;
    options.file = config_.slow_query_file;
    options.max_file_bytes = config_.log.max_file_bytes;
    options.threshold = std::chrono::milliseconds(config_.slow_threshold_ms);
    slow_log_ = std::make_unique<SlowLog>(options);
    domain_.slow_log = slow_log_.get();
    return slow_log_->open();
  }

  Status start_status_server() {
    if (!config_.report_status) return ok_status();
    status_server_ = std::make_unique<rpc::Server>(status_options(config_));
    api_ = std::make_unique<HttpApi>(
        HttpApi::Parts{config_, domain_, *cluster_, pumps_.get(), uuid_,
                       [this] { return mysql_ ? mysql_->connection_count() : 0; }});
    api_->add_to(*status_server_);
    const std::string address = config_.status_host + ":" + std::to_string(config_.status_port);
    TBL_TRY(status_server_->listen(address));
    TBL_TRY(status_server_->start());
    log_info("for status and metrics report", {{"listening on addr", address}});
    return ok_status();
  }

  Status start_mysql_server() {
    protocol::MysqlServerOptions options;
    options.login.server_version = server_version();
    options.login.tls = config_.client_tls;
    options.max_connections = static_cast<size_t>(config_.token_limit);
    mysql_ = std::make_unique<protocol::MysqlServer>(
        options, [this](uint64_t id, protocol::ConnectionControl& control) {
          return std::make_unique<SqlHandler>(domain_, id, control);
        });
    const std::string address = config_.host + ":" + std::to_string(config_.port);
    TBL_TRY(mysql_->listen(address));
    if (!config_.socket.empty()) TBL_TRY(mysql_->listen("unix:" + config_.socket));
    mysql_->start();
    log_info("server is running MySQL protocol", {{"addr", address}});
    return ok_status();
  }

  /// As TiDB 3.0: no new clients until somebody looks; those that are there see errors.
  void on_critical_error() {
    std::lock_guard lock(mutex_);
    if (critical_ || !mysql_) return;
    critical_ = true;
    log_error("critical error, stop the server listener");
    listener_stopper_ = Thread("stop_listener", [this] { mysql_->stop_accepting(); });
  }

  const TidbConfig config_;
  StopSource stop_;
  StopSource cluster_stop_;  ///< ends every wait for PD, stores and pumps
  const std::string uuid_ = make_uuid();
  std::atomic<bool> lost_{false};
  std::mutex mutex_;
  bool critical_ = false;

  SchemaHolder schemas_;
  GlobalVariables globals_;
  ProcessList processes_;
  UserLocks user_locks_;
  std::unique_ptr<SlowLog> slow_log_;
  PrivilegeManager privileges_;
  Domain domain_;

  std::unique_ptr<cluster::Cluster> cluster_;
  std::unique_ptr<OwnerKey> owner_;
  std::unique_ptr<PumpClient> pumps_;
  std::unique_ptr<TikvStorage> storage_;
  std::unique_ptr<KvStore> store_;
  std::unique_ptr<AutoIds> auto_ids_;
  std::unique_ptr<KvDdlStorage> ddl_storage_;
  std::unique_ptr<TableBackfill> backfill_;
  std::unique_ptr<Ddl> ddl_;
  std::unique_ptr<VirtualCatalog> virtuals_;
  std::unique_ptr<SessionSqlRunner> sql_runner_;
  std::unique_ptr<SqlGcTables> gc_tables_;
  std::unique_ptr<GcWorker> gc_;
  std::unique_ptr<protocol::MysqlServer> mysql_;
  std::unique_ptr<HttpApi> api_;
  std::unique_ptr<rpc::Server> status_server_;
  Thread listener_stopper_;
};

TidbServer::TidbServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TidbServer::~TidbServer() = default;

Result<std::unique_ptr<TidbServer>> TidbServer::start(TidbConfig config, StopSource stop) {
  auto impl = std::make_unique<Impl>(std::move(config), std::move(stop));
  TBL_TRY(impl->start());
  return std::unique_ptr<TidbServer>(new TidbServer(std::move(impl)));
}

bool TidbServer::wait() { return impl_->wait(); }

}  // namespace tbl::tidb
