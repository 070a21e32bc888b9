// Items of a mark, and the checkpoint's text.
#include <cstdlib>

#include "drainer/mysql/checkpoint.h"
#include "drainer/mysql/mark_items.h"

using namespace tbl::mysql;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tbl::Bytes input(reinterpret_cast<const char*>(data), size);
  auto items = decode_mark_items(input);
  if (items.ok()) {
    AppliedSet applied;
    for (const MarkItem& item : *items) applied.add(item);
    for (const MarkItem& item : *items) {
      if (!applied.covers(item.commit_ts, item.rows)) std::abort();
    }
    auto again = decode_mark_items(encode_mark_items(*items));
    if (!again.ok() || again->size() != items->size()) std::abort();
  }
  auto checkpoint = parse_checkpoint(input);
  if (checkpoint.ok() && !parse_checkpoint(format_checkpoint(*checkpoint)).ok()) std::abort();
  return 0;
}
