#include "tidb/exec/row_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <type_traits>

namespace tbl::tidb {

namespace {

template <typename T>
void append_raw(std::string* out, const T& v) {
  static_assert(std::is_trivially_copyable_v<T>);
  out->append(reinterpret_cast<const char*>(&v), sizeof(v));
}

void append_text(std::string* out, const std::string& text) {
  append_raw(out, static_cast<uint64_t>(text.size()));
  out->append(text);
}

Status cut_short() { return data_loss("a temporary file's row is cut short"); }

template <typename T>
Status take_raw(std::string_view* in, T* v) {
  if (in->size() < sizeof(T)) return cut_short();
  std::memcpy(v, in->data(), sizeof(T));
  in->remove_prefix(sizeof(T));
  return ok_status();
}

Status take_text(std::string_view* in, std::string* text) {
  uint64_t size = 0;
  TBL_TRY(take_raw(in, &size));
  if (in->size() < size) return cut_short();
  text->assign(in->substr(0, size));
  in->remove_prefix(size);
  return ok_status();
}

template <typename T, typename Make>
Result<Value> take_plain(std::string_view* in, Make make) {
  T v{};
  TBL_TRY(take_raw(in, &v));
  return make(v);
}

}  // namespace

void append_value(std::string* out, const Value& v) {
  out->push_back(static_cast<char>(v.kind()));
  switch (v.kind()) {
    case ValueKind::kNull:
      return;
    case ValueKind::kInt:
      return append_raw(out, v.as_int());
    case ValueKind::kUint:
      return append_raw(out, v.as_uint());
    case ValueKind::kDouble:
      return append_raw(out, v.as_double());
    case ValueKind::kDecimal:
      return append_raw(out, v.as_decimal());
    case ValueKind::kTime:
      return append_raw(out, v.as_time());
    case ValueKind::kDuration:
      return append_raw(out, v.as_duration());
    case ValueKind::kString:
    case ValueKind::kJson:
    case ValueKind::kBits:
      return append_text(out, v.as_string());
    case ValueKind::kEnum:
    case ValueKind::kSet:
      append_raw(out, v.as_member().number);
      return append_text(out, v.as_member().text);
  }
}

Result<Value> take_value(std::string_view* in) {
  if (in->empty()) return cut_short();
  auto kind = static_cast<ValueKind>(in->front());
  in->remove_prefix(1);
  std::string text;
  uint64_t number = 0;
  switch (kind) {
    case ValueKind::kNull:
      return Value::null();
    case ValueKind::kInt:
      return take_plain<int64_t>(in, Value::of_int);
    case ValueKind::kUint:
      return take_plain<uint64_t>(in, Value::of_uint);
    case ValueKind::kDouble:
      return take_plain<double>(in, Value::of_double);
    case ValueKind::kDecimal:
      return take_plain<Decimal>(in, Value::of_decimal);
    case ValueKind::kTime:
      return take_plain<TimeValue>(in, Value::of_time);
    case ValueKind::kDuration:
      return take_plain<DurationValue>(in, Value::of_duration);
    case ValueKind::kString:
      TBL_TRY(take_text(in, &text));
      return Value::of_string(std::move(text));
    case ValueKind::kJson:
      TBL_TRY(take_text(in, &text));
      return Value::of_json(std::move(text));
    case ValueKind::kBits:
      TBL_TRY(take_text(in, &text));
      return Value::of_bits(std::move(text));
    case ValueKind::kEnum:
    case ValueKind::kSet:
      TBL_TRY(take_raw(in, &number));
      TBL_TRY(take_text(in, &text));
      return kind == ValueKind::kEnum ? Value::of_enum(number, std::move(text))
                                      : Value::of_set(number, std::move(text));
  }
  return data_loss("a temporary file holds a value of an unknown kind");
}

Result<std::unique_ptr<RowFile>> RowFile::create(const std::string& directory) {
  int fd = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) return errno_status(errno, "temporary file in " + directory);
  std::FILE* file = ::fdopen(fd, "w+");
  if (!file) {
    Status status = errno_status(errno, "temporary file in " + directory);
    ::close(fd);
    return status;
  }
  return std::unique_ptr<RowFile>(new RowFile(file));
}

RowFile::~RowFile() { std::fclose(file_); }

Status RowFile::add(const Row& row) {
  buffer_.clear();
  for (const Value& v : row) append_value(&buffer_, v);
  uint64_t head[2] = {buffer_.size(), row.size()};
  bool ok = std::fwrite(head, sizeof(head), 1, file_) == 1 &&
            std::fwrite(buffer_.data(), 1, buffer_.size(), file_) == buffer_.size();
  return ok ? ok_status() : errno_status(errno, "write a temporary file");
}

Status RowFile::rewind() {
  if (std::fflush(file_) != 0) return errno_status(errno, "write a temporary file");
  std::rewind(file_);
  return ok_status();
}

Result<bool> RowFile::next(Row* row) {
  uint64_t head[2];
  if (std::fread(head, sizeof(head), 1, file_) != 1) {
    if (std::ferror(file_)) return errno_status(errno, "read a temporary file");
    return false;
  }
  buffer_.resize(head[0]);
  if (std::fread(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size()) return cut_short();
  row->clear();
  std::string_view rest = buffer_;
  for (uint64_t i = 0; i < head[1]; ++i) {
    TBL_ASSIGN(Value v, take_value(&rest));
    row->push_back(std::move(v));
  }
  return true;
}

}  // namespace tbl::tidb
