"""The downstream is another than drainer left it: a server that lost its last second, another program's checkpoint, another
configuration."""
import json
import os
import shutil
import signal

import pytest

import sides
from large_rows import SUMS, Writer, mark_count, row_count, start_drainer, start_with_table
from localcluster.process import wait_until
from test_server_kills import execute

CHECKPOINT = "select checkPoint from tidb_binlog.checkpoint"


def checkpoint(cluster):
    return json.loads(cluster.mariadb.rows(CHECKPOINT)[0][0])


def copy_of_a_moment(cluster):
    """The server's files as a standby would have them: those of one moment."""
    data = os.path.join(cluster.mariadb.directory, "data")
    os.kill(cluster.mariadb.process.pid, signal.SIGSTOP)
    try:
        return shutil.copytree(data, data + ".standby")
    finally:
        os.kill(cluster.mariadb.process.pid, signal.SIGCONT)


def fail_over(cluster, copy):
    """The copy takes the server's place and address."""
    cluster.mariadb.kill()
    data = os.path.join(cluster.mariadb.directory, "data")
    os.rename(data, data + ".lost")
    os.rename(copy, data)
    cluster.mariadb.start()


@pytest.mark.parametrize("relay", [False, True], ids=["pumps", "relay-log"])
def test_failover_to_a_server_that_lost_its_last_second(cluster, rng, relay):
    """Rows without a key: each is there once all the same. What a relay log has removed as applied comes from pump."""
    syncer = f'relay.log-dir = "{cluster.directory}/relay"\nrelay.max-file-size = 4096' if relay else ""
    stream = start_with_table(cluster, rng, key=False, syncer=syncer)
    writer = Writer(cluster)
    for i in range(0, 100, 10):
        last = writer.write(stream.insert(range(i, i + 10)))
    cluster.wait_caught_up(last)
    copy = copy_of_a_moment(cluster)
    last = writer.write(stream.insert(range(100, 130)))
    cluster.wait_caught_up(last)
    last = writer.write(stream.delete(range(0, 20)))
    cluster.wait_caught_up(last)
    assert row_count(cluster) == 110
    fail_over(cluster, copy)
    assert row_count(cluster) == 100
    last = writer.write(stream.insert(range(130, 140)))
    assert cluster.drainers["drainer"].wait(120) == 2
    assert "lost transactions that were durable" in cluster.log() or "is behind" in cluster.log()
    start_drainer(cluster, syncer=syncer)
    cluster.wait_caught_up(last)
    assert cluster.mariadb.rows(SUMS) == stream.sums()
    assert not relay or "the relay log does not reach back" in cluster.log()
    writer.close()


def write_as_the_original(cluster, **values):
    text = json.dumps({k: v for k, v in values.items() if v is not None}, separators=(",", ":"))
    cluster.mariadb.run(f"update tidb_binlog.checkpoint set checkPoint = '{text}'")


@pytest.mark.parametrize("with_version", [True, False], ids=["schema-version", "no-schema-version"])
@pytest.mark.parametrize("consistent", [True, False], ids=["consistent", "crashed"])
def test_an_originals_checkpoint_is_taken_over_and_handed_back(cluster, rng, consistent, with_version):
    """After a clean stop of the original nothing is applied twice, rows without a key included. After its crash rows that it
    applied above its checkpoint come again in safe mode: those with a key do no harm."""
    stream = start_with_table(cluster, rng, key=not consistent)
    writer = Writer(cluster)
    first = writer.write(stream.insert(range(10)))
    second = writer.write(stream.insert(range(10, 20)))
    third = writer.write(stream.delete(range(5)))
    cluster.wait_caught_up(third)
    assert cluster.drainers["drainer"].terminate() == 0
    mine = checkpoint(cluster)
    assert mine["consistent"] and mine["commitTS"] >= third and mark_count(cluster) == 0, "as an original wants it"
    cluster.set_clock_after(third)
    wait_until(lambda: cluster.pd.tso() > third, 30, "PD's clock has passed what the original may have applied")
    stream.ts = third + (3600 * 1000 << 18)  # ahead of PD's clock, as before
    version = {"schema-version": mine["schema-version"]} if with_version else {}
    write_as_the_original(cluster, consistent=consistent, commitTS=third if consistent else first, **{"ts-map": {}}, **version)
    fourth = writer.write(stream.insert(range(20, 30)))
    start_drainer(cluster)
    cluster.wait_caught_up(fourth)
    assert cluster.mariadb.rows(SUMS) == stream.sums()
    assert ("safe mode up to this commit ts" in cluster.log()) == (not consistent)
    assert second < cluster.checkpoint_ts()
    writer.close()


def test_filters_and_workers_change_over_a_half_applied_transaction(cluster, rng):
    """What is filtered now is not applied any more, what was applied stays, and the transaction counts as done."""
    stream = start_with_table(cluster, rng, syncer="worker-count = 1")
    writer = Writer(cluster)
    last = writer.write(stream.insert(range(60000)))
    wait_until(lambda: mark_count(cluster) >= 2, 300, "two parts are downstream", poll=0.01)
    cluster.drainers["drainer"].kill()
    filtered = '[[syncer.ignore-table]]\ndb-name = "bench"\ntbl-name = "sbtest"'
    start_drainer(cluster, syncer="worker-count = 7\n" + filtered)
    half = row_count(cluster)
    assert 0 < half < 60000
    cluster.wait_caught_up(last)
    assert row_count(cluster) == half
    cluster.drainers["drainer"].terminate()
    assert mark_count(cluster) == 0
    start_drainer(cluster, syncer="worker-count = 2")
    cluster.wait_caught_up(writer.write(stream.insert(range(60000, 60010))))
    assert row_count(cluster) == half + 10
    writer.close()


def altering(cluster):
    """Seconds for which an ALTER has been running downstream; -1: none is."""
    rows = cluster.mariadb.rows("select time from information_schema.processlist where info like 'alter table%'")
    return max((int(float(r[0])) for r in rows), default=-1)


def test_add_index_longer_than_every_timeout(cluster):
    """It is executed once, by the connection that began it, also when drainer is killed meanwhile."""
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    cluster.start_tidb()
    cluster.mariadb.start()
    config = cluster.drainer_config(to='read-timeout = "1s"')
    cluster.start_drainer(config=config)
    execute(cluster, "create database app", "create table app.log (n int)", "insert into app.log values (1)")
    wait_until(lambda: ["app"] in cluster.mariadb.rows("show databases") and
               cluster.mariadb.rows("select count(*) from information_schema.tables where table_schema = 'app'") == [["1"]],
               60, "the table is there")
    reader = sides.connect(cluster.mariadb.port)
    with reader.cursor() as cursor:
        cursor.execute("begin")
        cursor.execute("select * from app.log")  # while this is open no ALTER can end
    execute(cluster, "alter table app.log add index (n)", "insert into app.log values (2)")
    wait_until(lambda: altering(cluster) >= 3, 60, "the ALTER has been running for three times the timeout")
    assert cluster.drainers["drainer"].running()
    cluster.drainers["drainer"].kill()
    # The server ends it, since its client is gone; or it goes on, and the new drainer waits for it.
    cluster.start_drainer(config=config, wait=False)
    wait_until(lambda: altering(cluster) >= 3, 60, "an ALTER is running")
    reader.rollback()
    wait_until(lambda: cluster.mariadb.rows("select count(*) from app.log") == [["2"]], 60, "what came after is there")
    assert cluster.mariadb.rows("select count(*) from information_schema.statistics where table_schema = 'app'") == [["1"]]
