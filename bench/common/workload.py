"""A seeded stream of binlogs on the tables of a benchmark, and the DDL history that makes these tables."""
import random

from localcluster import stubs
from localcluster.codec import record_key

from .tables import Table, chars, integer, name_json

SCHEMA_ID, FIRST_TABLE_ID = 101, 103
CREATE_DATABASE = "create database bench"


def sysbench_table(number=FIRST_TABLE_ID, name="sbtest"):
    return Table(number, name, [integer("k"), chars("c", 120, 119), chars("pad", 60, 59)], keys=[("k", False)])




def _job(number, kind, query, version, table_id=0, db=None, table=None):
    return {"id": number, "type": kind, "schema_id": SCHEMA_ID, "table_id": table_id, "state": 6, "err": None,
            "schema_state": 5, "query": query, "version": 1,
            "binlog": {"SchemaVersion": version, "DBInfo": db, "TableInfo": table, "FinishedTS": 0}}


def jobs(tables):
    """The database is job 102; the job of a table has the number after the table's."""
    database = {"id": SCHEMA_ID, "db_name": name_json("bench"), "charset": "utf8mb4",
                "collate": "utf8mb4_bin", "state": 5}
    return [_job(102, 1, CREATE_DATABASE, 1, db=database)] + [
        _job(t.number + 1, 3, t.create_sql(), 2 + i, table_id=t.number, table=t.info()) for i, t in enumerate(tables)]


class Stream:
    """Makes transactions; each is (start ts, commit ts, prewrite payload, commit payload). `rows` holds what a table's
    rows are by now: {handle: row} by table number. A transaction is on one table, the first when none is named."""

    def __init__(self, first_ts, tables, seed=1):
        self.random = random.Random(seed)
        self.tables = list(tables)
        self.ts = first_ts
        self.binlog = stubs.load("binlog")
        self.schema_version = 1 + len(self.tables)
        self.table_rows = {t.number: {} for t in self.tables}

    def rows_of(self, table=None):
        return self.table_rows[(table or self.tables[0]).number]

    def _next_ts(self):
        self.ts += 1 << 10
        return self.ts

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

    def _transaction(self, table, **rows):
        start, commit = self._next_ts(), self._next_ts()
        b = self.binlog
        kinds = {"inserted_rows": b.Insert, "updated_rows": b.Update, "deleted_rows": b.DeleteRow}
        mutation = b.TableMutation(table_id=table.number, **rows,
                                   sequence=[kinds[k] for k, v in rows.items() for _ in v])
        value = b.PrewriteValue(schema_version=self.schema_version, mutations=[mutation])
        return self._pair(start, commit, {"start_ts": start, "prewrite_key": record_key(table.number, start),
                                          "prewrite_value": value.SerializeToString(), "ddl_job_id": 0,
                                          "ddl_schema_state": 0})

    def insert(self, handles, table=None):
        table = table or self.tables[0]
        rows, known = [], self.rows_of(table)
        for handle in handles:
            known[handle] = table.make_row(self.random)
            rows.append(table.inserted(handle, known[handle]))
        return self._transaction(table, inserted_rows=rows)

    def update(self, handles, table=None, change=None):
        """`change(random, row)` gives the new row; without it all of it is new."""
        table = table or self.tables[0]
        rows, known = [], self.rows_of(table)
        for handle in handles:
            old = known[handle]
            known[handle] = change(self.random, old) if change else table.make_row(self.random)
            rows.append(table.whole(handle, old) + table.whole(handle, known[handle]))
        return self._transaction(table, updated_rows=rows)

    def delete(self, handles, table=None):
        table = table or self.tables[0]
        known = self.rows_of(table)
        return self._transaction(table, deleted_rows=[table.whole(h, known.pop(h)) for h in handles])
