#include "schema/packed_text.h"

#include <zlib.h>

namespace tbl::schema {

PackedText::PackedText(Bytes text) : size_(static_cast<uint32_t>(text.size())) {
  std::string room(compressBound(text.size()), '\0');
  uLongf size = room.size();
  const int done =
      compress2(reinterpret_cast<Bytef*>(room.data()), &size,
                reinterpret_cast<const Bytef*>(text.data()), text.size(), Z_BEST_SPEED);
  if (done == Z_OK) packed_.assign(room, 0, size);
}

Result<std::string> PackedText::text() const {
  std::string out(size_, '\0');
  uLongf size = out.size();
  if (size == 0) return out;
  const int done = uncompress(reinterpret_cast<Bytef*>(out.data()), &size,
                              reinterpret_cast<const Bytef*>(packed_.data()), packed_.size());
  if (done != Z_OK || size != out.size()) return resource_exhausted("no memory to unpack a text");
  return out;
}

}  // namespace tbl::schema
