"""A transaction larger than drainer's memory goes over a file and arrives whole, also when drainer is killed."""
import os
import sys
import zlib
from dataclasses import replace

import pytest

from localcluster import stubs
from localcluster.process import wait_until

sys.path.append(os.path.join(stubs.ROOT, "bench"))
from common import tables, workload  # noqa: E402

ROWS, TEXT_BYTES = 100000, 2000
MIB = 1 << 20
CONFIG = 'memory-limit = "64MiB"\nspill-size = "16MiB"\n'
SUMS = "select count(*), sum(k), sum(crc32(c)) from bench.sbtest"


def _made(length):
    """Makes a text of a piece that is random, again and again."""
    return lambda random: b"%020d" % random.randrange(10 ** 20) * (length // 20)


TABLE = tables.Table(workload.FIRST_TABLE_ID, "sbtest", [
    tables.integer("k"), replace(tables.varchars("c", TEXT_BYTES), make=_made(TEXT_BYTES)),
    replace(tables.chars("pad", 60, 20), make=_made(20))], keys=[("k", False)])


class LargeRows(workload.Stream):
    def __init__(self, first_ts, seed):
        super().__init__(first_ts, [TABLE], seed)

    def sums(self):
        rows = self.rows_of(TABLE).values()
        return [[str(len(rows)), str(sum(r[0] for r in rows)), str(sum(zlib.crc32(r[1]) for r in rows))]]


def write(cluster, transaction):
    """Sends a transaction to pump as TiDB does; its commit ts."""
    messages = stubs.load("pump")
    caller = stubs.Caller(cluster.address("pump"))
    _, commit_ts, *payloads = transaction
    for payload in payloads:
        request = messages.WriteBinlogReq(clusterID=cluster.pd.cluster_id, payload=payload)
        answer = caller.unary("/binlog.Pump/WriteBinlog", request, messages.WriteBinlogResp, timeout=120)
        assert not answer.errmsg
    caller.close()
    return commit_ts


def peak_mib(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) / 1024 for line in f if line.startswith("VmHWM:"))


@pytest.fixture
def stream(cluster, rng):
    """A cluster with the table, drainer running."""
    stream = LargeRows((1700000000000 << 18) + rng.randrange(1 << 18), rng.random())
    cluster.set_clock_before(stream.ts)
    cluster.start_pd()
    cluster.start_tikv()
    cluster.load_history(workload.jobs([TABLE]))
    cluster.start_pump()
    cluster.mariadb.start()
    start_drainer(cluster)
    write(cluster, stream.ddl(102, workload.CREATE_DATABASE))
    cluster.wait_caught_up(write(cluster, stream.ddl(104, TABLE.create_sql())))
    return stream


def start_drainer(cluster, compressor=""):
    return cluster.start_drainer(config=CONFIG + cluster.drainer_config(), initial_commit_ts=1,
                                 extra=[f"-compressor={compressor}"])


def row_count(cluster):
    return int(cluster.mariadb.rows("select count(*) from bench.sbtest")[0][0])


def part_count(cluster):
    """Parts of the transaction that are downstream: each has a mark until the checkpoint has passed all of them."""
    return int(cluster.mariadb.rows("select count(*) from tidb_binlog.checkpoint_mark")[0][0])


def spill_files(cluster):
    return os.listdir(os.path.join(cluster.directory, "drainer.data", "spill"))


@pytest.mark.parametrize("compressor", ["", "gzip"])
def test_memory_is_bounded(cluster, stream, compressor):
    cluster.drainers["drainer"].terminate()
    drainer = start_drainer(cluster, compressor)
    idle = peak_mib(drainer)
    transaction = stream.insert(range(ROWS), TABLE)
    assert len(transaction[2]) > 190 * MIB
    last = write(cluster, transaction)
    cluster.wait_caught_up(last, timeout=300)
    grown = peak_mib(drainer) - idle
    print(f"peak of drainer: {peak_mib(drainer):.0f} MiB, {grown:.0f} above idle")
    assert cluster.mariadb.rows(SUMS) == stream.sums()
    assert grown < 130
    assert spill_files(cluster) == []
    last = write(cluster, stream.delete(range(0, ROWS, 2), TABLE))
    cluster.wait_caught_up(last, timeout=300)
    assert cluster.mariadb.rows(SUMS) == stream.sums()


def test_killed_in_the_midst(cluster, stream, rng):
    last = write(cluster, stream.insert(range(ROWS), TABLE))
    seen = [0]
    while len(seen) < 4 and seen[-1] < ROWS:
        parts = part_count(cluster) + rng.randrange(1, 6)
        wait_until(lambda: part_count(cluster) >= parts or cluster.checkpoint_ts() >= last, 300,
                   f"{parts} parts are downstream", poll=0.01)
        cluster.drainers["drainer"].kill()
        seen.append(row_count(cluster))
        start_drainer(cluster)
    print("rows downstream at the kills:", seen[1:])
    assert seen[1] < ROWS, "killed too late"
    cluster.wait_caught_up(last, timeout=300)
    assert cluster.mariadb.rows(SUMS) == stream.sums()
    cluster.drainers["drainer"].terminate()
    assert cluster.mariadb.rows("select count(*) from tidb_binlog.checkpoint_mark") == [["0"]]
