"""The commands of the tutorial, typed into the mysql client: a row goes from tidb-server to MariaDB."""
import os
import re
import subprocess

import pytest

from localcluster.process import wait_until


class Client:
    """The mysql client on one server."""

    def __init__(self, port):
        self.port = port

    def run(self, sql, database=None, check=True, options=()):
        command = ["mysql", "-h", "127.0.0.1", "-P", str(self.port), "-u", "root", "--protocol=tcp", *options]
        if database:
            command += ["-D", database]
        done = subprocess.run([*command, "-e", sql], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, timeout=120, check=False)
        if check and done.returncode != 0:
            raise AssertionError(f"{sql}: {done.stderr}")
        return done

    def rows(self, sql, database=None):
        out = self.run(sql, database, options=("-N", "-B")).stdout
        return [tuple(line.split("\t")) for line in out.splitlines()]


@pytest.fixture
def tidb(cluster):
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    cluster.start_tidb()
    return Client(cluster.ports["tidb"])


def test_tutorial(cluster, tidb):
    version = tidb.run("select tidb_version()\\G").stdout.splitlines()
    assert version[0] == "*************************** 1. row ***************************"
    assert version[1].startswith("tidb_version(): Release Version: v3.")
    assert [line.split(":")[0] for line in version[2:]] == [
        "Git Commit Hash", "Git Branch", "UTC Build Time", "GoVersion", "Race Enabled",
        "TiKV Min Version", "Check Table Before Drop"]

    cluster.mariadb.start()
    cluster.start_drainer()
    downstream = Client(cluster.mariadb.port)
    assert ("tidb_binlog",) in wait_until(lambda: [row for row in downstream.rows("show databases")
                                                   if row == ("tidb_binlog",)],
                                          30, "drainer has made its database")

    tidb.run("create database tidbtest")
    tidb.run("create table t1 (id int unsigned not null auto_increment primary key)", "tidbtest")
    inserted = tidb.run("insert into t1 () values (),(),(),(),()", "tidbtest", options=("-vv",))
    assert "Query OK, 5 rows affected" in inserted.stdout
    assert "Records: 5  Duplicates: 0  Warnings: 0" in inserted.stdout
    expected = [(str(i),) for i in range(1, 6)]
    assert tidb.rows("select * from t1", "tidbtest") == expected

    def arrived():
        done = downstream.run("select * from tidbtest.t1", check=False, options=("-N", "-B"))
        return done.returncode == 0 and [tuple(x.split("\t")) for x in done.stdout.splitlines()] == expected
    wait_until(arrived, 60, "the rows are in MariaDB")
    assert downstream.rows("show tables", "tidbtest") == [("t1",)]

    pumps = tidb.rows("show pump status")
    assert [(row[0], row[2]) for row in pumps] == [("pump", "online")]
    drainers = tidb.rows("show drainer status")
    assert [(row[0], row[2]) for row in drainers] == [("drainer", "online")]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", drainers[0][4])


def test_second_server_is_refused_and_a_restart_keeps_data(cluster, tidb):
    tidb.run("create table test.r (a int primary key, b varchar(10)); insert into test.r values (1,'x')")
    second = cluster._process("second", "tidb-server", [
        f"-config={cluster.directory}/tidb.toml", f"-P={cluster._port('tidb2')}",
        f"-status={cluster._port('tidb2-status')}", "-log-file=second.log"]).start()
    assert second.wait(60) == 1
    assert re.search(rf"another tidb-server serves this cluster: \S+:{tidb.port}; this version allows one at a time",
                     second.tail())

    assert cluster.tidb_process.terminate() == 0
    cluster.start_tidb()
    assert tidb.rows("select * from test.r") == [("1", "x")]


def test_clean_stop_lets_a_statement_end(cluster, tidb):
    """And it stands in the slow log then."""
    sleeping = subprocess.Popen(["mysql", "-h", "127.0.0.1", "-P", str(tidb.port), "-u", "root", "-N",
                                 "-e", "select sleep(2)"], stdout=subprocess.PIPE, text=True)
    wait_until(lambda: [row for row in tidb.rows("show processlist") if "sleep(2)" in row[-1]], 10,
               "the statement runs")
    assert cluster.tidb_process.terminate() == 0
    assert sleeping.communicate(timeout=10)[0].strip() == "0"
    with open(os.path.join(cluster.directory, "tidb-slow.log"), encoding="utf-8") as f:
        entry = re.search(r"# Time: \d{4}-\d\d-\d\dT[\d:.]+[-+]\d\d:\d\d\n# User: root@127.0.0.1\n# Conn_ID: \d+\n"
                          r"# Query_time: (\d+\.\d+)\n# Is_internal: false\n# Succ: true\nselect sleep\(2\);\n", f.read())
    assert float(entry.group(1)) >= 2
