#!/usr/bin/python3
"""Writes MariaDB's results into the files of tests/sql."""
import ctypes
import ctypes.util
import os
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

from localcluster.mariadb import MariaDb  # noqa: E402
from sqlcases import cases  # noqa: E402

SQL_MODE = ("ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
            "ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION")

# MySQL's words for the places that MariaDB names by keywords.
CLAUSES = {"SELECT": "field list", "INSERT INTO": "field list", "SET": "field list",
           "WHERE": "where clause", "ORDER BY": "order clause", "GROUP BY": "group statement",
           "HAVING": "having clause", "ON": "on clause", "FROM": "from clause"}
# Errors whose texts differ between MySQL and MariaDB: only the number is compared.
NUMBER_ONLY = {1051, 1055, 1091, 1140, 1176, 1292, 1366, 1463}


class Connection:
    """One connection through libmariadb: rows, affected rows, error numbers."""

    def __init__(self, port):
        self.lib = ctypes.CDLL(ctypes.util.find_library("mariadb"))
        for name, result in (("mysql_init", ctypes.c_void_p), ("mysql_real_connect", ctypes.c_void_p),
                             ("mysql_store_result", ctypes.c_void_p), ("mysql_error", ctypes.c_char_p),
                             ("mysql_fetch_row", ctypes.POINTER(ctypes.c_void_p)),
                             ("mysql_fetch_lengths", ctypes.POINTER(ctypes.c_ulong)),
                             ("mysql_affected_rows", ctypes.c_ulonglong)):
            getattr(self.lib, name).restype = result
        self.handle = ctypes.c_void_p(self.lib.mysql_init(None))
        done = self.lib.mysql_real_connect(self.handle, b"127.0.0.1", b"root", None, None,
                                           ctypes.c_uint(port), None, ctypes.c_ulong(0))
        if not done:
            raise RuntimeError(self.lib.mysql_error(self.handle).decode())
        self.lib.mysql_set_character_set(self.handle, b"utf8mb4")

    def run(self, sql):
        """("error", number, text), ("rows", list of lists) or ("ok", affected rows)."""
        data = sql.encode()
        failed = self.lib.mysql_real_query(self.handle, data, ctypes.c_ulong(len(data))) != 0
        result = None if failed else self.lib.mysql_store_result(self.handle)
        # An error may also come after the first rows.
        if self.lib.mysql_errno(self.handle) != 0:
            return self._error()
        if not result:
            if self.lib.mysql_errno(self.handle) != 0:
                return self._error()
            return ("ok", self.lib.mysql_affected_rows(self.handle))
        result = ctypes.c_void_p(result)
        width = self.lib.mysql_num_fields(result)
        rows = []
        while True:
            row = self.lib.mysql_fetch_row(result)
            if not row:
                break
            lengths = self.lib.mysql_fetch_lengths(result)
            rows.append([None if not row[i] else ctypes.string_at(row[i], lengths[i])
                         for i in range(width)])
        self.lib.mysql_free_result(result)
        return ("rows", rows)

    def _error(self):
        return ("error", self.lib.mysql_errno(self.handle),
                self.lib.mysql_error(self.handle).decode("utf-8", "replace"))


def text_of(value):
    if value is None:
        return "NULL"
    text = value.decode("utf-8", "backslashreplace") or "(empty)"
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def error_text(number, text):
    if number in NUMBER_ONLY:
        return str(number)
    for word, clause in CLAUSES.items():
        text = text.replace(f"' in '{word}'", f"' in '{clause}'")
        text = text.replace(f"' in {word} is", f"' in {clause} is")
    return f"{number} {text}"


def record_file(path, connection):
    with open(path, encoding="utf-8") as f:
        blocks = cases.parse(f.read())
    connection.run("drop database if exists test")
    for statement in ("create database test", "use test", f"set sql_mode='{SQL_MODE}'",
                      "set time_zone='+00:00'"):
        connection.run(statement)
    for case in blocks:
        if not case.statement:
            continue
        outcome = connection.run(case.sql)
        if case.differs:
            continue
        if outcome[0] == "error":
            if case.mode != "error":
                print(f"{path}: {case.sql}: {outcome[1]} {outcome[2]}")
            case.mode = "error"
            case.result = [error_text(outcome[1], outcome[2])]
        elif outcome[0] == "ok":
            if case.mode is not None:
                case.mode, case.result = "ok", [str(outcome[1])]
        else:
            rows = ["\t".join(text_of(v) for v in row) for row in outcome[1]]
            case.mode = case.mode if case.mode in ("", "sorted") else ""
            case.result = sorted(rows) if case.mode == "sorted" else rows
    with open(path, "w", encoding="utf-8") as f:
        f.write(cases.render(blocks))


def main():
    directory = os.path.join(ROOT, "tests", "sql")
    paths = sys.argv[1:] or sorted(os.path.join(directory, n) for n in os.listdir(directory)
                                   if n.endswith(".test"))
    with tempfile.TemporaryDirectory() as private:
        server = MariaDb(private).start()
        try:
            connection = Connection(server.port)
            for path in paths:
                record_file(path, connection)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
