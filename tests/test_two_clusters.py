"""TiDB as the downstream: one cluster follows another, and two follow each other."""
import json
import re
import shutil
import subprocess
import tempfile

import pytest

import sides
from localcluster.cluster import Cluster, http_get


@pytest.fixture
def pair(cluster):
    """Two clusters with tidb-server and pump, no drainers."""
    directory = tempfile.mkdtemp(prefix="tbl-test-b-")
    other = Cluster(directory)
    for each in (cluster, other):
        each.start_pd()
        each.start_tikv()
        each.start_pump()
        each.start_tidb()
    yield cluster, other
    print(other.tails())
    other.stop()
    shutil.rmtree(directory, ignore_errors=True)


def follow(source, target, syncer="", top=""):
    """A drainer from `source` into the tidb-server of `target`."""
    config = (f"{top}detect-interval = 1\n[syncer]\ndb-type = \"tidb\"\nworker-count = 4\n"
              f"{syncer}\n[syncer.to]\nhost = \"127.0.0.1\"\nport = {target.ports['tidb']}\nuser = \"root\"\n")
    source.start_drainer(config=config)


def run(connection, *statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def checkpoint(connection):
    with connection.cursor() as cursor:
        cursor.execute("select checkPoint from tidb_binlog.checkpoint")
        text = cursor.fetchall()[0][0]
    return json.loads(text)


def test_a_tidb_follows(pair, rng):
    left, right = pair
    follow(left, right)
    upstream, downstream = (sides.connect(c.ports["tidb"]) for c in pair)
    run(upstream, "create database d", "use d",
        "create table t (id int primary key, v varchar(20), n decimal(10,2), index (v)) shard_row_id_bits = 2",
        "create table n (a int, b varchar(20))")
    for i in range(60):
        run(upstream, f"insert into t (id, v, n) values ({i}, 'v{rng.randrange(10)}', {i}.25)", "insert into n values (1, 'x')")
        if i == 20:
            run(upstream, "alter table t add column c int not null default 3")
        if i == 30:
            left.drainers["drainer"].kill()
            follow(left, right)
        if i % 3 == 0:
            run(upstream, f"update t set n = n + 1 where id <= {i}", "delete from n limit 1")
    left.wait_caught_up(left.pd.tso())
    assert not sides.differences(upstream, downstream, ["d"])
    assert left.drainers["drainer"].terminate() == 0
    saved = checkpoint(downstream)
    assert saved["consistent"]
    times = saved["ts-map"]
    assert times["primary-ts"] <= saved["commitTS"] and times["secondary-ts"] > 0


def test_a_transaction_larger_than_the_tidb_takes(pair):
    """Kept whole it is refused, with an error that says what to do; in parts it goes through."""
    left, right = pair
    right.tidb_process.terminate()
    right.start_tidb(config=f'store = "tikv"\npath = "{right.address("pd")}"\nlease = "1s"\n'
                            '[log.file]\nfilename = "tidb.log"\n[binlog]\nenable = true\n'
                            '[performance]\ntxn-total-size-limit = 10485760\n')
    memory = 'memory-limit = "64MiB"\n'
    follow(left, right, 'transaction-atomicity = "whole"', memory)
    upstream = sides.connect(left.ports["tidb"], database="mysql")
    run(upstream, "create database d", "use d", "create table t (id int primary key, v varchar(2000), index (v(4)))", "begin")
    for base in range(0, 10000, 1000):
        run(upstream, "insert into t values " + ", ".join(f"({i}, repeat('{i % 10}', 2000))" for i in range(base, base + 1000)))
    run(upstream, "commit")
    assert left.drainers["drainer"].wait(120) == 2
    log = left.log()
    assert "too large" in log and "let transaction-atomicity be" in log
    follow(left, right, "", memory)
    left.wait_caught_up(left.pd.tso())
    assert not sides.differences(upstream, sides.connect(right.ports["tidb"]), ["d"])


def assert_no_echo(cluster):
    log = cluster.log()
    assert "rows to be changed were not found" not in log and "[ERROR]" not in log


def test_two_follow_each_other(pair, rng, full):
    """No echo: a row is written once on each side, and what one side wrote does not come back."""
    left, right = pair
    connections = [sides.connect(c.ports["tidb"]) for c in pair]
    for connection in connections:
        run(connection, "create database d", "create table d.t (id int primary key, side int, times int)")
    marks = "loopback-control = true\nchannel-id = 5\nsync-ddl = false"
    follow(left, right, marks)
    follow(right, left, marks)
    rows = 2000 if full else 80
    for i in range(rows):
        side = rng.randrange(2)
        run(connections[side], f"insert into d.t values ({2 * i + side}, {side}, 0)")
        if rng.randrange(3) == 0:
            run(connections[side], f"update d.t set times = times + 1 where side = {side} and id % 7 = {i % 7}")
    for each in (*pair, *pair):
        each.wait_caught_up(each.pd.tso())
    assert not sides.differences(*connections, ["d"])
    assert len(sides.rows(connections[0], "d", "t")) == rows
    for each in pair:
        assert_no_echo(each)
        assert each.drainers["drainer"].terminate() == 0


def sysbench(cluster, database, table_size, command, *more):
    return subprocess.Popen(
        ["sysbench", "--db-driver=mysql", "--mysql-host=127.0.0.1", f"--mysql-port={cluster.ports['tidb']}",
         "--mysql-user=root", f"--mysql-db={database}", "--tables=2", f"--table-size={table_size}", "--threads=4",
         "--mysql-ignore-errors=all", *more, "oltp_write_only", command],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def output_of(process):
    out = process.communicate()[0]
    assert process.returncode == 0, out
    return out


def rows_sent(cluster):
    """Rows that the cluster's drainer has given to the other side."""
    metrics = http_get(f"http://{cluster.address('drainer')}/metrics")
    return sum(float(n) for n in re.findall(r'binlog_drainer_event{type="(?:Insert|Update|Delete)"} (\S+)', metrics))


def test_sysbench_on_both_sides(pair, full):
    """Each side changes a database of its own, ten minutes long with TBL_FULL. A transaction of oltp_write_only changes at
    most four rows; what came back would be more."""
    left, right = pair
    marks = "loopback-control = true\nchannel-id = 5\n"
    follow(left, right, marks)
    follow(right, left, marks + "sync-ddl = false")
    connections = [sides.connect(c.ports["tidb"]) for c in pair]
    run(connections[0], "create database lefts", "create database rights")
    output_of(sysbench(left, "lefts", 2000, "prepare"))
    output_of(sysbench(left, "rights", 0, "prepare"))  # its tables; the rows come from the right side
    left.wait_caught_up(left.pd.tso(), timeout=300)
    before = rows_sent(left)
    seconds = 600 if full else 5
    runs = [sysbench(each, database, 2000, "run", f"--time={seconds}")
            for each, database in ((left, "lefts"), (right, "rights"))]
    counts = [int(re.search(r"transactions:\s+(\d+)", output_of(r)).group(1)) for r in runs]
    for each in (*pair, *pair):
        each.wait_caught_up(each.pd.tso(), timeout=600)
    sent = [rows_sent(left) - before, rows_sent(right)]
    print(f"transactions {counts}, rows sent {sent}")
    assert not sides.differences(*connections, ["lefts", "rights"])
    for each, transactions, rows in zip(pair, counts, sent):
        assert_no_echo(each)
        # A thread that is told to stop may have committed once more than it says.
        assert 0 < rows <= 4 * (transactions + 4)
