// Rows in a file against the reader of rows in memory.
#include <cstdlib>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/sim_env.h"
#include "drainer/spill/large_value.h"

using namespace tbl;

namespace {

using Rows = std::vector<std::tuple<int64_t, int, std::string>>;

std::optional<Rows> in_memory(Bytes message) {
  Rows rows;
  auto value = codec::PrewriteValue::parse(message);
  if (!value.ok()) return std::nullopt;
  for (Bytes bytes; value->next(&bytes);) {
    auto mutation = codec::TableMutation::parse(bytes);
    if (!mutation.ok()) return std::nullopt;
    auto walk = mutation->rows();
    codec::MutationType type = codec::kMutationInsert;
    for (Bytes row; walk.next(&type, &row);) {
      rows.emplace_back(mutation->table_id(), type, std::string(row));
    }
    if (!walk.status().ok()) return std::nullopt;
  }
  return rows;
}

std::optional<Rows> in_file(Bytes message) {
  SimEnv disk;
  auto file = spill::SpillFile::create(disk, "value").value();
  if (!file->append(message).ok() || !file->seal().ok()) std::abort();
  auto value = spill::LargeValue::parse(std::move(file), {0, message.size()});
  if (!value.ok()) return std::nullopt;
  Rows rows;
  for (const spill::LargeMutation& mutation : (*value)->mutations()) {
    spill::LargeValue::Rows walk(**value, mutation);
    while (true) {
      codec::MutationType type = codec::kMutationInsert;
      Bytes row;
      auto found = walk.next(&type, &row);
      if (!found.ok()) return std::nullopt;
      if (!*found) break;
      rows.emplace_back(mutation.table_id, type, std::string(row));
    }
  }
  return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes message(reinterpret_cast<const char*>(data), size);
  const auto expected = in_memory(message);
  const auto got = in_file(message);
  // Groups and over-long varints, which nobody writes, are damage in a file only.
  if (got && (!expected || *got != *expected)) std::abort();
  return 0;
}
