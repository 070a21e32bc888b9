// Header fields on their way in (HeaderBlock) and out (HeaderList).
#pragma once

#include <nghttp2/nghttp2.h>

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
  HeaderList() { fields_.reserve(12); }
  void add_static(Bytes name, Bytes value);
  /// Static name, value that is copied.
  void add(Bytes name, Bytes value);
  void add_copied(Bytes name, Bytes value);
  const nghttp2_nv* data() const { return fields_.data(); }
  size_t size() const { return fields_.size(); }

 private:
  void push(Bytes name, Bytes value, uint8_t flags);
  std::vector<nghttp2_nv> fields_;
};

}  // namespace tbl::rpc
