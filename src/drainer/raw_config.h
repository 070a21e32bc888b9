// Drainer's options as they were given, before they are checked. For config.cc and config_check.cc
// only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/net_address.h"
#include "drainer/config.h"

namespace tbl::drainer {

inline constexpr char kDefaultPort[] = ":8249";

/// A switch with an old, inverse name; each name can stand on the command line or in the file.
struct Switch {
  std::optional<bool> disable_flag;
  std::optional<bool> disable_key;
  std::optional<bool> enable_flag;
  std::optional<bool> enable_key;

  bool value() const {
    if (disable_flag) return !*disable_flag;
    if (disable_key) return !*disable_key;
    return enable_flag.value_or(enable_key.value_or(true));
  }
};

struct RawServer {
  std::string encrypted_password;
};

/// Texts as the user gave them, before they are checked; and options that are taken and mean
/// nothing here.
struct RawConfig {
  std::string addr = first_ipv4_address() + kDefaultPort;
  std::string pd_urls = "http://127.0.0.1:2379";
  std::string config_file;
  std::string db_type = "mysql";
  std::string ignore_schemas = "INFORMATION_SCHEMA,PERFORMANCE_SCHEMA,mysql";
  std::vector<int64_t> ignore_txn_commit_ts;
  std::string commit_order = "free";
  std::string ddl_error = "stop";
  std::string duplicate_row = "stop";
  std::string missing_row = "warn";
  std::string transaction_atomicity;
  int64_t relay_file_size = 10 << 20;
  Switch dispatch;
  Switch detect;
  ScalarText read_timeout{"1m"};
  RawServer to;
  RawServer checkpoint;
  std::map<std::string, EventRuleConfig> event_rules;
  std::vector<MigrateRuleConfig> migrate_rules;
  bool case_sensitive = false;

  bool ignored_bool = false;
  ScalarText ignored_text;
  std::vector<std::string> ignored_list;
};

/// Fills what `config` does not hold yet, checks everything.
Status check_config(const RawConfig& raw, DrainerConfig& config);

}  // namespace tbl::drainer
