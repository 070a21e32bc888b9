#include "rpc/header_block.h"

namespace tbl::rpc {

void HeaderBlock::clear() {
  bytes_.clear();
  places_.clear();
}

void HeaderBlock::add(Bytes name, Bytes value) {
  places_.push_back({static_cast<uint32_t>(bytes_.size()), static_cast<uint32_t>(name.size()),
                     static_cast<uint32_t>(value.size())});
  bytes_.append(name);
  bytes_.append(value);
}

HeaderBlock::Field HeaderBlock::field(size_t i) const {
  const Place& p = places_[i];
  return {Bytes(bytes_).substr(p.at, p.name_size),
          Bytes(bytes_).substr(p.at + p.name_size, p.value_size)};
}

Bytes HeaderBlock::get(Bytes name) const {
  for (size_t i = 0; i < places_.size(); ++i) {
    Field f = field(i);
    if (f.name == name) return f.value;
  }
  return {};
}

bool HeaderBlock::has(Bytes name) const {
  for (size_t i = 0; i < places_.size(); ++i) {
    if (field(i).name == name) return true;
  }
  return false;
}

void HeaderList::push(Bytes name, Bytes value, uint8_t flags) {
  nghttp2_nv nv;
  nv.name = reinterpret_cast<uint8_t*>(const_cast<char*>(name.data()));
  nv.value = reinterpret_cast<uint8_t*>(const_cast<char*>(value.data()));
  nv.namelen = name.size();
  nv.valuelen = value.size();
  nv.flags = flags;
  if (many_.empty() && few_size_ < few_.size()) {
    few_[few_size_++] = nv;
    return;
  }
  if (many_.empty()) many_.assign(few_.begin(), few_.end());
  many_.push_back(nv);
}

void HeaderList::add_static(Bytes name, Bytes value) {
  push(name, value, NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE);
}

void HeaderList::add(Bytes name, Bytes value) { push(name, value, NGHTTP2_NV_FLAG_NO_COPY_NAME); }

void HeaderList::add_copied(Bytes name, Bytes value) { push(name, value, NGHTTP2_NV_FLAG_NONE); }

}  // namespace tbl::rpc
