"""A seeded stream of binlogs on a sysbench-like table: id INT PK, k INT with an index, c CHAR(120), pad CHAR(60)."""
import random

from localcluster import stubs
from localcluster.codec import record_key, varint

SCHEMA_ID, TABLE_ID, SCHEMA_VERSION = 101, 103, 2
CREATE_DATABASE = "create database bench"
CREATE_TABLE = ("create table sbtest (id int not null primary key, k int not null, c char(120) not null, "
                "pad char(60) not null, key k(k))")


def _name(text):
    return {"O": text, "L": text.lower()}


def _column(number, name, tp, flag, flen, charset="binary", collate="binary"):
    return {"id": number, "name": _name(name), "offset": number - 1, "origin_default": None, "default": None,
            "default_bit": None, "generated_expr_string": "", "generated_stored": False, "dependences": None,
            "type": {"Tp": tp, "Flag": flag, "Flen": flen, "Decimal": 0, "Charset": charset,
                     "Collate": collate, "Elems": None}, "state": 5, "comment": "", "version": 2}


def _index(number, name, column, offset, unique):
    return {"id": number, "idx_name": _name(name), "tbl_name": _name(""), "is_unique": unique,
            "is_primary": False, "state": 5, "comment": "", "index_type": 1,
            "idx_cols": [{"name": _name(column), "offset": offset, "length": -1}]}


def table_info():
    text = {"charset": "utf8mb4", "collate": "utf8mb4_bin"}
    return {"id": TABLE_ID, "name": _name("sbtest"), **text, "state": 5, "pk_is_handle": True,
            "comment": "", "auto_inc_id": 0, "max_col_id": 4, "max_idx_id": 1, "version": 3,
            "cols": [_column(1, "id", 3, 4099, 11), _column(2, "k", 3, 4105, 11),
                     _column(3, "c", 254, 4097, 120, **text), _column(4, "pad", 254, 4097, 60, **text)],
            "index_info": [_index(1, "k", "k", 1, False)], "fk_info": None, "partition": None}


def _job(number, kind, query, version, table_id=0, db=None, table=None):
    return {"id": number, "type": kind, "schema_id": SCHEMA_ID, "table_id": table_id, "state": 6, "err": None,
            "schema_state": 5, "query": query, "version": 1,
            "binlog": {"SchemaVersion": version, "DBInfo": db, "TableInfo": table, "FinishedTS": 0}}


def jobs():
    database = {"id": SCHEMA_ID, "db_name": _name("bench"), "charset": "utf8mb4",
                "collate": "utf8mb4_bin", "state": 5}
    return [_job(102, 1, CREATE_DATABASE, 1, db=database),
            _job(104, 3, CREATE_TABLE, 2, table_id=TABLE_ID, table=table_info())]


def _int(column, value):
    return b"\x08" + varint(column) + b"\x08" + varint(value)


def _text(column, value):
    return b"\x08" + varint(column) + b"\x02" + varint(len(value)) + value


class Stream:
    """Makes transactions; each is (start ts, commit ts, prewrite payload, commit payload)."""

    def __init__(self, first_ts, seed=1):
        self.random = random.Random(seed)
        self.ts = first_ts
        self.binlog = stubs.load("binlog")
        self.rows = {}

    def _next_ts(self):
        self.ts += 1 << 10
        return self.ts

    def _row(self):
        digits = b"%011d-" % self.random.randrange(10 ** 11)
        return self.random.randrange(1 << 30), digits * 9 + b"0123456789a", digits * 4 + b"0123456789a"

    def ddl(self, job_id, query):
        start, commit = self._next_ts(), self._next_ts()
        fields = {"start_ts": start, "prewrite_key": b"m_bench", "ddl_query": query.encode(),
                  "ddl_job_id": job_id, "ddl_schema_state": 5}
        return self._pair(start, commit, fields)

    def _pair(self, start, commit, fields):
        b = self.binlog
        prewrite = b.Binlog(tp=b.Prewrite, commit_ts=0, **fields)
        fields = {k: v for k, v in fields.items() if k != "prewrite_value"}
        return start, commit, prewrite.SerializeToString(), b.Binlog(
            tp=b.Commit, commit_ts=commit, **fields).SerializeToString()

    def _transaction(self, **rows):
        start, commit = self._next_ts(), self._next_ts()
        b = self.binlog
        kinds = {"inserted_rows": b.Insert, "updated_rows": b.Update, "deleted_rows": b.DeleteRow}
        mutation = b.TableMutation(table_id=TABLE_ID, **rows,
                                   sequence=[kinds[k] for k, v in rows.items() for _ in v])
        value = b.PrewriteValue(schema_version=SCHEMA_VERSION, mutations=[mutation])
        return self._pair(start, commit, {"start_ts": start, "prewrite_key": record_key(TABLE_ID, start),
                                          "prewrite_value": value.SerializeToString(), "ddl_job_id": 0,
                                          "ddl_schema_state": 0})

    def insert(self, handles):
        rows = []
        for handle in handles:
            k, c, pad = self.rows[handle] = self._row()
            rows.append(b"\x08" + varint(handle) + _int(2, k) + _text(3, c) + _text(4, pad))
        return self._transaction(inserted_rows=rows)

    def _full(self, handle, row):
        return _int(1, handle) + _int(2, row[0]) + _text(3, row[1]) + _text(4, row[2])

    def update(self, handles):
        rows = []
        for handle in handles:
            old, self.rows[handle] = self.rows[handle], self._row()
            rows.append(self._full(handle, old) + self._full(handle, self.rows[handle]))
        return self._transaction(updated_rows=rows)

    def delete(self, handles):
        return self._transaction(deleted_rows=[self._full(h, self.rows.pop(h)) for h in handles])

