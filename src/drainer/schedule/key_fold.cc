#include "drainer/schedule/key_fold.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace tbl::schedule {
namespace {

// What becomes of a character: kept as a letter or left out. A character may be left out only
// if none that is kept, nor a sequence of such, equals it in any collation.
constexpr char kDrop = 0;

// ASCII. Vowels and the letters that some language sorts as one (i = j = y, u = v = w) are left
// out: most accented letters equal one or two of them (å = aa, ö = oe). Control characters have no
// weight in Unicode collations.
constexpr char fold_ascii(char c) {
  if (c < 0x20 || c == 0x7f) return kDrop;
  if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  switch (c) {
    case 'a':
    case 'e':
    case 'h':  // ch = c in Lithuanian
    case 'i':
    case 'j':
    case 'o':
    case 'u':
    case 'v':
    case 'w':
    case 'y':
      return kDrop;
    default:
      return c;
  }
}

// U+00C0 to U+017F: the consonant that a letter is an accented form of; '.' a vowel, '!' wild. ß is
// s (it equals s or ss; runs of s count once).
constexpr std::string_view kLatin =
    "......!c........"   // C0 ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏ
    "!n.....!!.....!s"   // D0 ÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß
    "......!c........"   // E0
    "!n.....!!.....!."   // F0 ðñòóôõö÷øùúûüýþÿ
    "......ccccccccdd"   // 100 Āā Ăă Ąą Ćć Ĉĉ Ċċ Čč Ďď
    "!!..........gggg"   // 110 Đđ Ēē Ĕĕ Ėė Ęę Ěě Ĝĝ Ğğ
    "gggghh!!........"   // 120 Ġġ Ģģ Ĥĥ Ħħ Ĩĩ Īī Ĭĭ Įį
    "..!!..kk!llllll!"   // 130 İı Ĳĳ Ĵĵ Ķķ ĸ Ĺĺ Ļļ Ľľ Ŀ
    "!!!nnnnnn!!!...."   // 140 ŀ Łł Ńń Ņņ Ňň ŉ Ŋŋ Ōō Ŏŏ
    "..!!rrrrrrssssss"   // 150 Őő Œœ Ŕŕ Ŗŗ Řř Śś Ŝŝ Şş
    "sstttt!!........"   // 160 Šš Ţţ Ťť Ŧŧ Ũũ Ūū Ŭŭ Ůů
    "......ww.zzzzzz!";  // 170 Űű Ųų Ŵŵ Ŷŷ Ÿ Źź Żż Žž ſ
static_assert(kLatin.size() == 0x180 - 0xc0);

struct Range {
  uint32_t first;
  uint32_t last;
};

// Letters and accents that equal each other in some collations but never ASCII or a Chinese
// character; without the digits, punctuation and letter-like marks beside them, which may. In
// order: combining accents, Greek, Cyrillic, Armenian, Hebrew, Arabic, Devanagari, Thai, Georgian,
// kana, Hangul, private use.
constexpr std::array<Range, 18> kDropped = {{{0x0300, 0x0362},
                                             {0x0388, 0x03ef},
                                             {0x0400, 0x0481},
                                             {0x048a, 0x052f},
                                             {0x0531, 0x0556},
                                             {0x0561, 0x0587},
                                             {0x0591, 0x05bd},
                                             {0x05d0, 0x05ea},
                                             {0x0621, 0x0652},
                                             {0x0671, 0x06d3},
                                             {0x0901, 0x0963},
                                             {0x0e01, 0x0e3a},
                                             {0x0e40, 0x0e4e},
                                             {0x10d0, 0x10f0},
                                             {0x3041, 0x3096},
                                             {0x30a1, 0x30fa},
                                             {0xac00, 0xd7a3},
                                             {0xe000, 0xf8ff}}};

bool is_dropped(uint32_t c) {
  // Supplementary characters all weigh the same in the older collations. Not among them: styled and
  // enclosed letters and digits, compatibility forms of Chinese characters, scripts' own digits.
  if (c >= 0x10000) return (c >= 0x1f300 && c < 0x1fb00) || (c >= 0x20000 && c < 0x2f800);
  return std::any_of(kDropped.begin(), kDropped.end(),
                     [c](const Range& r) { return c >= r.first && c <= r.last; });
}

// Chinese characters are equal to themselves only, except for the compatibility forms elsewhere.
bool is_unified_ideograph(uint32_t c) {
  return (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x4e00 && c <= 0x9fff);
}

uint32_t code_point(std::string_view bytes) {
  auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])); };
  switch (bytes.size()) {
    case 2:
      return (byte(0) & 0x1f) << 6 | (byte(1) & 0x3f);
    case 3:
      return (byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    default:
      return (byte(0) & 0x07) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 |
             (byte(3) & 0x3f);
  }
}

void append_letter(std::string& out, size_t begin, char c) {
  if (c == 's' && out.size() > begin && out.back() == 's') return;
  out += c;
}

bool append_folded_character(std::string& out, size_t begin, std::string_view bytes) {
  uint32_t c = code_point(bytes);
  if (c >= 0xc0 && c < 0x180) {
    char letter = kLatin[c - 0xc0];
    if (letter == '!') return false;
    if (char folded = letter == '.' ? kDrop : fold_ascii(letter)) append_letter(out, begin, folded);
    return true;
  }
  if (is_unified_ideograph(c)) {
    out.append(bytes);
    return true;
  }
  return is_dropped(c);
}

}  // namespace

Fold fold_of_collation(std::string_view collation) {
  if (collation.empty() || collation == "binary") return Fold::kBytes;
  return collation.ends_with("_bin") ? Fold::kPadSpace : Fold::kText;
}

std::string_view text_prefix(std::string_view text, uint64_t count) {
  size_t pos = 0;
  for (; count > 0 && pos < text.size(); --count) {
    pos += std::max<size_t>(1, utf8_length(text.substr(pos)));
  }
  return text.substr(0, pos);
}

bool append_folded_text(std::string& out, std::string_view text) {
  size_t begin = out.size();
  for (size_t pos = 0; pos < text.size();) {
    auto first = static_cast<unsigned char>(text[pos]);
    if (first < 0x80) {
      if (char folded = fold_ascii(text[pos]); folded != kDrop) append_letter(out, begin, folded);
      ++pos;
      continue;
    }
    size_t length = utf8_length(text.substr(pos));
    if (length == 0) return false;
    if (!append_folded_character(out, begin, text.substr(pos, length))) return false;
    pos += length;
  }
  while (out.size() > begin && out.back() == ' ') out.pop_back();
  return true;
}

}  // namespace tbl::schedule
