// An engine in a temporary directory with regions over it, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "tikv/methods.h"
#include "tikv/region_log.h"

namespace tbl::tikv {

/// Gives out ids from 100 on, as PD would.
class CountingSplitter : public Splitter {
 public:
  explicit CountingSplitter(std::unique_ptr<Regions>& regions) : regions_(regions) {}

  std::vector<SplitIds> ids(size_t regions, size_t peers) {
    std::vector<SplitIds> out(regions);
    for (auto& one : out) {
      one.region = next_++;
      for (size_t i = 0; i < peers; ++i) one.peers.push_back(next_++);
    }
    return out;
  }
  Result<std::vector<RegionPtr>> split(const RegionPtr& region,
                                       const std::vector<std::string>& keys) override {
    const auto peers = static_cast<size_t>(region->meta.peers_size());
    return regions_->split(region, keys, ids(keys.size(), peers));
  }

 private:
  std::unique_ptr<Regions>& regions_;
  uint64_t next_ = 100;
};

class RegionFixture : public ::testing::Test {
 protected:
  RegionFixture() {
    std::string pattern = (std::filesystem::temp_directory_path() / "regions-XXXXXX").string();
    dir = mkdtemp(pattern.data());
    open();
  }
  ~RegionFixture() override {
    close();
    std::filesystem::remove_all(dir);
  }
  void open() {
    EngineOptions options;
    options.dir = dir;
    engine = std::move(Engine::open(options)).value();
    store = std::make_unique<Store>(*engine);
  }
  void close() {
    regions.reset();
    store.reset();
    engine.reset();
  }
  /// Begins with this one region.
  void begin(const std::string& meta_hex) {
    metapb::Region meta;
    meta.ParseFromString(*from_hex(meta_hex));
    regions =
        std::make_unique<Regions>(*engine, std::vector<Region>{std::move(to_region(meta)).value()});
  }

  std::string dir;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<Store> store;
  std::unique_ptr<Regions> regions;
  CountingSplitter splitter{regions};
};

}  // namespace tbl::tikv
