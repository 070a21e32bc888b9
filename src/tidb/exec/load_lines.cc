#include "tidb/exec/load_lines.h"

#include <algorithm>

namespace tbl::tidb {

namespace {
constexpr size_t kKeepBytes = 1 << 16;
}

Status LoadLines::fill(size_t count) {
  if (at_ > kKeepBytes) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
  while (!input_done_ && buffer_.size() - at_ < count) {
    TBL_ASSIGN(std::string piece, input_.read());
    if (piece.empty()) input_done_ = true;
    buffer_ += piece;
  }
  return ok_status();
}

bool LoadLines::at(const std::string& text) const {
  return !text.empty() && buffer_.compare(at_, text.size(), text) == 0;
}

Status LoadLines::start() {
  for (uint64_t i = 0; i < format_.ignore_lines; ++i) {
    while (true) {
      TBL_TRY(fill(std::max<size_t>(format_.lines_terminated.size(), 1)));
      if (at_end()) return ok_status();
      if (at(format_.lines_terminated)) {
        at_ += format_.lines_terminated.size();
        break;
      }
      ++at_;
    }
  }
  return ok_status();
}

Result<bool> LoadLines::skip_prefix() {
  if (format_.lines_starting.empty()) {
    TBL_TRY(fill(1));
    return !at_end();
  }
  while (true) {
    TBL_TRY(fill(format_.lines_starting.size()));
    if (at_end()) return false;
    if (at(format_.lines_starting)) {
      at_ += format_.lines_starting.size();
      return true;
    }
    ++at_;
  }
}

/// A separator at the current place is taken. The end of the input ends a line too.
Result<bool> LoadLines::ends_here(bool* line_ends) {
  size_t longest =
      std::max({format_.fields_terminated.size(), format_.lines_terminated.size(), size_t{1}});
  TBL_TRY(fill(longest));
  if (at_end()) {
    *line_ends = true;
    return true;
  }
  if (at(format_.fields_terminated)) {
    at_ += format_.fields_terminated.size();
    *line_ends = false;
    return true;
  }
  if (at(format_.lines_terminated)) {
    at_ += format_.lines_terminated.size();
    *line_ends = true;
    return true;
  }
  return false;
}

void LoadLines::unescape(std::string* text, bool* is_null) {
  char c = buffer_[at_++];
  switch (c) {
    case '0':
      text->push_back('\0');
      return;
    case 'b':
      text->push_back('\b');
      return;
    case 'n':
      text->push_back('\n');
      return;
    case 'r':
      text->push_back('\r');
      return;
    case 't':
      text->push_back('\t');
      return;
    case 'Z':
      text->push_back('\x1a');
      return;
    case 'N':
      *is_null = text->empty();
      if (!*is_null) text->push_back('N');
      return;
    default:
      text->push_back(c);
  }
}

Status LoadLines::field(LoadField* out, bool* line_ends) {
  TBL_TRY(fill(2));
  std::string text;
  bool is_null = false;
  char quote = format_.fields_enclosed.empty() ? '\0' : format_.fields_enclosed[0];
  char escape = format_.fields_escaped.empty() ? '\0' : format_.fields_escaped[0];
  bool quoted = quote != '\0' && at_ < buffer_.size() && buffer_[at_] == quote;
  if (quoted) ++at_;
  while (true) {
    TBL_TRY(fill(2));
    if (!quoted || at_end()) {
      TBL_ASSIGN(bool end, ends_here(line_ends));
      if (end) break;
    }
    char c = buffer_[at_];
    if (quoted && c == quote) {
      bool doubled = at_ + 1 < buffer_.size() && buffer_[at_ + 1] == quote;
      if (doubled) {
        at_ += 2;
        text.push_back(quote);
        continue;
      }
      ++at_;
      TBL_ASSIGN(bool end, ends_here(line_ends));
      if (end) break;
      text.push_back(quote);
      continue;
    }
    ++at_;
    if (c == escape && escape != '\0' && at_ < buffer_.size()) {
      unescape(&text, &is_null);
    } else {
      text.push_back(c);
    }
  }
  bool null_word = !quoted && quote != '\0' && text == "NULL";
  bool is_only_null = is_null && text.empty() && !quoted;
  *out = is_only_null || null_word ? LoadField() : LoadField(std::move(text));
  return ok_status();
}

Result<bool> LoadLines::next(std::vector<LoadField>* fields) {
  fields->clear();
  TBL_ASSIGN(bool more, skip_prefix());
  if (!more) return false;
  bool line_ends = false;
  while (!line_ends) {
    LoadField next_field;
    TBL_TRY(field(&next_field, &line_ends));
    fields->push_back(std::move(next_field));
  }
  return true;
}

}  // namespace tbl::tidb
