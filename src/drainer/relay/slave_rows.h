// Rows as the original writes them into its relay log (and into Kafka).
#pragma once

#include "codec/time_zone.h"
#include "drainer/decode/transaction.h"
#include "proto/slave_binlog.pb.h"

namespace tbl::relay {

/// Name, columns and unique keys.
void fill_table(const decode::Table& table, slave::binlog::Table* out);
/// Error names the column whose value is damaged.
Status fill_mutation(const decode::RowChange& row, const codec::TimeZone& zone,
                     slave::binlog::TableMutation* out);

}  // namespace tbl::relay
