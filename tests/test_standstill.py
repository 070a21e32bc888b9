"""A downstream that stands still costs no memory: what drainer cannot apply stays in pump."""
import os
import signal
import threading
import time

from large_rows import MIB, SUMS, Writer, peak_mib, resident_mib, start_with_table
from localcluster.process import wait_until

ROWS_PER_TRANSACTION = 20
STANDS_STILL_S = 600


def write_some(writer, stream, first, size):
    """Transactions of some bytes together; the id after the last row, and the last commit ts."""
    written = 0
    while written < size:
        transaction = stream.insert(range(first, first + ROWS_PER_TRANSACTION))
        last = writer.write(transaction)
        written += len(transaction[2])
        first += ROWS_PER_TRANSACTION
    return first, last


def test_memory_while_mariadb_is_stopped(cluster, rng, full):
    """Three times memory-limit is written meanwhile; with TBL_FULL MariaDB stands still for ten minutes, longer than every
    timeout."""
    stream = start_with_table(cluster, rng)
    drainer = cluster.drainers["drainer"]
    writer = Writer(cluster)
    first, last = write_some(writer, stream, 0, 20 * MIB)
    cluster.wait_caught_up(last)
    idle = resident_mib(drainer)
    os.kill(cluster.mariadb.process.pid, signal.SIGSTOP)
    begun = time.monotonic()
    try:
        for _ in range(3):
            first, last = write_some(writer, stream, first, 64 * MIB)
        while full and time.monotonic() < begun + STANDS_STILL_S:
            threading.Event().wait(10)
            first, last = write_some(writer, stream, first, MIB)
        assert cluster.checkpoint_ts() < last
        stood = resident_mib(drainer)
    finally:
        os.kill(cluster.mariadb.process.pid, signal.SIGCONT)
    writer.close()
    print(f"stood still for {time.monotonic() - begun:.0f} s: {idle:.0f} MiB before, {stood:.0f} MiB then, "
          f"peak {peak_mib(drainer):.0f} MiB")
    cluster.wait_caught_up(last, timeout=600)
    assert cluster.mariadb.rows(SUMS) == stream.sums()
    assert stood - idle < 100 and peak_mib(drainer) - idle < 130
    wait_until(lambda: cluster.mariadb.rows("select count(*) from tidb_binlog.checkpoint_mark") == [["0"]], 60,
               "the checkpoint has passed everything")
