#include "tidb/ddl/bootstrap_tables.h"

namespace tbl::tidb {

namespace {

#define TBL_PRIVILEGE(name) name " ENUM('N','Y') NOT NULL DEFAULT 'N', "

// Where v3.0 has `Password CHAR(41)`, this has the columns of MySQL 5.7, which hold longer hashes.
constexpr std::string_view kUser =
    "CREATE TABLE IF NOT EXISTS mysql.user (Host CHAR(64), User CHAR(32), "
    "authentication_string TEXT, "
    // clang-format off
    TBL_PRIVILEGE("Select_priv") TBL_PRIVILEGE("Insert_priv") TBL_PRIVILEGE("Update_priv")
    TBL_PRIVILEGE("Delete_priv") TBL_PRIVILEGE("Create_priv") TBL_PRIVILEGE("Drop_priv")
    TBL_PRIVILEGE("Process_priv") TBL_PRIVILEGE("Grant_priv") TBL_PRIVILEGE("References_priv")
    TBL_PRIVILEGE("Alter_priv") TBL_PRIVILEGE("Show_db_priv") TBL_PRIVILEGE("Super_priv")
    TBL_PRIVILEGE("Create_tmp_table_priv") TBL_PRIVILEGE("Lock_tables_priv")
    TBL_PRIVILEGE("Execute_priv") TBL_PRIVILEGE("Create_view_priv")
    TBL_PRIVILEGE("Show_view_priv") TBL_PRIVILEGE("Create_routine_priv")
    TBL_PRIVILEGE("Alter_routine_priv") TBL_PRIVILEGE("Index_priv")
    TBL_PRIVILEGE("Create_user_priv") TBL_PRIVILEGE("Event_priv") TBL_PRIVILEGE("Trigger_priv")
    TBL_PRIVILEGE("Create_role_priv") TBL_PRIVILEGE("Drop_role_priv")
    TBL_PRIVILEGE("Account_locked")
    // clang-format on
    "plugin CHAR(64) NOT NULL DEFAULT '', PRIMARY KEY (Host, User))";

constexpr std::string_view kDb =
    "CREATE TABLE IF NOT EXISTS mysql.db (Host CHAR(60), DB CHAR(64), User CHAR(32), "
    // clang-format off
    TBL_PRIVILEGE("Select_priv") TBL_PRIVILEGE("Insert_priv") TBL_PRIVILEGE("Update_priv")
    TBL_PRIVILEGE("Delete_priv") TBL_PRIVILEGE("Create_priv") TBL_PRIVILEGE("Drop_priv")
    TBL_PRIVILEGE("Grant_priv") TBL_PRIVILEGE("References_priv") TBL_PRIVILEGE("Index_priv")
    TBL_PRIVILEGE("Alter_priv") TBL_PRIVILEGE("Create_tmp_table_priv")
    TBL_PRIVILEGE("Lock_tables_priv") TBL_PRIVILEGE("Create_view_priv")
    TBL_PRIVILEGE("Show_view_priv") TBL_PRIVILEGE("Create_routine_priv")
    TBL_PRIVILEGE("Alter_routine_priv") TBL_PRIVILEGE("Execute_priv") TBL_PRIVILEGE("Event_priv")
    TBL_PRIVILEGE("Trigger_priv")
    // clang-format on
    "PRIMARY KEY (Host, DB, User))";

#undef TBL_PRIVILEGE

constexpr std::string_view kTablesPriv =
    "CREATE TABLE IF NOT EXISTS mysql.tables_priv (Host CHAR(60), DB CHAR(64), User CHAR(32), "
    "Table_name CHAR(64), Grantor CHAR(77), Timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP, "
    "Table_priv SET('Select','Insert','Update','Delete','Create','Drop','Grant','Index','Alter',"
    "'Create View','Show View','Trigger','References'), "
    "Column_priv SET('Select','Insert','Update'), PRIMARY KEY (Host, DB, User, Table_name))";

constexpr std::string_view kColumnsPriv =
    "CREATE TABLE IF NOT EXISTS mysql.columns_priv (Host CHAR(60), DB CHAR(64), User CHAR(32), "
    "Table_name CHAR(64), Column_name CHAR(64), Timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP, "
    "Column_priv SET('Select','Insert','Update'), "
    "PRIMARY KEY (Host, DB, User, Table_name, Column_name))";

constexpr std::string_view kGlobalVariables =
    "CREATE TABLE IF NOT EXISTS mysql.GLOBAL_VARIABLES ("
    "VARIABLE_NAME VARCHAR(64) NOT NULL PRIMARY KEY, VARIABLE_VALUE VARCHAR(1024) DEFAULT NULL)";

constexpr std::string_view kTidb =
    "CREATE TABLE IF NOT EXISTS mysql.tidb (VARIABLE_NAME VARCHAR(64) NOT NULL PRIMARY KEY, "
    "VARIABLE_VALUE VARCHAR(1024) DEFAULT NULL, COMMENT VARCHAR(1024))";

constexpr std::string_view kHelpTopic =
    "CREATE TABLE IF NOT EXISTS mysql.help_topic (help_topic_id INT(10) UNSIGNED NOT NULL, "
    "name CHAR(64) NOT NULL, help_category_id SMALLINT(5) UNSIGNED NOT NULL, "
    "description TEXT NOT NULL, example TEXT NOT NULL, url TEXT NOT NULL, "
    "PRIMARY KEY (help_topic_id), UNIQUE KEY name (name))";

constexpr std::string_view kStatsMeta =
    "CREATE TABLE IF NOT EXISTS mysql.stats_meta (version BIGINT(64) UNSIGNED NOT NULL, "
    "table_id BIGINT(64) NOT NULL, modify_count BIGINT(64) NOT NULL DEFAULT 0, "
    "count BIGINT(64) UNSIGNED NOT NULL DEFAULT 0, "
    "INDEX idx_ver (version), UNIQUE INDEX tbl (table_id))";

constexpr std::string_view kStatsHistograms =
    "CREATE TABLE IF NOT EXISTS mysql.stats_histograms (table_id BIGINT(64) NOT NULL, "
    "is_index TINYINT(2) NOT NULL, hist_id BIGINT(64) NOT NULL, "
    "distinct_count BIGINT(64) NOT NULL, null_count BIGINT(64) NOT NULL DEFAULT 0, "
    "tot_col_size BIGINT(64) NOT NULL DEFAULT 0, modify_count BIGINT(64) NOT NULL DEFAULT 0, "
    "version BIGINT(64) UNSIGNED NOT NULL DEFAULT 0, cm_sketch BLOB, "
    "stats_ver BIGINT(64) NOT NULL DEFAULT 0, flag BIGINT(64) NOT NULL DEFAULT 0, "
    "correlation DOUBLE NOT NULL DEFAULT 0, last_analyze_pos BLOB DEFAULT NULL, "
    "UNIQUE INDEX tbl (table_id, is_index, hist_id))";

constexpr std::string_view kStatsBuckets =
    "CREATE TABLE IF NOT EXISTS mysql.stats_buckets (table_id BIGINT(64) NOT NULL, "
    "is_index TINYINT(2) NOT NULL, hist_id BIGINT(64) NOT NULL, bucket_id BIGINT(64) NOT NULL, "
    "count BIGINT(64) NOT NULL, repeats BIGINT(64) NOT NULL, upper_bound BLOB NOT NULL, "
    "lower_bound BLOB, UNIQUE INDEX tbl (table_id, is_index, hist_id, bucket_id))";

constexpr std::string_view kGcDeleteRange =
    "CREATE TABLE IF NOT EXISTS mysql.gc_delete_range (job_id BIGINT NOT NULL, "
    "element_id BIGINT NOT NULL, start_key VARCHAR(255) NOT NULL, end_key VARCHAR(255) NOT NULL, "
    "ts BIGINT NOT NULL, UNIQUE KEY delete_range_index (job_id, element_id))";

constexpr std::string_view kGcDeleteRangeDone =
    "CREATE TABLE IF NOT EXISTS mysql.gc_delete_range_done (job_id BIGINT NOT NULL, "
    "element_id BIGINT NOT NULL, start_key VARCHAR(255) NOT NULL, end_key VARCHAR(255) NOT NULL, "
    "ts BIGINT NOT NULL, UNIQUE KEY delete_range_done_index (job_id, element_id))";

constexpr std::string_view kStatsFeedback =
    "CREATE TABLE IF NOT EXISTS mysql.stats_feedback (table_id BIGINT(64) NOT NULL, "
    "is_index TINYINT(2) NOT NULL, hist_id BIGINT(64) NOT NULL, feedback BLOB NOT NULL, "
    "INDEX hist (table_id, is_index, hist_id))";

constexpr std::string_view kRoleEdges =
    "CREATE TABLE IF NOT EXISTS mysql.role_edges ("
    "FROM_HOST CHAR(60) COLLATE utf8_bin NOT NULL DEFAULT '', "
    "FROM_USER CHAR(32) COLLATE utf8_bin NOT NULL DEFAULT '', "
    "TO_HOST CHAR(60) COLLATE utf8_bin NOT NULL DEFAULT '', "
    "TO_USER CHAR(32) COLLATE utf8_bin NOT NULL DEFAULT '', "
    "WITH_ADMIN_OPTION ENUM('N','Y') CHARACTER SET utf8 COLLATE utf8_general_ci NOT NULL "
    "DEFAULT 'N', PRIMARY KEY (FROM_HOST, FROM_USER, TO_HOST, TO_USER))";

constexpr std::string_view kDefaultRoles =
    "CREATE TABLE IF NOT EXISTS mysql.default_roles ("
    "HOST CHAR(60) COLLATE utf8_bin NOT NULL DEFAULT '', "
    "USER CHAR(32) COLLATE utf8_bin NOT NULL DEFAULT '', "
    "DEFAULT_ROLE_HOST CHAR(60) COLLATE utf8_bin NOT NULL DEFAULT '%', "
    "DEFAULT_ROLE_USER CHAR(32) COLLATE utf8_bin NOT NULL DEFAULT '', "
    "PRIMARY KEY (HOST, USER, DEFAULT_ROLE_HOST, DEFAULT_ROLE_USER))";

constexpr std::string_view kBindInfo =
    "CREATE TABLE IF NOT EXISTS mysql.bind_info (original_sql TEXT NOT NULL, "
    "bind_sql TEXT NOT NULL, default_db TEXT NOT NULL, status TEXT NOT NULL, "
    "create_time TIMESTAMP(3) NOT NULL, update_time TIMESTAMP(3) NOT NULL, "
    "charset TEXT NOT NULL, collation TEXT NOT NULL, "
    "INDEX sql_index (original_sql(500), default_db(200)), INDEX time_index (update_time))";

constexpr std::string_view kStatsTopN =
    "CREATE TABLE IF NOT EXISTS mysql.stats_top_n (table_id BIGINT(64) NOT NULL, "
    "is_index TINYINT(2) NOT NULL, hist_id BIGINT(64) NOT NULL, value LONGBLOB, "
    "count BIGINT(64) UNSIGNED NOT NULL, INDEX tbl (table_id, is_index, hist_id))";

constexpr std::string_view kExprPushdownBlacklist =
    "CREATE TABLE IF NOT EXISTS mysql.expr_pushdown_blacklist (name CHAR(100) NOT NULL)";

constexpr std::string_view kAll[] = {
    "CREATE DATABASE IF NOT EXISTS test",
    "CREATE DATABASE IF NOT EXISTS mysql",
    kUser,
    kDb,
    kTablesPriv,
    kColumnsPriv,
    kGlobalVariables,
    kTidb,
    kHelpTopic,
    kStatsMeta,
    kStatsHistograms,
    kStatsBuckets,
    kGcDeleteRange,
    kGcDeleteRangeDone,
    kStatsFeedback,
    kRoleEdges,
    kDefaultRoles,
    kBindInfo,
    kStatsTopN,
    kExprPushdownBlacklist,
};

}  // namespace

std::span<const std::string_view> bootstrap_ddl() { return kAll; }

}  // namespace tbl::tidb
