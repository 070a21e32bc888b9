// Test helper: a TiDB cluster in this process: PD members and TiKV stores on rpc::Server, over one
// model.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cluster/fake_mvcc.h"
#include "cluster/pd.h"
#include "cluster/region.h"
#include "cluster/tikv.h"
#include "proto/errorpb.pb.h"
#include "proto/pdpb.pb.h"
#include "rpc/server.h"

namespace tbl::cluster::testing {

struct FakeClusterOptions {
  int pd_members = 1;
  int stores = 1;
  std::vector<std::string> split_keys{};  ///< borders of the first regions
  uint64_t cluster_id = 7711187787601809396;
};

/// What goes wrong with the next call of a method.
struct Fault {
  errorpb::Error region_error{};  ///< answered instead of executing, if `is_region_error`
  bool is_region_error = false;
  Status status{};             ///< the call fails with this
  bool execute_first = false;  ///< after it has been executed
};

/// Any thread. Servers run until it is destroyed.
class FakeCluster {
 public:
  explicit FakeCluster(const FakeClusterOptions& options = {});
  ~FakeCluster();

  std::vector<std::string> pd_urls() const;
  void set_pd_leader(int member);
  void stop_pd(int member);
  void stop_store(uint64_t id);

  /// Splits the region that holds the key; the new one gets the right side. Epochs grow.
  void split(const std::string& key);
  void move_leader(const std::string& key, uint64_t store_id);
  Region region_of(const std::string& key);

  /// The next calls of "KvGet" and the like fail so, in turn.
  void inject(const std::string& method, Fault fault);
  /// Calls of a method ("KvGet", "GetRegion") so far.
  int calls(const std::string& method) const;
  /// Takes a method away, as an older version.
  void set_unimplemented(const std::string& method);

  uint64_t next_ts();
  /// The cluster's time goes on.
  void advance_ms(int64_t ms);

  /// Looks at or changes the data under the lock.
  template <typename Use>
  auto with_data(Use use) {
    std::lock_guard lock(mutex_);
    return use(mvcc_);
  }

 private:
  struct StoreServer {
    uint64_t id;
    std::string address;
    std::unique_ptr<rpc::Server> server;
  };
  struct PdServer {
    std::string address;
    std::unique_ptr<rpc::Server> server;
  };

  void start_store(uint64_t id);
  void start_pd(int member);
  void add_pd_methods(rpc::Server& server, int member);
  Result<std::string> answer_tso(int member, const std::string& message);
  template <typename Request, typename Response>
  void add_store_method(rpc::Server& server, uint64_t store, const std::string& method,
                        std::function<std::vector<std::string>(const Request&)> keys_of);
  template <typename Request, typename Response>
  void add_pd_method(rpc::Server& server, int member, const std::string& method,
                     std::function<Status(const Request&, Response*)> handle);
  bool region_error(uint64_t store, const kvrpcpb::Context& context,
                    const std::vector<std::string>& keys, errorpb::Error* error);
  size_t index_of(const std::string& key) const;
  void fill_members(pdpb::GetMembersResponse* response) const;
  void fill_region(const Region& region, pdpb::GetRegionResponse* response) const;

  const uint64_t cluster_id_;
  mutable std::mutex mutex_;
  FakeMvcc mvcc_;
  std::vector<Region> regions_;  ///< by start key
  std::map<std::string, std::deque<Fault>> faults_;
  std::map<std::string, int> calls_;
  std::map<std::string, bool> unimplemented_;
  uint64_t next_id_ = 100;
  int64_t physical_ms_ = 1577934245000;
  uint64_t logical_ = 0;
  uint64_t safe_point_ = 0;
  int pd_leader_ = 0;
  std::vector<StoreServer> stores_;
  std::vector<PdServer> pds_;
};

/// Clients of a FakeCluster with short limits, so that giving up takes no time.
struct FakeClients {
  explicit FakeClients(const FakeCluster& cluster,
                       std::chrono::milliseconds total = std::chrono::seconds(20));

  StopSource stop;
  rpc::ClientRuntime runtime;
  std::unique_ptr<PdClient> pd;
  std::unique_ptr<TikvClient> tikv;
};

}  // namespace tbl::cluster::testing
