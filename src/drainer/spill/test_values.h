// Files of given content; for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "spill/spill_file.h"

namespace tbl::spill {

inline std::unique_ptr<SpillFile> file_of(Env& env, Bytes content) {
  auto file = SpillFile::create(env, "value.spill");
  EXPECT_TRUE(file.ok()) << file.status().to_string();
  EXPECT_TRUE((*file)->append(content).ok());
  EXPECT_TRUE((*file)->seal().ok());
  return std::move(*file);
}

}  // namespace tbl::spill
