"""The command-line clients `mysql` and `mariadb`, as people type into them."""
import re
import subprocess

import pytest

from both import connect, outcome, run_all
from localcluster.process import wait_until

SCRIPT = r"""
select 'first'\G
\u cli
create table t (id int primary key auto_increment, name varchar(20), n decimal(6,2), at datetime(3));
insert into t (name, n, at) values ('one', 1.5, '2020-01-02 03:04:05.678'), (null, null, null);
select * from t;
delimiter //
select count(*) from t; select max(n) from t//
delimiter ;
\T {log}
select 2;
\t
\W
select 1/0, cast('x' as signed);
show warnings;
insert into t (id) values (1);
\w
update t set n = 3 where id = 1; update t set n = 3 where id = 1;
load data local infile '{csv}' into table t fields terminated by ',' (id, name);
source {sql}
select * from t order by id\G
explain format=nothing select 1;
select database(), @@autocommit;
set autocommit = 0; insert into t values (100, 'gone', 0, null); rollback; select count(*) from t;
"""


def run(program, port, text, *options):
    return subprocess.run([program, "--no-defaults", "-h", "127.0.0.1", "-P", str(port), "-u", "root", "--force",
                           "--local-infile=1", *options],
                          input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120,
                          check=False).stdout


def comparable(text):
    """Without what names a server or a time."""
    text = re.sub(r"\([0-9]+\.[0-9]+ sec\)", "(time)", text)
    text = re.sub(r"Logging to file '.*'", "Logging to file", text)
    # Of an error its number: texts differ between MySQL and MariaDB.
    return re.sub(r"(ERROR|Warning|Error|Note)( \(Code)? ([0-9]+)\)?[^|\n]*", r"\1 \3", text)


@pytest.mark.parametrize("program", ["mysql", "mariadb"])
@pytest.mark.parametrize("options", [["-t", "-vvv"], ["--batch"], ["--xml"]])
def test_scripts(ports, tmp_path, program, options):
    (tmp_path / "rows.csv").write_text("10,ten\n11,eleven\n")
    (tmp_path / "more.sql").write_text("insert into t (id, name) values (20, 'from a file');\nselect 'sourced';\n")
    script = SCRIPT.format(log=tmp_path / "log", csv=tmp_path / "rows.csv", sql=tmp_path / "more.sql")
    for port in ports:
        with connect(port) as root:
            run_all(root, ["drop database if exists cli", "create database cli"])
    ours, theirs = (comparable(run(program, port, script, *options)) for port in ports)
    assert "sourced" in ours and "eleven" in ours
    assert ours == theirs


def test_status_and_completion(ports):
    with connect(ports[0]) as root:
        run_all(root, ["drop database if exists cli", "create database cli", "create table cli.t (id int, word varchar(3))"])
    for program in ("mysql", "mariadb"):
        # With --auto-rehash the client asks for every table's columns (COM_FIELD_LIST) before the first prompt.
        told = run(program, ports[0], "\\s\nselect 1;\n", "--auto-rehash", "-t", "cli")
        assert "Current database:\tcli" in told and "Uptime:" in told and "5.7.25-TiDB-v3.0" in told, told
        assert "Didn't find any fields" not in told and "ERROR" not in told, told


def test_safe_updates(ports):
    for port in ports:
        with connect(port) as root:
            run_all(root, ["drop database if exists cli", "create database cli", "use cli", "create table t (id int primary key, n int)",
                           "insert into t values (1, 1), (2, 2), (3, 3)"])
    script = "update t set n = 5;\nupdate t set n = 6 where id = 2;\ndelete from t;\nselect * from t order by id;\n"
    ours, theirs = (comparable(run("mysql", port, script, "-U", "--select-limit=2", "cli")) for port in ports)
    assert ours == theirs
    assert ours.count("ERROR 1175") == 2 and ours.endswith("1\t1\n2\t6\n"), ours


SLEEPERS = "select id from information_schema.processlist where info like 'select sleep%'"


def test_kill(ports):
    """KILL QUERY ends a statement, KILL its connection; both clients say so."""
    with connect(ports[0]) as killer:
        for what, number in (("query", "1317"), ("connection", "2013")):
            sleeper = subprocess.Popen(["mysql", "--no-defaults", "-h", "127.0.0.1", "-P", str(ports[0]), "-u", "root",
                                        "-e", "select sleep(600), user from mysql.user"], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.PIPE, text=True)
            ids = wait_until(lambda: outcome(killer, SLEEPERS)[1], 60, "the statement runs")
            run_all(killer, [f"kill {what} {ids[0][0]}"])
            assert number in sleeper.communicate(timeout=60)[1]
        assert outcome(killer, "kill 123456789")[0] == 1094
