// Header fields on their way in (HeaderBlock) and out (HeaderList).
#pragma once

#include <nghttp2/nghttp2.h>

#include <array>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace tbl::rpc {

/// Fields of one received header block, in order; one is reused for all blocks of a connection.
class HeaderBlock {
 public:
  struct Field {
    Bytes name;
    Bytes value;
  };

  void clear();
  void add(Bytes name, Bytes value);
  size_t size() const { return places_.size(); }
  Field field(size_t i) const;
  /// Value of the first field called `name`, or empty.
  Bytes get(Bytes name) const;
  bool has(Bytes name) const;

 private:
  struct Place {
    uint32_t at;
    uint32_t name_size;
    uint32_t value_size;
  };
  std::string bytes_;
  std::vector<Place> places_;
};

/// Fields to send. Names and values must live until the list was submitted (nghttp2 copies), those
/// of add_static() for ever.
class HeaderList {
 public:
  void add_static(Bytes name, Bytes value);
  /// Static name, value that is copied.
  void add(Bytes name, Bytes value);
  void add_copied(Bytes name, Bytes value);
  const nghttp2_nv* data() const { return many_.empty() ? few_.data() : many_.data(); }
  size_t size() const { return many_.empty() ? few_size_ : many_.size(); }

 private:
  void push(Bytes name, Bytes value, uint8_t flags);
  std::array<nghttp2_nv, 12> few_;
  size_t few_size_ = 0;
  std::vector<nghttp2_nv> many_;  ///< all of them, once they are more than fit into few_
};

}  // namespace tbl::rpc
