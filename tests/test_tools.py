"""Programs of others against tidb-server while drainer follows: both sides are equal at the end."""
import subprocess

import sides
from follow import assert_sides_are_equal


def run(cluster, program, *arguments, timeout=300):
    """Output of a client program that takes mysql's options."""
    done = subprocess.run([program, "-h", "127.0.0.1", "-P", str(cluster.ports["tidb"]), "-u", "root", *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, check=False)
    assert done.returncode == 0, f"{program} {arguments}: {done.stdout[-3000:]}"
    return done.stdout


def sysbench(cluster, workload, command, *options):
    done = subprocess.run(
        ["sysbench", "--db-driver=mysql", "--mysql-host=127.0.0.1", f"--mysql-port={cluster.ports['tidb']}",
         "--mysql-user=root", "--tables=2", "--table-size=1000", "--threads=8", "--events=200", "--time=60",
         *options, workload, command],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False)
    assert done.returncode == 0 and "FATAL" not in done.stdout, done.stdout[-3000:]


def test_sysbench(running):
    run(running, "mysql", "-e", "create database sbtest")
    sysbench(running, "oltp_read_write", "prepare")
    for workload in ("oltp_read_write", "oltp_write_only", "oltp_point_select"):
        for mode in ("auto", "disable"):
            sysbench(running, workload, "run", f"--db-ps-mode={mode}")
    run(running, "mysql", "-e", "admin check table sbtest.sbtest1, sbtest.sbtest2")
    assert_sides_are_equal(running, "sbtest")


def test_dumps_come_back(running, tmp_path):
    run(running, "mysql", "-e", "create database a; create database b; use a; "
        "create table t (id int auto_increment primary key, n decimal(10,3), t timestamp(3) null, j json, "
        "e enum('x','y'), b varbinary(20), key k (n)); "
        "insert into t (n, t, j, e, b) values (1.5, '2020-02-03 04:05:06.789', '{\"a\": [1, 2]}', 'y', x'00ff27'), "
        "(null, null, null, null, null); create view v as select id, n from t")
    dump = run(running, "mysqldump", "--single-transaction", "--hex-blob", "a", "t")
    run(running, "mysql", "-D", "b", "-e", dump)
    run(running, "mydumper", "-B", "a", "-o", str(tmp_path / "dump"))
    assert (tmp_path / "dump" / "a.t.sql").exists()
    left = sides.connect(running.ports["tidb"])
    assert sides.rows(left, "a", "t") == sides.rows(left, "b", "t")
    assert_sides_are_equal(running, "a", "b")


def test_mysqlslap(running):
    run(running, "mysqlslap", "--auto-generate-sql", "--concurrency=4", "--number-of-queries=100",
        "--create-schema=slap")
