"""The cases of tests/sql through a real tidb-server; what is expected was recorded from MariaDB."""
import os

import pytest

from localcluster.stubs import ROOT
from sqlcases import cases
from sqlcases.record import SQL_MODE, Connection, text_of

DIRECTORY = os.path.join(ROOT, "tests", "sql")
FUNCTIONS = os.path.join(DIRECTORY, "functions")
# The moment at which the functions were recorded.
NOW = "set timestamp=1700000000.123456"
SETTINGS = (f"set sql_mode='{SQL_MODE}'", "set time_zone='+00:00'")


def outcome_of(connection, case):
    """The lines that stand behind ---- when the server answers as expected, and the mode."""
    kind, *outcome = connection.run(case.sql)
    if kind == "error":
        number, text = outcome
        alone = case.mode == "error" and " " not in case.result[0]
        return "error", [str(number) if alone else f"{number} {text}"]
    if kind == "ok":
        return "ok", [str(outcome[0])]
    lines = ["\t".join(text_of(v) for v in row) for row in outcome[0]]
    return case.mode, sorted(lines) if case.mode == "sorted" else lines


def check_file(connection, name):
    for statement in ("drop database if exists test", "create database test", "use test", *SETTINGS):
        kind, *outcome = connection.run(statement)
        assert kind != "error", outcome
    with open(os.path.join(DIRECTORY, name), encoding="utf-8") as f:
        blocks = cases.parse(f.read())
    problems = []
    for case in blocks:
        if not case.statement:
            continue
        mode, lines = outcome_of(connection, case)
        good = mode != "error" if case.mode is None else (mode, lines) == (case.mode, case.result)
        if not good:
            problems.append(f"{name}: {case.sql}\n  wanted {case.mode} {case.result}\n  got    {mode} {lines}")
    return problems


def check_functions(connection, name):
    with open(os.path.join(FUNCTIONS, name), encoding="utf-8") as f:
        lines = [line for line in f.read().split("\n") if line and not line.startswith("#")]
    problems = []
    for sql, wanted in zip(lines[::2], lines[1::2]):
        kind, *outcome = connection.run(sql)
        got = text_of(outcome[0][0][0]) if kind == "rows" else f"error {outcome[0]}"
        if wanted != f"-> {got}" and not (kind == "error" and wanted.startswith(f"-> error {outcome[0]}")):
            problems.append(f"{name}: {sql}\n  wanted {wanted}\n  got    -> {got}")
    return problems


@pytest.fixture
def tidb(cluster):
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    cluster.start_tidb()
    return cluster.ports["tidb"]


def test_cases(tidb):
    problems = []
    for name in sorted(n for n in os.listdir(DIRECTORY) if n.endswith(".test")):
        problems += check_file(Connection(tidb), name)
    connection = Connection(tidb)
    for statement in ("use test", *SETTINGS, NOW):
        connection.run(statement)
    # tidb.test is written for the bare evaluator, whose tidb_version() is empty.
    for name in sorted(set(os.listdir(FUNCTIONS)) - {"tidb.test"}):
        problems += check_functions(connection, name)
    assert not problems, f"{len(problems)} cases differ\n" + "\n".join(problems)
