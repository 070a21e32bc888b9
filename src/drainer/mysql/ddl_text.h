// What has to be known of a DDL's text to execute it.
#pragma once

#include <string>
#include <string_view>

#include "drainer/mysql/connection.h"

namespace tbl::mysql {

/// CREATE DATABASE or CREATE SCHEMA: there is nothing to `use` yet.
bool is_create_database(std::string_view sql);
/// ALTER TABLE … SET TIFLASH REPLICA …: its failure is of no account.
bool is_tiflash_replica(std::string_view sql);

/// What this server has nothing of and rows do not depend on: ADMIN statements and global temporary
/// tables outside of TiDB, sequences in MySQL, whether a CHECK is enforced in MariaDB.
bool is_foreign_to(ServerKind server, std::string_view sql);

/// The text as the downstream should execute it: placement options are taken out, a table with TTL
/// gets TTL_ENABLE = 'OFF', since the upstream's deletes arrive as rows, what stands in
/// /*!90000 … */ for TiDB alone becomes a comment, and what MariaDB words otherwise (invisible
/// indexes, CHECK) is put in its words. Otherwise unchanged. Empty: nothing is left to be executed.
std::string adapt_ddl(ServerKind server, std::string_view sql);

}  // namespace tbl::mysql
