"""A transaction larger than drainer's memory goes over a file and arrives whole, also when drainer is killed."""
import time

import pytest

from large_rows import (MIB, SUMS, from_id, mark_count, peak_mib, problems_of, resident_mib, row_count, spill_files,
                        start_drainer, start_with_table, write)
from localcluster.process import wait_until

ROWS = 100000


@pytest.fixture
def stream(cluster, rng):
    return start_with_table(cluster, rng)


@pytest.mark.parametrize("compressor", ["", "gzip"])
def test_memory_is_bounded(cluster, stream, compressor):
    cluster.drainers["drainer"].terminate()
    drainer = start_drainer(cluster, compressor)
    idle = peak_mib(drainer)
    transaction = stream.insert(range(ROWS))
    assert len(transaction[2]) > 190 * MIB
    last = write(cluster, transaction)
    cluster.wait_caught_up(last, timeout=300)
    grown = peak_mib(drainer) - idle
    print(f"peak of drainer: {peak_mib(drainer):.0f} MiB, {grown:.0f} above idle")
    assert cluster.mariadb.rows(SUMS) == stream.sums()
    assert grown < 130
    assert spill_files(cluster) == []
    last = write(cluster, stream.delete(range(0, ROWS, 2)))
    cluster.wait_caught_up(last, timeout=300)
    assert cluster.mariadb.rows(SUMS) == stream.sums()


def test_killed_in_the_midst(cluster, stream, rng):
    last = write(cluster, stream.insert(range(ROWS)))
    seen = [0]
    while len(seen) < 4 and seen[-1] < ROWS:
        parts = mark_count(cluster) + rng.randrange(1, 6)
        wait_until(lambda: mark_count(cluster) >= parts or cluster.checkpoint_ts() >= last, 300,
                   f"{parts} parts are downstream", poll=0.01)
        cluster.drainers["drainer"].kill()
        seen.append(row_count(cluster))
        start_drainer(cluster)
    print("rows downstream at the kills:", seen[1:])
    assert seen[1] < ROWS, "killed too late"
    cluster.wait_caught_up(last, timeout=300)
    assert cluster.mariadb.rows(SUMS) == stream.sums()
    cluster.drainers["drainer"].terminate()
    assert mark_count(cluster) == 0


@pytest.mark.parametrize("atomicity", ["split", "whole"])
@pytest.mark.parametrize("shape", ["wide", "many"])
def test_default_memory_limit(cluster, rng, full, shape, atomicity):
    """More than 2 GiB, and ten million rows, with the default memory-limit of 512 MiB; without TBL_FULL a part of that with
    less."""
    text_bytes = 2000 if shape == "wide" else 20
    rows = {"wide": 1060000 if full else 50000, "many": 10000000 if full else 300000}[shape]
    memory = "" if full else 'memory-limit = "128MiB"\n'
    limit_mib = 512 if full else 128
    syncer = f'transaction-atomicity = "{atomicity}"'
    stream = start_with_table(cluster, rng, text_bytes=text_bytes, memory=memory, syncer=syncer)
    transaction = from_id(rows, text_bytes, stream.ts + 1, stream.ts + 2)
    size = len(transaction[2])
    assert not full or shape == "many" or size > 2048 * MIB
    begun = time.monotonic()
    last = write(cluster, transaction, timeout=1200)
    written = time.monotonic()
    del transaction
    cluster.wait_caught_up(last, timeout=3000)
    peak = peak_mib(cluster.drainers["drainer"])
    print(f"{shape}, {atomicity}: {size / MIB:.0f} MiB, {rows} rows: written to pump in {written - begun:.0f} s, "
          f"downstream {time.monotonic() - written:.0f} s later; drainer's peak {peak:.0f} MiB, pump's "
          f"{peak_mib(cluster.pumps['pump']):.0f} MiB, drainer now {resident_mib(cluster.drainers['drainer']):.0f} MiB")
    assert cluster.mariadb.rows(problems_of(rows, text_bytes)) == [["0"]]
    assert peak < limit_mib
    assert spill_files(cluster) == []
