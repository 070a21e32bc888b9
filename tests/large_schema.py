"""Databases, tables and a job history as TiDB keeps them in its meta keys, as many as wanted, written straight into the
store."""
import json
import struct

from localcluster.codec import encode_bytes, hash_field_key, history_key

COLUMNS = 12
DATABASES = 10
JOBS_PER_TABLE = 4
FIRST_TABLE_ID = 1000
CREATE_TABLE, ADD_COLUMN, ADD_INDEX, RENAME_TABLE, MODIFY_COMMENT = 3, 5, 7, 14, 17
RENAMED_EVERY = 50
PAIRS_PER_TRANSACTION = 512
INT, VARCHAR = 3, 15


def _name(text):
    return {"O": text, "L": text.lower()}


def _column(number):
    first = number == 1
    return {"id": number, "name": _name(f"column_{number}"), "offset": number - 1, "origin_default": None, "default": None,
            "default_bit": None, "default_is_expr": False, "generated_expr_string": "", "generated_stored": False,
            "dependences": None,
            "type": {"Tp": INT if first else VARCHAR, "Flag": 4099 if first else 0, "Flen": 11 if first else 40, "Decimal": 0,
                     "Charset": "binary" if first else "utf8mb4", "Collate": "binary" if first else "utf8mb4_bin",
                     "Elems": None},
            "state": 5, "comment": f"what column {number} holds", "hidden": False, "change_state_info": None, "version": 2}


def _index(number):
    return {"id": number, "idx_name": _name(f"index_{number}"), "tbl_name": _name(""),
            "idx_cols": [{"name": _name(f"column_{number + 1}"), "offset": number, "length": -1}], "state": 5, "comment": "",
            "index_type": 1, "is_unique": False, "is_primary": False, "is_invisible": False, "is_global": False}


def table_info(table_id, name, columns=COLUMNS, indexes=2):
    return {"id": table_id, "name": _name(name), "charset": "utf8mb4", "collate": "utf8mb4_bin",
            "cols": [_column(i + 1) for i in range(columns)], "index_info": [_index(i + 1) for i in range(indexes)] or None,
            "constraint_info": None, "fk_info": None, "state": 5, "pk_is_handle": True, "is_common_handle": False,
            "common_handle_version": 0, "comment": "", "auto_inc_id": 0, "auto_id_cache": 0, "auto_rand_id": 0,
            "max_col_id": columns, "max_idx_id": indexes, "max_cst_id": 0, "update_timestamp": 400000000000000000,
            "ShardRowIDBits": 0, "max_shard_row_id_bits": 0, "auto_random_bits": 0, "pre_split_regions": 0,
            "partition": None, "compression": "", "view": None, "sequence": None, "Lock": None, "version": 3,
            "tiflash_replica": None}


def create_table(name):
    columns = ", ".join(f"column_{i} varchar(40)" for i in range(2, COLUMNS + 1))
    return f"create table {name} (column_1 int not null primary key, {columns})"


class LargeSchema:
    """`tables` tables, each made, given a column, an index and a comment by a job of its own; every fiftieth was renamed
    into its last name instead of getting the comment."""

    def __init__(self, tables):
        self.tables = tables
        self.jobs = DATABASES + tables * JOBS_PER_TABLE
        self.schema_version = self.jobs

    def table_id(self, i):
        return FIRST_TABLE_ID + i

    def schema_id(self, i):
        return 2 + i % DATABASES

    def names(self, i):
        return f"database_{self.schema_id(i)}", f"a_table_with_number_{i}"

    def _database(self, i):
        return {"id": 2 + i, "db_name": _name(f"database_{2 + i}"), "charset": "utf8mb4", "collate": "utf8mb4_bin", "state": 5}

    def snapshot(self):
        """(key, value) pairs of what there is at the end."""
        for i in range(DATABASES):
            yield hash_field_key(b"DBs", b"DB:%d" % (2 + i)), json.dumps(self._database(i)).encode()
        template = json.dumps(table_info(-1, "@name"), separators=(",", ":"))
        for i in range(self.tables):
            text = template.replace('"id":-1', f'"id":{self.table_id(i)}').replace("@name", self.names(i)[1])
            yield hash_field_key(b"DB:%d" % self.schema_id(i), b"Table:%d" % self.table_id(i)), text.encode()
        yield b"m" + encode_bytes(b"SchemaVersionKey") + struct.pack(">Q", ord("s")), b"%d" % self.schema_version

    def _job(self, kind, schema_id, table_id, db=None, table=None):
        return json.dumps(
            {"id": -2, "type": kind, "schema_id": schema_id, "table_id": table_id, "schema_name": "", "state": 6, "err": None,
             "err_count": 0, "row_count": 0, "raw_args": None, "schema_state": 5, "snapshot_ver": 0,
             "start_ts": 400000000000000000, "dependency_id": 0, "query": "alter table t", "binlog":
             {"SchemaVersion": -3, "DBInfo": db, "TableInfo": table, "FinishedTS": 400000000000000001}, "version": 1,
             "reorg_meta": None, "multi_schema_info": None, "priority": 0}, separators=(",", ":"))

    def _steps(self):
        before = [table_info(-1, "@name", COLUMNS - 1, 1), table_info(-1, "@name", COLUMNS, 1), table_info(-1, "@name")]
        for kind, table in zip((CREATE_TABLE, ADD_COLUMN, ADD_INDEX), before):
            yield kind, self._job(kind, -4, -1, table=table)

    def history(self):
        """(key, value) pairs of all jobs."""
        version = 0
        for i in range(DATABASES):
            version += 1
            text = self._job(1, 2 + i, 0, db=self._database(i))
            yield history_key(version), text.replace('"id":-2', f'"id":{version}').replace(
                '"SchemaVersion":-3', f'"SchemaVersion":{version}').encode()
        steps = list(self._steps())
        last = {kind: self._job(kind, -4, -1, table=table_info(-1, "@name")) for kind in (RENAME_TABLE, MODIFY_COMMENT)}
        for i in range(self.tables):
            renamed = i % RENAMED_EVERY == 0
            name = self.names(i)[1]
            kind = RENAME_TABLE if renamed else MODIFY_COMMENT
            for number, (_, template) in enumerate([*steps, (kind, last[kind])]):
                version += 1
                old_name = renamed and number < len(steps)
                yield history_key(version), self._fill(template, i, version, "old_" + name if old_name else name)

    def _fill(self, template, i, version, name):
        return (template.replace('"id":-2', f'"id":{version}').replace('"SchemaVersion":-3', f'"SchemaVersion":{version}')
                .replace('"schema_id":-4', f'"schema_id":{self.schema_id(i)}')
                .replace('"table_id":-1', f'"table_id":{self.table_id(i)}')
                .replace('"id":-1', f'"id":{self.table_id(i)}').replace("@name", name).encode())


def put(cluster, pairs):
    """Writes pairs as committed transactions; how many bytes they were."""
    tikv, some, size = cluster.tikv(), [], 0
    for pair in pairs:
        some.append(pair)
        size += len(pair[1])
        if len(some) == PAIRS_PER_TRANSACTION:
            tikv.write(some)
            some = []
    if some:
        tikv.write(some)
    tikv.close()
    return size
