// Splits regions with ids from PD.
#pragma once

#include "tikv/methods.h"
#include "tikv/pd_session.h"

namespace tbl::tikv {

/// Any thread. Both must outlive it.
class PdSplitter : public Splitter {
 public:
  PdSplitter(PdSession& pd, Regions& regions) : pd_(pd), regions_(regions) {}

  /// Other errors than kAborted: PD does not answer, or refuses.
  Result<std::vector<RegionPtr>> split(const RegionPtr& region,
                                       const std::vector<std::string>& keys) override;

 private:
  PdSession& pd_;
  Regions& regions_;
};

}  // namespace tbl::tikv
