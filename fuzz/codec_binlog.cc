// The message Binlog: what is read is written to something that reads the same.
#include <cstdlib>

#include "codec/binlog_view.h"

using namespace tbl::codec;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tbl::Bytes input(reinterpret_cast<const char*>(data), size);
  auto binlog = BinlogView::parse(input);
  if (!binlog.ok()) return 0;
  std::string once;
  write_binlog(once, *binlog);
  if (once.size() != binlog_size(*binlog)) std::abort();
  auto again = BinlogView::parse(once);
  if (!again.ok()) std::abort();
  std::string twice;
  write_binlog(twice, *again);
  if (once != twice) std::abort();
  return 0;
}
