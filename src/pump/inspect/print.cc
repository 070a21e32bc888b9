#include "pump/inspect/print.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/clock.h"
#include "base/go_json.h"
#include "base/go_time.h"
#include "codec/binlog_view.h"
#include "codec/prewrite_value.h"
#include "pump/storage/recovery.h"
#include "pump/storage/segment_format.h"
#include "pump/storage/segment_scan.h"
#include "pump/storage/segment_window.h"

namespace tbl::pump {
namespace {

using Json = nlohmann::ordered_json;

/// Larger records are listed by their header alone.
constexpr uint64_t kTakenApartBytes = 64ULL << 20;

bool read_ts(std::string_view text, uint64_t* ts) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *ts);
  return error == std::errc() && end == text.data() + text.size();
}

struct TableRows {
  int64_t table_id = 0;
  uint64_t inserted = 0;
  uint64_t updated = 0;
  uint64_t deleted = 0;
};

/// What a line says.
struct Line {
  LogItem item;
  codec::BinlogView view;
  bool taken_apart = false;
  std::string error;  ///< of the payload
  int64_t schema_version = 0;
  std::vector<TableRows> tables;
};

const char* type_name(const BinlogHeader& header) {
  if (header.is_fake()) return "fake";
  switch (header.tp) {
    case kTpPrewrite:
      return "prewrite";
    case kTpCommit:
      return "commit";
    case kTpRollback:
      return "rollback";
    default:
      return "other";
  }
}

Status count_rows(Bytes message, TableRows* rows) {
  TBL_ASSIGN(const auto mutation, codec::TableMutation::parse(message));
  rows->table_id = mutation.table_id();
  auto walk = mutation.rows();
  codec::MutationType type{};
  Bytes row;
  while (walk.next(&type, &row)) {
    TBL_ASSIGN(const size_t kind, codec::rows_of_type(type));
    ++(kind == 0 ? rows->inserted : kind == 1 ? rows->updated : rows->deleted);
  }
  return walk.status();
}

Status count_all_rows(Line* line) {
  if (!line->view.has_prewrite_value) return ok_status();
  TBL_ASSIGN(auto value, codec::PrewriteValue::parse(line->view.prewrite_value));
  line->schema_version = value.schema_version();
  for (Bytes mutation; value.next(&mutation);) {
    line->tables.emplace_back();
    TBL_TRY(count_rows(mutation, &line->tables.back()));
  }
  return ok_status();
}

/// The view points into `payload`.
void take_apart(Bytes payload, Line* line) {
  auto view = codec::BinlogView::parse(payload);
  if (!view.ok()) {
    line->error = view.status().message();
    return;
  }
  line->view = std::move(view).value();
  line->taken_apart = true;
  if (Status status = count_all_rows(line); !status.ok()) line->error = status.message();
}

std::string to_text(const Line& line) {
  const Place& place = line.item.place;
  const BinlogHeader& header = line.item.header;
  std::string out = fmt::format("{}:{} {} start={} commit={}", segment_name(place.segment),
                                place.offset, type_name(header), header.start_ts, header.commit_ts);
  const uint64_t ts = header.commit_ts != 0 ? header.commit_ts : header.start_ts;
  out += fmt::format(" time=\"{}\" bytes={}", format_tso_time(ts), place.length);
  const codec::BinlogView& view = line.view;
  if (view.has_prewrite_key) out += " primary=" + to_hex(view.prewrite_key);
  if (view.ddl_job_id != 0) {
    out += fmt::format(" ddl_job={} ddl_state={}", view.ddl_job_id, view.ddl_schema_state);
  }
  if (view.has_ddl_query) out += " ddl=" + go_string(view.ddl_query);
  if (!line.tables.empty()) out += fmt::format(" schema_version={}", line.schema_version);
  for (const TableRows& rows : line.tables) {
    out += fmt::format(" table={} inserted={} updated={} deleted={}", rows.table_id, rows.inserted,
                       rows.updated, rows.deleted);
  }
  if (!line.error.empty()) out += " error=" + go_string(line.error);
  return out;
}

