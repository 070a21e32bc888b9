#include "drainer/relay/frame.h"

#include <gtest/gtest.h>

namespace tbl::relay {
namespace {

std::string framed(const std::string& payload) {
  return frame_head(payload) + payload + frame_tail(payload);
}

/// The payloads, then "end", "torn" or the error.
std::vector<std::string> read(const std::string& content) {
  std::vector<std::string> out;
  FrameReader reader(content);
  while (true) {
    const auto record = reader.next();
    if (!record.ok()) {
      out.push_back(record.status().message());
      return out;
    }
    if (!*record) {
      out.push_back(reader.torn().ok() ? "end" : "torn");
      return out;
    }
    out.emplace_back(**record);
  }
}

using Seen = std::vector<std::string>;

TEST(Frame, IsTheOriginals) {
  EXPECT_EQ(to_hex(framed("hello")), "04051b1c050000000000000068656c6c6f4cbb719a");
}

TEST(Frame, RecordsFollowEachOther) {
  EXPECT_EQ(read(""), Seen{"end"});
  EXPECT_EQ(read(framed("a") + framed("") + framed("bc")), (Seen{"a", "", "bc", "end"}));
}

TEST(Frame, WhatIsCutOffAnywhereIsTorn) {
  const std::string content = framed("first") + framed("second");
  for (size_t size = framed("first").size() + 1; size < content.size(); ++size) {
    EXPECT_EQ(read(content.substr(0, size)), (Seen{"first", "torn"})) << size;
  }
}

TEST(Frame, AFlippedBitIsNeverTakenForAnEnd) {
  const std::string content = framed("first") + framed("second") + framed("third");
  for (size_t bit = 0; bit < framed("first").size() * 8; ++bit) {
    std::string damaged = content;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const auto seen = read(damaged);
    ASSERT_EQ(seen.size(), 1u) << bit;
    EXPECT_EQ(seen[0].find("at 0: "), 0u) << seen[0];
  }
}

TEST(Frame, WhatACrashLeavesAtTheEndIsNoRecord) {
  EXPECT_EQ(read(framed("first") + std::string(100, '\0')), (Seen{"first", "torn"}));
  std::string content = framed("first") + framed("second");
  content[content.size() - 6] = '\0';
  EXPECT_EQ(read(content), (Seen{"first", "torn"}));
}

TEST(Frame, ErrorsAreTheOriginals) {
  std::string content = framed("hello") + framed("more");
  content[0] = 'x';
  EXPECT_EQ(read(content), Seen{"at 0: binlogger: magic mismatch"});
  content = framed("hello") + framed("more");
  content[13] = 'E';
  EXPECT_NE(read(content)[0].find("expected crc32 2591144780 but got "), std::string::npos)
      << read(content)[0];
}

}  // namespace
}  // namespace tbl::relay
