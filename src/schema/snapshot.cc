#include "schema/snapshot.h"

#include <fmt/format.h>

#include <charconv>

#include "codec/keys.h"

namespace tbl::schema {

namespace {

Result<int64_t> read_version(MetaReader& reader, uint64_t ts) {
  TBL_ASSIGN(auto text, reader.get(codec::meta_string_key("SchemaVersionKey"), ts));
  if (!text) return int64_t{0};
  int64_t version = 0;
  const char* end = text->data() + text->size();
  auto [stop, error] = std::from_chars(text->data(), end, version);
  if (error != std::errc() || stop != end) {
    return data_loss(fmt::format("SchemaVersionKey: not a number: {}", *text));
  }
  return version;
}

Status read_databases(MetaReader& reader, uint64_t ts, SchemaSnapshot* snapshot) {
  const std::string start = codec::meta_hash_prefix("DBs");
  return reader.scan(start, codec::prefix_next(start), ts, [&](Bytes, Bytes value) -> Status {
    TBL_ASSIGN(snapshot->databases.emplace_back(), parse_db_info(value));
    return ok_status();
  });
}

Status read_tables(MetaReader& reader, uint64_t ts, const DbInfo& db, SchemaSnapshot* snapshot) {
  const std::string hash = fmt::format("DB:{}", db.id);
  // Other fields (TID:, SID: and so on) sort before or after, but share the hash.
  auto keep = [&](Bytes key, Bytes value) -> Status {
    codec::MetaKey meta;
    if (!codec::parse_meta_key(key, &meta)) {
      return data_loss(fmt::format("database {}: bad meta key {}", db.name.o, to_hex(key)));
    }
    if (!meta.field.starts_with("Table")) return ok_status();
    auto header = parse_table_header(value);
    if (!header.ok()) {
      return std::move(header).status().wrap(fmt::format("database {}, {}", db.name.o, meta.field));
    }
    snapshot->tables.push_back({db.id, std::move(*header), PackedText(value)});
    return ok_status();
  };
  const std::string start = codec::meta_hash_prefix(hash);
  return reader.scan(start, codec::prefix_next(start), ts, keep);
}

Result<SchemaSnapshot> read_all(MetaReader& reader, uint64_t ts) {
  SchemaSnapshot snapshot;
  TBL_ASSIGN(snapshot.schema_version, read_version(reader, ts));
  TBL_TRY(read_databases(reader, ts, &snapshot));
  for (const DbInfoPtr& db : std::vector(snapshot.databases)) {
    TBL_TRY(read_tables(reader, ts, *db, &snapshot));
  }
  return snapshot;
}

}  // namespace

Result<SchemaSnapshot> load_snapshot(MetaReader& reader, uint64_t ts) {
  auto snapshot = read_all(reader, ts);
  if (!snapshot.ok()) {
    return std::move(snapshot).status().wrap(fmt::format("load schema snapshot at {}", ts));
  }
  return snapshot;
}

}  // namespace tbl::schema
