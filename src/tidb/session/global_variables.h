// Values of the system variables: the server's (global) ones and each session's own.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/status.h"

namespace tbl::tidb {

/// The global values, as mysql.GLOBAL_VARIABLES keeps them. Any thread.
class GlobalVariables {
 public:
  using Values = std::map<std::string, std::string, std::less<>>;
  /// Writes one value to the table.
  using Save = std::function<Status(const std::string& name, const std::string& value)>;

  /// Every variable has its standard value at first.
  GlobalVariables();

  /// Facts of this server (version, port, hostname); not stored.
  void set_constant(const std::string& name, std::string value);
  /// From the table, at start; unknown names are left out.
  void load(const Values& stored);
  void set_save(Save save);

  /// Empty for a name that is none.
  std::string get(std::string_view name) const;
  /// `value` is normalized. Saved first; when that fails nothing changes.
  Status set(const std::string& name, const std::string& value);
  Values all() const;

 private:
  mutable std::mutex mutex_;
  std::mutex save_mutex_;  ///< one writer at a time, so that table and memory agree
  Values values_;
  Save save_;
};

}  // namespace tbl::tidb
