#include "tidb/session/global_variables.h"

#include "tidb/session/system_variables.h"

namespace tbl::tidb {

GlobalVariables::GlobalVariables() {
  for (const SystemVariable& variable : all_system_variables()) {
    values_.emplace(variable.name, variable.standard);
  }
}

void GlobalVariables::set_constant(const std::string& name, std::string value) {
  std::lock_guard lock(mutex_);
  values_[name] = std::move(value);
}

void GlobalVariables::load(const Values& stored) {
  std::lock_guard lock(mutex_);
  for (const auto& [name, value] : stored) {
    const SystemVariable* variable = find_system_variable(name);
    if (variable != nullptr && (variable->scopes & kScopeGlobal)) values_[name] = value;
  }
}

void GlobalVariables::set_save(Save save) {
  std::lock_guard lock(mutex_);
  save_ = std::move(save);
}

std::string GlobalVariables::get(std::string_view name) const {
  std::lock_guard lock(mutex_);
  const auto it = values_.find(name);
  return it != values_.end() ? it->second : std::string();
}

Status GlobalVariables::set(const std::string& name, const std::string& value) {
  std::lock_guard saving(save_mutex_);
  Save save;
  {
    std::lock_guard lock(mutex_);
    save = save_;
  }
  if (save) TBL_TRY(save(name, value));
  std::lock_guard lock(mutex_);
  values_[name] = value;
  return ok_status();
}

GlobalVariables::Values GlobalVariables::all() const {
  std::lock_guard lock(mutex_);
  return values_;
}

}  // namespace tbl::tidb
