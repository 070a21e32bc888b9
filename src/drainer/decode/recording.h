// Reads a recorded capture (tests/captures), for tests.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "codec/binlog_view.h"
#include "schema/job.h"

namespace tbl::decode {

inline std::string unpacked(const std::string& path) {
  const std::string command = "zstd -dcq '" + path + "'";
  std::string content;
  FILE* pipe = popen(command.c_str(), "r");
  char buffer[1 << 16];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) content.append(buffer, n);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return content;
}

/// The file, or the file with ".zst" behind its name.
inline std::string file_content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return unpacked(path + ".zst");
  std::stringstream content;
  content << in.rdbuf();
  return content.str();
}

/// A transaction or a DDL job, as committed.
struct Committed {
  codec::BinlogView prewrite;
  codec::BinlogView commit;
};

/// What TiDB sent: payloads in order of arrival, and the committed ones by commit ts.
struct Recording {
  std::string bytes;
  std::vector<Bytes> payloads;
  std::map<int64_t, Committed> committed;
  std::map<int64_t, schema::DdlJobPtr> jobs;
};

inline Recording load_recording(const std::string& name) {
  const std::string folder = std::string(TBL_CAPTURES) + "/" + name;
  Recording recording;
  recording.bytes = unpacked(folder + "/write.bin.zst");
  std::map<int64_t, codec::BinlogView> prewrites;
  ByteReader in(recording.bytes);
  uint32_t size = 0;
  Bytes payload;
  while (in.read_le32(&size) && in.read_bytes(size, &payload)) {
    recording.payloads.push_back(payload);
    auto binlog = codec::BinlogView::parse(payload);
    EXPECT_TRUE(binlog.ok()) << binlog.status().to_string();
    if (binlog->type == codec::kBinlogPrewrite) prewrites[binlog->start_ts] = *binlog;
    if (binlog->type == codec::kBinlogCommit) {
      recording.committed[binlog->commit_ts] = {prewrites.at(binlog->start_ts), *binlog};
    }
  }
  EXPECT_TRUE(in.empty());
  for (const auto& item : nlohmann::json::parse(unpacked(folder + "/ddl_history.json.zst"))) {
    auto job = schema::parse_job(item.dump());
    EXPECT_TRUE(job.ok()) << job.status().to_string();
    recording.jobs[job->id] = std::make_shared<schema::DdlJob>(*job);
  }
  return recording;
}

}  // namespace tbl::decode