std::string to_json(const Line& line) {
  const Place& place = line.item.place;
  const BinlogHeader& header = line.item.header;
  Json out = {{"segment", segment_name(place.segment)},
              {"offset", place.offset},
              {"bytes", place.length},
              {"type", type_name(header)},
              {"tp", header.tp},
              {"start_ts", header.start_ts},
              {"commit_ts", header.commit_ts},
              {"start_time_ms", tso_physical_ms(header.start_ts)}};
  const codec::BinlogView& view = line.view;
  if (line.taken_apart) {
    if (view.has_prewrite_key) out["primary_key"] = to_hex(view.prewrite_key);
    if (view.has_prewrite_value) out["schema_version"] = line.schema_version;
    out["ddl_job_id"] = view.ddl_job_id;
    out["ddl_schema_state"] = view.ddl_schema_state;
    if (view.has_ddl_query) out["ddl_query"] = std::string(view.ddl_query);
    out["tables"] = Json::array();
    for (const TableRows& rows : line.tables) {
      out["tables"].push_back({{"table_id", rows.table_id},
                               {"inserted", rows.inserted},
                               {"updated", rows.updated},
                               {"deleted", rows.deleted}});
    }
  }
  if (!line.error.empty()) out["error"] = line.error;
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool in_range(const BinlogHeader& header, const PrintOptions& options) {
  const auto within = [&](uint64_t ts) { return ts >= options.from_ts && ts <= options.to_ts; };
  return within(header.start_ts) || (header.commit_ts != 0 && within(header.commit_ts));
}

std::string print_record(const SegmentSet& segments, const LogItem& item, PrintFormat format) {
  Line line;
  line.item = item;
  std::string payload;
  if (item.place.length <= kTakenApartBytes) {
    auto loaded = load_payload(segments, item.place);
    if (loaded.ok()) {
      payload = std::move(loaded).value();
      take_apart(payload, &line);
    } else {
      line.error = loaded.status().message();
    }
  }
  return format == PrintFormat::kJson ? to_json(line) : to_text(line);
}

}  // namespace

Result<PrintOptions> parse_print_range(const std::string& text) {
  PrintOptions options;
  const size_t dots = text.find("..");
  const std::string from = text.substr(0, dots);
  const std::string to = dots == text.npos ? from : text.substr(dots + 2);
  const bool ok = (from.empty() || read_ts(from, &options.from_ts)) &&
                  (to.empty() || read_ts(to, &options.to_ts)) && !text.empty();
  if (!ok) return invalid_argument("bad range of ts: " + text + ", want FROM..TO");
  if (options.from_ts > options.to_ts) {
    return invalid_argument("bad range of ts: " + text + " ends before it begins");
  }
  return options;
}

Result<PrintFormat> parse_print_format(const std::string& text) {
  if (text == "text") return PrintFormat::kText;
  if (text == "json") return PrintFormat::kJson;
  return invalid_argument("bad format: " + text + ", want text or json");
}

Status print_binlogs(Env& env, const std::string& dir, const PrintOptions& options,
                     const std::function<void(const std::string&)>& on_line,
                     const std::function<void(const std::string&)>& on_bad) {
  SegmentSet segments(env, DataDir{dir}.value());
  TBL_TRY(segments.load());
  for (const SegmentInfo& segment : segments.list()) {
    if (segment.sealed && segment.max_ts < options.from_ts) continue;
    TBL_ASSIGN(auto file, segments.open(segment.id));
    const uint64_t end = segment.size - (segment.sealed ? kFooterBytes : 0);
    auto scan = scan_segment(
        std::move(file), 0, end,
        [&](const LogItem& item) {
          if (in_range(item.header, options)) {
            on_line(print_record(segments, item, options.format));
          }
        },
        [&](const BadRange& range) {
          const bool being_written = !segment.sealed && range.torn_tail && range.end == end;
          if (!being_written) on_bad(describe(range));
        });
    TBL_TRY(std::move(scan).status().wrap(segments.path(segment.id)));
  }
  return ok_status();
}

}  // namespace tbl::pump
