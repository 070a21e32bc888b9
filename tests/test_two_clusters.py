"""TiDB as the downstream: one cluster follows another, and two follow each other."""
import json
import shutil
import tempfile

import pytest

import sides
from localcluster.cluster import Cluster


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


def follow(source, target, syncer=""):
    """A drainer from `source` into the tidb-server of `target`."""
    config = ("detect-interval = 1\n[syncer]\ndb-type = \"tidb\"\nworker-count = 4\n"
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
        with open(f"{each.directory}/drainer.log", encoding="utf-8") as f:
            log = f.read()
        assert "rows to be changed were not found" not in log and "[ERROR]" not in log
        assert each.drainers["drainer"].terminate() == 0
