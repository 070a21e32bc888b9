#!/usr/bin/python3
"""Compares the tables of two servers that speak MySQL's protocol, row by row.

    tests/sides.py 127.0.0.1:4000 127.0.0.1:3306 <database>...

prints what differs and ends with 1, or says how much is equal. Floats are compared as the servers print them.
"""
import sys
from collections import Counter

import pymysql
from pymysql.converters import conversions

# Every value as the text or bytes that the server sent.
AS_SENT = {k: v for k, v in conversions.items() if not isinstance(k, int)}


def connect(port, host="127.0.0.1", **options):
    return pymysql.connect(host=host, port=port, user="root", charset="utf8mb4", autocommit=True, conv=AS_SENT,
                           init_command="set time_zone='+00:00'", **options)


def _query(connection, sql, *arguments):
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments or None)
        return cursor.fetchall()


def tables(connection, schema):
    rows = _query(connection, "select table_name from information_schema.tables "
                  "where table_schema = %s and table_type = 'BASE TABLE' order by table_name", schema)
    return [_text(r[0]) for r in rows]


def _text(value):
    return value.decode("utf-8") if isinstance(value, bytes) else value


def _quoted(name):
    return "`" + name.replace("`", "``") + "`"


def columns(connection, schema, table):
    rows = _query(connection, "select column_name from information_schema.columns "
                  "where table_schema = %s and table_name = %s order by ordinal_position", schema, table)
    return [_text(r[0]) for r in rows]


def rows(connection, schema, table):
    found = _query(connection, f"select * from {_quoted(schema)}.{_quoted(table)}")
    return [tuple(v.encode() if isinstance(v, str) else v for v in r) for r in found]


def _sort_key(row):
    return tuple((v is not None, v or b"") for v in row)


def _row_problems(name, left, right):
    # Sorted here, so that the servers' collations play no part.
    left, right = sorted(left, key=_sort_key), sorted(right, key=_sort_key)
    if left == right:
        return []
    only_left = list((Counter(left) - Counter(right)).elements())
    only_right = list((Counter(right) - Counter(left)).elements())
    examples = [f"    left only: {r}" for r in only_left[:5]] + [f"    right only: {r}" for r in only_right[:5]]
    return [f"{name}: {len(left)} rows left, {len(right)} right"] + examples


def differences(left, right, schemas):
    """Lines that say what differs; none when both sides are equal."""
    problems = []
    for schema in schemas:
        names = tables(left, schema)
        if names != tables(right, schema):
            problems.append(f"{schema}: tables {names} left, {tables(right, schema)} right")
            continue
        for table in names:
            name = f"{schema}.{table}"
            if columns(left, schema, table) != columns(right, schema, table):
                problems.append(f"{name}: other columns")
            else:
                problems += _row_problems(name, rows(left, schema, table), rows(right, schema, table))
    return problems


def main():
    if len(sys.argv) < 4:
        print(__doc__)
        return 2
    sides = []
    for address in sys.argv[1:3]:
        host, port = address.rsplit(":", 1)
        sides.append(connect(int(port), host))
    schemas = sys.argv[3:]
    problems = differences(*sides, schemas)
    print("\n".join(problems) or f"{sum(len(tables(sides[0], s)) for s in schemas)} tables are equal")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
