#include "codec/float_text.h"

#include <charconv>
#include <cmath>
#include <string_view>

namespace tbl::codec {

namespace {

/// Lays out the digits of scientific text ("-1.25e+03") around the point.
void append_plain(std::string& out, std::string_view scientific) {
  if (scientific.front() == '-') {
    out += '-';
    scientific.remove_prefix(1);
  }
  size_t e = scientific.find('e');
  if (e == std::string_view::npos) {  // inf, nan
    out += scientific;
    return;
  }
  std::string_view exponent_text = scientific.substr(e + 1);
  if (exponent_text.front() == '+') exponent_text.remove_prefix(1);
  int exponent = 0;
  std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  std::string_view fraction = e > 1 ? scientific.substr(2, e - 2) : std::string_view();
  char first = scientific.front();
  if (exponent < 0) {
    out += "0.";
    out.append(static_cast<size_t>(-exponent - 1), '0');
    out += first;
    out += fraction;
    return;
  }
  auto whole = static_cast<size_t>(exponent);
  out += first;
  out += fraction.substr(0, whole);
  if (fraction.size() <= whole) {
    out.append(whole - fraction.size(), '0');
  } else {
    out += '.';
    out += fraction.substr(whole);
  }
}

template <typename T>
std::string_view scientific_text(char (&buf)[64], T v) {
  auto end = std::to_chars(buf, buf + sizeof buf, v, std::chars_format::scientific).ptr;
  return {buf, static_cast<size_t>(end - buf)};
}

}  // namespace

void append_fixed(std::string& out, double v) {
  char buf[64];
  append_plain(out, scientific_text(buf, v));
}

void append_fixed(std::string& out, float v) {
  char buf[64];
  append_plain(out, scientific_text(buf, v));
}

void append_scientific(std::string& out, double v) {
  char buf[64];
  out += scientific_text(buf, v);
}

void append_scientific(std::string& out, float v) {
  char buf[64];
  out += scientific_text(buf, v);
}

}  // namespace tbl::codec
