#include "codec/time_zone.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iterator>

#include "base/bytes.h"
#include "base/env.h"

namespace tbl::codec {

/// Reads the second, 64-bit part of a TZif file, or the only part of a version 1 file.
class TzifParser {
 public:
  explicit TzifParser(Bytes file) : in_(file) {}

  bool parse(TimeZone* zone) {
    if (!read_header()) return false;
    if (version_ >= '2') {
      if (!in_.skip(body_size(4)) || !read_header()) return false;
      if (!read_body(8, zone)) return false;
      return read_footer(zone);
    }
    return read_body(4, zone);
  }

 private:
  bool read_header() {
    Bytes magic;
    if (!in_.read_bytes(4, &magic) || magic != "TZif") return false;
    if (!in_.read_u8(&version_) || !in_.skip(15)) return false;
    for (uint32_t* n : {&utc_flags_, &std_flags_, &leaps_, &times_, &types_, &chars_}) {
      if (!in_.read_be32(n) || *n > (1u << 20)) return false;
    }
    return types_ > 0;
  }

  size_t body_size(size_t width) const {
    return times_ * (width + 1) + types_ * 6 + chars_ + leaps_ * (width + 4) + std_flags_ +
           utc_flags_;
  }

  bool read_body(size_t width, TimeZone* zone) {
    Bytes body;
    if (!in_.read_bytes(body_size(width), &body)) return false;
    const char* times = body.data();
    const char* indexes = times + times_ * width;
    const char* types = indexes + times_;
    auto offset_of = [&](size_t type) {
      return static_cast<int64_t>(static_cast<int32_t>(get_be32(types + type * 6)));
    };
    zone->first_offset_ = offset_of(0);
    for (size_t i = 0; i < times_; ++i) {
      auto type = static_cast<uint8_t>(indexes[i]);
      if (type >= types_) return false;
      int64_t at = width == 8 ? static_cast<int64_t>(get_be64(times + i * 8))
                              : static_cast<int32_t>(get_be32(times + i * 4));
      if (i > 0 && at <= zone->transitions_.back().at) return false;
      zone->transitions_.push_back({at, offset_of(type)});
    }
    return true;
  }

  bool read_footer(TimeZone* zone) {
    Bytes rest = in_.rest();
    if (rest.size() < 2 || rest.front() != '\n' || rest.back() != '\n') return false;
    Bytes text = rest.substr(1, rest.size() - 2);
    if (text.empty()) return true;
    zone->rule_ = parse_zone_rule(text);
    return zone->rule_.has_value();
  }

  ByteReader in_;
  uint8_t version_ = 0;
  uint32_t utc_flags_ = 0, std_flags_ = 0, leaps_ = 0, times_ = 0, types_ = 0, chars_ = 0;
};

namespace {

constexpr std::string_view kZoneFolder = "/usr/share/zoneinfo/";

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

/// "+8:00", "-05:30".
bool parse_offset(std::string_view text, int64_t* offset) {
  if (text.size() < 5 || (text[0] != '+' && text[0] != '-')) return false;
  int64_t duration = 0;
  if (!parse_duration(text.substr(1), &duration)) return false;
  *offset = duration / 1'000'000'000;
  if (*offset > 14 * 3600) return false;
  if (text[0] == '-') *offset = -*offset;
  return true;
}

Result<TimeZone> load_file(const std::string& path, std::string_view name) {
  auto data = posix_env().read_file(path);
  if (!data.ok()) return not_found("unknown time zone " + std::string(name));
  auto zone = TimeZone::parse(*data);
  if (!zone.ok()) return std::move(zone).status().wrap(path);
  return zone;
}

Result<TimeZone> load_local() {
  const char* env = std::getenv("TZ");
  if (env == nullptr) {
    auto zone = load_file("/etc/localtime", "Local");
    return zone.ok() ? zone : TimeZone();
  }
  std::string_view name(env);
  if (!name.empty() && name.front() == ':') name.remove_prefix(1);
  if (name.empty()) return TimeZone();
  if (name.front() == '/') return load_file(std::string(name), name);
  return TimeZone::load(name);
}

}  // namespace

Result<TimeZone> TimeZone::load(std::string_view name) {
  if (name.empty() || same_word(name, "UTC")) return TimeZone();
  if (same_word(name, "Local") || same_word(name, "System")) return load_local();
  TimeZone zone;
  if (parse_offset(name, &zone.first_offset_)) return zone;
  bool bad = name.front() == '/' || name.find("..") != std::string_view::npos ||
             name.find('\0') != std::string_view::npos;
  if (bad) return not_found("unknown time zone " + std::string(name));
  return load_file(std::string(kZoneFolder) + std::string(name), name);
}

Result<TimeZone> TimeZone::parse(std::string_view tzif) {
  TimeZone zone;
  if (!TzifParser(tzif).parse(&zone)) return data_loss("not a time zone file");
  return zone;
}

int64_t TimeZone::offset_at(int64_t unix_seconds) const {
  if (transitions_.empty() || unix_seconds < transitions_.front().at) {
    return transitions_.empty() && rule_ ? rule_->offset_at(unix_seconds) : first_offset_;
  }
  if (unix_seconds >= transitions_.back().at && rule_) return rule_->offset_at(unix_seconds);
  auto after = std::upper_bound(transitions_.begin(), transitions_.end(), unix_seconds,
                                [](int64_t t, const Transition& x) { return t < x.at; });
  return std::prev(after)->offset;
}

TimeFields TimeZone::from_utc(const TimeFields& utc) const {
  if (utc == TimeFields()) return utc;
  int64_t seconds = unix_seconds(utc);
  return time_from_unix(seconds + offset_at(seconds), utc.microsecond);
}

TimeFields TimeZone::to_utc(const TimeFields& wall) const {
  if (wall == TimeFields()) return wall;
  int64_t seconds = unix_seconds(wall);
  int64_t before = offset_at(seconds - 86400);
  int64_t utc = seconds - before;
  if (offset_at(utc) != before) {
    int64_t after = offset_at(seconds + 86400);
    // In the gap of a change to a larger offset neither fits: the old offset moves the clock by the
    // gap.
    if (offset_at(seconds - after) == after) utc = seconds - after;
  }
  return time_from_unix(utc, wall.microsecond);
}

}  // namespace tbl::codec
