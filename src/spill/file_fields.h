// Protobuf's wire format in a file: fields are found without reading what they hold.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "codec/wire.h"
#include "spill/spill_file.h"

namespace tbl::spill {

/// A stretch of a file.
struct FileRange {
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t size() const { return end - begin; }
};

/// Reads a file through a buffer, best forward. One thread.
class FileWindow {
 public:
  explicit FileWindow(const SpillFile& file) : file_(&file) {}

  /// The bytes of `range`, good until the next call. A range may be larger than the buffer: it is
  /// held whole then.
  Result<Bytes> view(FileRange range);
  /// Its first bytes, at most `n` of them.
  Result<Bytes> front(FileRange range, size_t n);
  const SpillFile& file() const { return *file_; }

 private:
  const SpillFile* file_;
  std::string buffer_;
  uint64_t begin_ = 0;  ///< of the buffer, in the file
};

struct FileField {
  uint32_t number = 0;
  codec::WireType type = codec::WireType::kVarint;
  uint64_t varint = 0;
  FileRange bytes;
  uint64_t begin = 0;  ///< of its tag
};

/// Walks over the fields of one message. Groups, which no binlog has, count as damage. One thread.
class FileFields {
 public:
  /// `name` is the message's, for errors.
  FileFields(const SpillFile& file, FileRange message, std::string name)
      : window_(file), rest_(message), name_(std::move(name)) {}

  /// False at the end. kDataLoss: damaged, or the file cannot be read.
  Result<bool> next(FileField* field);
  /// As next(), but only fields of this number, which must be of this type.
  Result<bool> next(uint32_t number, codec::WireType type, FileField* field);
  /// What a field of type kBytes holds, good until the next call of anything.
  Result<Bytes> bytes_of(const FileField& field) { return window_.view(field.bytes); }
  /// The error for a message that is not what it should be.
  Status damaged(const char* what) const;

 private:
  Status read_value(ByteReader& head, FileField* field, uint64_t* value_size) const;

  FileWindow window_;
  FileRange rest_;
  std::string name_;
};

}  // namespace tbl::spill
