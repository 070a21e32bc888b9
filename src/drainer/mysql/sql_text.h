// Quoting of names and values in SQL text.
#pragma once

#include <string>
#include <string_view>

namespace tbl::mysql {

/// `name` with back quotes, doubled inside.
void append_name(std::string& out, std::string_view name);
std::string quote_name(std::string_view name);
/// `schema`.`table`
std::string quote_table(std::string_view schema, std::string_view table);

/// How a session reads a backslash in a string: as an escape, or (NO_BACKSLASH_ESCAPES) as itself.
enum class Escapes { kBackslash, kNone };

/// 'text' for a session in utf8mb4.
void append_string(std::string& out, std::string_view text, Escapes escapes = Escapes::kBackslash);
std::string quote_string(std::string_view text);
/// _binary'bytes': no character set is looked at.
void append_bytes(std::string& out, std::string_view bytes, Escapes escapes = Escapes::kBackslash);

}  // namespace tbl::mysql
