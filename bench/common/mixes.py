"""The mixes of bench/drainer.py: what downstream holds before, the transactions, and how the yardstick gets to the same
end."""
from dataclasses import dataclass
from typing import Callable

from .tables import Table, blob, distinct, integer, json, varchars
from .workload import FIRST_TABLE_ID, sysbench_table

PUSHED_AT_ONCE = 1000
MANY = 200


@dataclass
class Mix:
    """`transactions(stream, rows)` makes the stream. `push(stream, rows)` gives the yardstick's arguments and fields; it
    is called when the stream is made, so `stream.rows_of` is the end. `share` is the part of --rows that is played."""
    name: str
    tables: list
    transactions: Callable
    push: Callable
    has_rows_before: bool = False
    share: float = 1.0
    connections: int = 8
    rows_per_commit: int = PUSHED_AT_ONCE


def _chunks(rows, size):
    return (range(i, min(rows, i + size)) for i in range(0, rows, size))


def _bulk(table):
    def push(stream, _):
        fields = [f for handle, row in stream.rows_of(table).items() for f in table.fields(handle, row)]
        return ["bulk", table.bulk_insert()], fields
    return push


def _upserts(table):
    def push(stream, _):
        fields = [table.tuple_sql(handle, row) for handle, row in stream.rows_of(table).items()]
        return ["text", f"insert into {table.full_name} values ", ",", table.upsert_suffix()], fields
    return push


def _deletes(table):
    def push(_, rows):
        return ["text", f"delete from {table.full_name} where id in (", ",", ")"], [b"%d" % i for i in range(rows)]
    return push


def inserts(name, table, size, share=1.0):
    return Mix(name, [table], lambda s, rows: (s.insert(c, table) for c in _chunks(rows, size)), _bulk(table),
               share=share)


def updates(name, table, size, share=1.0, change=None):
    return Mix(name, [table], lambda s, rows: (s.update(c, table, change) for c in _chunks(rows, size)),
               _upserts(table), has_rows_before=True, share=share)


def deletes(name, table, size):
    return Mix(name, [table], lambda s, rows: (s.delete(c, table) for c in _chunks(rows, size)), _deletes(table),
               has_rows_before=True)


def _hot_row(table):
    """One row is changed again and again; the yardstick is one connection that sends a hundred UPDATEs per round trip."""
    history = []

    def change(random, row):
        history.append((random.randrange(1 << 30), *row[1:]))
        return history[-1]

    def push(_, __):
        return (["text", "begin;", ";", ";commit"],
                [b"update %s set k=%d where id=0" % (table.full_name.encode(), row[0]) for row in history])
    return Mix("one hot row, 1 update per transaction", [table],
               lambda s, rows: (s.update([0], table, change) for _ in range(rows)), push, has_rows_before=True,
               connections=1, rows_per_commit=100, share=0.5)


def _many_tables(tables):
    def push(stream, _):
        statements = []
        for table in tables:
            values = b",".join(table.tuple_sql(handle, row) for handle, row in stream.rows_of(table).items())
            statements.append(b"insert into %s values " % table.full_name.encode() + values)
        return ["text", "", ";", ""], statements
    return Mix(f"{len(tables)} tables, 1 insert per transaction", tables,
               lambda s, rows: (s.insert([i], tables[i % len(tables)]) for i in range(rows)), push, rows_per_commit=1)


def change_first(random, row):
    return (random.randrange(1 << 30), *row[1:])


def all_mixes():
    """In the order in which they run; no two share a table."""
    numbers = iter(range(FIRST_TABLE_ID, FIRST_TABLE_ID + 2000, 2))

    def sysbench(name):
        return sysbench_table(next(numbers), name)

    def table(name, columns, keys=(), has_primary=True):
        return Table(next(numbers), name, columns, keys, has_primary)

    wide_columns = [integer(f"n{i}") for i in range(30)] + [varchars(f"v{i}", 20) for i in range(29)]
    many = [sysbench(f"many{i}") for i in range(MANY)]
    return [
        inserts("insert, 1 row per transaction", sysbench("insert1"), 1),
        inserts("insert, 100 rows", sysbench("insert100"), 100),
        inserts("insert, 100,000 rows", sysbench("insert100000"), 100000),
        updates("update, 1 row per transaction", sysbench("update1"), 1),
        updates("update, 100 rows", sysbench("update100"), 100),
        updates("update of the secondary key, 1 row", sysbench("updatekey"), 1, change=change_first),
        deletes("delete, 1 row per transaction", sysbench("delete1"), 1),
        deletes("delete, 100 rows", sysbench("delete100"), 100),
        _hot_row(sysbench("hot")),
        _many_tables(many),
        inserts("60 columns, insert, 1 row", table("wideinsert", wide_columns), 1, share=0.5),
        updates("60 columns, update of one, 1 row", table("wideupdate", wide_columns), 1, share=0.2,
                change=change_first),
        inserts("JSON, insert, 1 row", table("documents", [json("j")]), 1, share=2),
        inserts("blobs of 4 KiB, insert, 1 row", table("blobs", [blob("b", 4096)]), 1, share=0.1),
        inserts("no key, insert, 1 row", table("keyless", [integer("k"), varchars("c", 120)], has_primary=False), 1, share=2),
        updates("unique key besides the primary, update of it, 1 row",
                table("uniquekey", [distinct("u"), varchars("c", 120)], keys=[("u", True)]), 1, share=0.5),
    ]
