#!/usr/bin/python3
"""Records what MariaDB makes of values: the oracle of src/tidb/types' tests.

Writes columns.txt (a value stored into a column, strict and not) and functions.txt (results of casts,
comparisons, decimals, dates, JSON) into src/tidb/types/testdata. Rows that TiDB answers differently carry
TiDB's answer and the reason; they are listed in differences.py.

A value is written as <kind>:<text>: i integer, n decimal, d double, s text, x bytes in hex, t datetime,
D date, T time, N NULL.
"""
import os
import random
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from localcluster.mariadb import MariaDb  # noqa: E402
from sqlcases import differences, value_cases  # noqa: E402

LOOSE = "TIME_ROUND_FRACTIONAL"  # as MySQL and TiDB always do
STRICT = LOOSE + ",STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO"
TESTDATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/tidb/types/testdata")


def text_literal(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def literal(value):
    kind, text = value.split(":", 1)
    if kind == "n" and "." not in text:  # bare digits would be an integer
        return f"cast({text} as decimal(65,0))"
    if kind in "ind":
        return text
    return {"s": lambda: text_literal(text), "x": lambda: f"x'{text}'", "t": lambda: f"timestamp'{text}'",
            "D": lambda: f"date'{text}'", "T": lambda: f"time'{text}'", "N": lambda: "null"}[kind]()


def shown(type_text, column="a"):
    if type_text.startswith(("bit", "binary", "varbinary")):
        return f"hex({column})"
    return f"cast({column} as char)"


def record_columns(db):
    """[(type, value, mode, code, text)]"""
    cases = [(t, v, mode) for mode in ("strict", "loose") for t in value_cases.COLUMN_TYPES
             for v in value_cases.column_values(t)]
    sql = ["create database c; use c; set sql_notes=0;",
           "create table results (id int primary key, code int, v longtext);"]
    for i, t in enumerate(value_cases.COLUMN_TYPES):
        sql.append(f"create table t{i} (a {t} null) default charset utf8mb4 collate utf8mb4_bin;")
    sql.append("delimiter //")
    for i, (t, v, mode) in enumerate(cases):
        table = f"t{value_cases.COLUMN_TYPES.index(t)}"
        # Error 1265 has the SQLSTATE of a warning.
        errors = "sqlexception, 1265" if mode == "strict" else "sqlexception"
        sql.append(f"""set sql_mode='{STRICT if mode == "strict" else LOOSE}'//
begin not atomic
 declare exit handler for {errors} begin
  get diagnostics condition 1 @c = mysql_errno; insert into results values ({i}, @c, null); end;
 delete from {table};
 insert into {table} values ({literal(v)});
 get diagnostics @n = number;
 set @c = 0;
 if @n > 0 then get diagnostics condition 1 @c = mysql_errno; end if;
 insert into results select {i}, @c, {shown(t)} from {table};
end//""")
    run_script(db, sql)
    found = {int(i): (code, text) for i, code, text in db.rows(
        "select id, code, coalesce(replace(v, '\\t', '<TAB>'), '<NULL>') from c.results")}
    return [(*case, *found[i]) for i, case in enumerate(cases)]


def record_functions(db):
    """[(name, [argument], text)]"""
    rng = random.Random(20260101)
    cases = value_cases.function_cases(rng)
    sql = ["set names utf8mb4 collate utf8mb4_bin, sql_mode='TIME_ROUND_FRACTIONAL';"]
    for i, (name, arguments) in enumerate(cases):
        expression = value_cases.FUNCTIONS[name].format(
            *[literal(a) for a in arguments], raw=[a.split(":", 1)[1] for a in arguments])
        sql.append(f"select {i}, {expression};")
    # Results come as a client sees them: a table's column would show hidden digits of decimals.
    found = dict(line.split("\t", 1) for line in run_script(db, sql).splitlines())
    return [(name, arguments, unescaped(name, found.get(str(i), "<ERROR>")))
            for i, (name, arguments) in enumerate(cases)]


def unescaped(name, text):
    """A field of the client's batch format."""
    if text == "NULL" and name != "json_type":
        return "<NULL>"
    return re.sub(r"\\(.)", lambda m: {"n": "<LF>", "t": "<TAB>"}.get(m[1], m[1]), text)


def run_script(db, lines):
    """What the client prints."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as script:
        script.write("set time_zone='+00:00', timestamp=1600000000;\n" + "\n".join(lines) + "\n")
        script.flush()
        with open(script.name, "rb") as stdin:
            result = db._client(["--force", "-N"], stdin=stdin)
        for line in result.stderr.decode("utf-8", "replace").splitlines():
            if line.startswith("ERROR"):
                print("refused:", line, file=sys.stderr)
    return result.stdout.decode("utf-8")


def write(name, header, rows):
    with open(os.path.join(TESTDATA, name), "w", encoding="utf-8") as out:
        out.write("# " + header + "\n# Recorded from MariaDB 10.11 by tools/sqlcases/record_values.py.\n")
        for row in rows:
            out.write("\t".join(row) + "\n")


def main():
    with tempfile.TemporaryDirectory(prefix="record_values") as directory:
        db = MariaDb(directory).start()
        try:
            columns = record_columns(db)
            functions = record_functions(db)
        finally:
            db.stop()
    write("columns.txt", "type, value, mode, error or first warning, stored text "
          "[, TiDB's code, TiDB's text, reason]",
          [[*row, *differences.of_column(*row)] for row in columns])
    write("functions.txt", "name, arguments ..., '=', result [, TiDB's result, reason]",
          [[name, *arguments, "=", text, *differences.of_function(name, arguments, text)]
           for name, arguments, text in functions])


if __name__ == "__main__":
    main()
