// What a column holds in rows that do not mention it.
#pragma once

#include "codec/arena.h"
#include "codec/datum.h"
#include "codec/time_zone.h"
#include "schema/table_info.h"

namespace tbl::decode {

/// The origin default; without one NULL, or for NOT NULL the zero value of the type (ENUM: its
/// first member). Texts are kept in `arena`. `zone` is where a TIMESTAMP default of a column of
/// version 0 comes from. False when the origin default is no value of the column's type.
bool column_default(const schema::ColumnInfo& column, const codec::TimeZone& zone,
                    codec::Arena& arena, codec::Datum* out);

/// The value that a text stands for in a column, e.g. a DEFAULT: numbers, dates, names of ENUM and
/// SET members. BIT takes raw bytes. TIMESTAMP is taken as it is, without a conversion. JSON texts
/// are not supported.
bool value_from_text(const schema::FieldType& type, std::string_view text, codec::Arena& arena,
                     codec::Datum* out);

}  // namespace tbl::decode
