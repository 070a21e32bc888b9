#include "tidb/kv/mem_buffer.h"

#include <set>
#include <utility>

namespace tbl::tidb {

void MemBuffer::set(std::string key, BufferedWrite write) {
  const auto [entry, is_new] = writes_.try_emplace(std::move(key));
  if (is_new) {
    bytes_ += entry->first.size() + write.value.size();
    entry->second = std::move(write);
    undo_.push_back({entry, std::nullopt});
    return;
  }
  bytes_ += write.value.size();
  bytes_ -= entry->second.value.size();
  undo_.push_back({entry, std::exchange(entry->second, std::move(write))});
}

void MemBuffer::put(std::string key, std::string value, bool presume_new) {
  const BufferedWrite* own = find(key);
  // Once presumed new, the check is owed whatever is written later.
  const bool presumed = presume_new || (own != nullptr && own->presumed_new);
  set(std::move(key), {BufferedWrite::Kind::kPut, presumed, false, std::move(value)});
}

void MemBuffer::remove(std::string key, bool frees_value) {
  const BufferedWrite* own = find(key);
  const bool presumed = own != nullptr && own->presumed_new;
  set(std::move(key), {BufferedWrite::Kind::kRemove, presumed, frees_value, {}});
}

void MemBuffer::clear_presumed(Bytes key) {
  auto entry = writes_.find(key);
  if (entry != writes_.end()) entry->second.presumed_new = false;
}

const BufferedWrite* MemBuffer::find(Bytes key) const {
  auto entry = writes_.find(key);
  return entry == writes_.end() ? nullptr : &entry->second;
}

void MemBuffer::rollback_to(size_t mark) {
  while (undo_.size() > mark) {
    Undo& undo = undo_.back();
    bytes_ -= undo.entry->second.value.size();
    if (undo.before) {
      bytes_ += undo.before->value.size();
      undo.entry->second = std::move(*undo.before);
    } else {
      bytes_ -= undo.entry->first.size();
      writes_.erase(undo.entry);
    }
    undo_.pop_back();
  }
}

std::vector<std::string> MemBuffer::changed_since(size_t mark) const {
  std::set<Bytes> keys;
  for (size_t i = mark; i < undo_.size(); ++i) keys.insert(undo_[i].entry->first);
  return {keys.begin(), keys.end()};
}

}  // namespace tbl::tidb
