// Changes pieces of a text.
#pragma once

#include <string>
#include <string_view>

namespace tbl::schema {

/// Cuts pieces out of a text and puts others in, in the order in which they stand there.
class SqlEdit {
 public:
  explicit SqlEdit(std::string_view sql) : sql_(sql) {}

  void replace(std::string_view piece, std::string_view with) {
    size_t begin = static_cast<size_t>(piece.data() - sql_.data());
    out_ += sql_.substr(done_, begin - done_);
    out_ += with;
    done_ = begin + piece.size();
  }
  void insert_after(std::string_view piece, std::string_view text) {
    replace(piece.substr(piece.size()), text);
  }
  std::string finish() && { return std::move(out_ += sql_.substr(done_)); }

 private:
  std::string_view sql_;
  std::string out_;
  size_t done_ = 0;
};

}  // namespace tbl::schema
