#!/usr/bin/python3
"""Writes MariaDB's results into the files of tests/sql/functions.

A file is a list of cases: one line `select <expression>`, below it `-> <result>`. NULL is `NULL`, an empty
text `(empty)`, an error `error <number>`; line ends, tabs and backslashes are `\\n`, `\\t`, `\\\\`, bytes
that are no UTF-8 `\\xab`. A case with a line `# differs: <why>` above it keeps the result written by hand. The
time is 2023-11-14 22:13:20.123456 UTC.
"""
import glob
import os
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

from localcluster.mariadb import MariaDb  # noqa: E402
from sqlcases.record import SQL_MODE, Connection  # noqa: E402

SETUP = ["set names utf8mb4 collate utf8mb4_bin", f"set sql_mode='{SQL_MODE}'", "set time_zone='+00:00'",
         "set timestamp=1700000000.123456", "create or replace database test", "use test"]


def escaped(value):
    if value is None:
        return "NULL"
    if value == b"":
        return "(empty)"
    text = value.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\t", b"\\t")
    text = text.replace(b"\0", b"\\x00")
    return text.decode("utf-8", "backslashreplace")


def result_of(connection, sql):
    outcome = connection.run(sql)
    if outcome[0] == "error":
        return f"error {outcome[1]}"
    if outcome[0] == "ok":  # the error came with the row
        return f"error {connection.lib.mysql_errno(connection.handle)}"
    return escaped(outcome[1][0][0])


def record(path, connection):
    for statement in SETUP:
        connection.run(statement)
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    out = []
    differs = False
    for line in lines:
        if line.startswith("#"):
            differs |= line.startswith("# differs:")
            out.append(line)
        elif line.startswith("->"):
            if differs:
                out.append(line)
            differs = False
        elif line:
            out.append(line)
            recorded = result_of(connection, line)
            if not differs:
                out.append("-> " + recorded)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")


def main():
    files = sys.argv[1:] or sorted(glob.glob(os.path.join(ROOT, "tests/sql/functions/*.test")))
    with tempfile.TemporaryDirectory() as directory:
        server = MariaDb(os.path.join(directory, "mariadb")).start()
        try:
            for path in files:
                record(path, Connection(server.port))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
