"""The relay log and a transaction larger than drainer's memory: written in parts, applied in parts, once."""
import os
import struct

import pytest

import sides
from large_rows import MEMORY, SUMS, mark_count, peak_mib, row_count, start_drainer, start_with_table, write
from localcluster import stubs
from localcluster.process import wait_until
from test_relay import directory, files

ROWS_BY_KEY = {True: 60000, False: 20000}  # without a key each row is a statement


def relay(cluster):
    return f'relay.log-dir = "{directory(cluster)}"\n'


@pytest.mark.parametrize("atomicity", ["split", "whole"])
@pytest.mark.parametrize("key", [True, False], ids=["key", "no-key"])
def test_killed_in_the_midst(cluster, rng, key, atomicity):
    """Each start applies what the relay log has, and goes on where that ends."""
    syncer = relay(cluster) + f'transaction-atomicity = "{atomicity}"'
    stream = start_with_table(cluster, rng, key=key, syncer=syncer)
    last = write(cluster, stream.insert(range(ROWS_BY_KEY[key])))
    for number in range(3):
        if atomicity == "split":
            parts = mark_count(cluster) + rng.randrange(1, 5)
            wait_until(lambda: mark_count(cluster) >= parts or cluster.checkpoint_ts() >= last, 120,
                       f"{parts} parts are downstream", poll=0.01)
        else:
            size = relay_size(cluster) + rng.randrange(1, 20 << 20)
            wait_until(lambda: relay_size(cluster) >= size or cluster.checkpoint_ts() >= last, 120,
                       f"{size} bytes stand in the relay log", poll=0.01)
        rows = row_count(cluster)
        print(f"kill {number}: {rows} rows downstream, {relay_size(cluster)} bytes in the relay log")
        assert atomicity == "split" or rows in (0, ROWS_BY_KEY[key])
        cluster.drainers["drainer"].kill()
        start_drainer(cluster, syncer=syncer)
    cluster.wait_caught_up(last, timeout=300)
    assert cluster.mariadb.rows(SUMS) == stream.sums()
    last = write(cluster, stream.delete(range(0, ROWS_BY_KEY[key], 3)))
    cluster.wait_caught_up(last, timeout=300)
    assert cluster.mariadb.rows(SUMS) == stream.sums()
    print(f"peak of drainer: {peak_mib(cluster.drainers['drainer']):.0f} MiB")
    assert peak_mib(cluster.drainers["drainer"]) < 160


def relay_size(cluster):
    total = 0
    for path in files(cluster):
        try:
            total += os.path.getsize(path)
        except FileNotFoundError:  # applied and removed
            pass
    return total


def rows_in_relay(cluster):
    binlog = stubs.load("slave_binlog").Binlog
    found = 0
    for path in files(cluster):
        with open(path, "rb") as f:
            data = f.read()
        at = 0
        while at + 12 <= len(data):
            length = struct.unpack_from("<Q", data, at + 4)[0]
            if at + 16 + length > len(data):
                break  # being written
            record = binlog.FromString(data[at + 12:at + 12 + length])
            found += sum(len(t.mutations) for t in record.dml_data.tables)
            at += 16 + length
    return found


def test_the_upstream_is_gone_while_it_is_applied(cluster, rng):
    """All of it stands in the relay log: the downstream is brought to its end, over a kill. Marks name the parts that it has."""
    syncer = relay(cluster)
    stream = start_with_table(cluster, rng, key=False, syncer=syncer)
    rows = 6000  # as many as may be under way, in three parts
    with sides.connect(cluster.mariadb.port).cursor() as cursor:
        cursor.execute("lock tables bench.sbtest write")
        write(cluster, stream.insert(range(rows)))
        wait_until(lambda: rows_in_relay(cluster) == rows, 120, "the transaction stands in the relay log", poll=0.2)
        for process in (cluster.drainers["drainer"], cluster.pumps["pump"], cluster.tikv_process, cluster.pd_process):
            process.kill()
        cursor.connection.close()
    drainer = start_alone(cluster, syncer)
    wait_until(lambda: row_count(cluster) > 0, 120, "the first part is downstream", poll=0.01)
    drainer.kill()
    print(f"{row_count(cluster)} of {rows} rows were downstream")
    drainer = start_alone(cluster, syncer)
    wait_until(lambda: not drainer.running(), 180, "drainer ends")
    assert drainer.popen.returncode == 1
    assert "finish feed by relay log" in cluster.log()
    assert cluster.mariadb.rows(SUMS) == stream.sums()


def start_alone(cluster, syncer):
    """Without PD it never serves."""
    return cluster.start_drainer(wait=False, config=MEMORY + cluster.drainer_config(syncer))
