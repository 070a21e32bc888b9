// Times, durations and time zone files.
#include <cstdlib>

#include "base/bytes.h"
#include "codec/time_zone.h"

using namespace tbl::codec;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tbl::Bytes input(reinterpret_cast<const char*>(data), size);
  TimeFields fields;
  int64_t ns = 0;
  std::string text;
  if (parse_datetime(input, &fields)) {
    append_datetime(text, fields, 6);
    TimeFields again;
    if (!parse_datetime(text, &again) || !(again == fields)) std::abort();
  }
  text.clear();
  if (parse_duration(input, &ns)) {
    append_duration(text, ns, 6);
    int64_t again = 0;
    if (!parse_duration(text, &again) || again != ns) std::abort();
  }
  if (auto rule = parse_zone_rule(input)) rule->offset_at(1700000000);
  auto zone = TimeZone::parse(input);
  if (size < 8) return 0;
  uint64_t number = tbl::get_le64(input.data());
  append_datetime(text, unpack_time(number), static_cast<int>(size % 9));
  append_datetime(text, unpack_core_time(number), 6);
  append_duration(text, static_cast<int64_t>(number), 6);
  if (!zone.ok()) return 0;
  zone->offset_at(static_cast<int64_t>(number >> 20));
  zone->to_utc(zone->from_utc(unpack_time(number)));
  return 0;
}
