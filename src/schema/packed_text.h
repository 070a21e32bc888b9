// Texts that are kept for long and seldom read.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/status.h"

namespace tbl::schema {

/// A text, compressed: the JSON of a table takes a seventh. Up to 4 GiB. A value.
class PackedText {
 public:
  PackedText() = default;
  PackedText(Bytes text);  // NOLINT: implicit, it is the same text
  PackedText(const std::string& text) : PackedText(Bytes(text)) {}  // NOLINT: the same
  PackedText(const char* text) : PackedText(Bytes(text)) {}         // NOLINT: the same

  /// Error: no memory for it.
  Result<std::string> text() const;

 private:
  std::string packed_;
  uint32_t size_ = 0;
};

}  // namespace tbl::schema
