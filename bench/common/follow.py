"""sysbench oltp_write_only on tidb-server, while pump and drainer follow into MariaDB."""
import os
import shutil
import tempfile
import threading
import time
from types import SimpleNamespace

from localcluster.cluster import Cluster
from tidb import Bench

from .measure import process_clock, spread

HEADS = ("transactions/s", "rows/s", "drainer behind, s: median", "at most", "seen in MariaDB after the end, s",
         "drainer's part of the CPU used", "drainer CPU, µs/row", "all CPU used, of the machine's")
THREADS = 16
ROWS_PER_TRANSACTION = 4  # two updates, a delete, an insert


class Behind(threading.Thread):
    """How far drainer's checkpoint is behind the clock, asked ten times a second."""

    def __init__(self, cluster):
        super().__init__(daemon=True)
        self.cluster, self.over, self.seen = cluster, threading.Event(), []

    def run(self):
        while not self.over.wait(0.1):
            ts = self.cluster.checkpoint_ts()
            if ts:
                self.seen.append(time.time() - (ts >> 18) / 1000)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()


def follow(seconds):
    """Heads and lines of a table."""
    directory = tempfile.mkdtemp(prefix="tbl-bench-")
    options = SimpleNamespace(tables=2, table_size=10000, threads=THREADS, seconds=seconds, pairs=1, alone=True)
    bench = Bench(Cluster(directory, mariadb_options=["--innodb-flush-log-at-trx-commit=1"]), options)
    try:
        bench.start()
        line = _run(bench, seconds)
        bench.check_sides()
        return HEADS, [line]
    finally:
        bench.cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)


def _run(bench, seconds):
    pids = bench.pids(True)
    before = {name: process_clock(pid) for name, pid in pids.items()}
    children, begun = os.times(), time.monotonic()
    with Behind(bench.cluster) as behind:
        figures = bench.sysbench_figures("oltp_write_only", seconds)
    ended = time.monotonic()
    bench.wait_followed()
    followed = time.monotonic() - ended
    used = {name: process_clock(pid) - before[name] for name, pid in pids.items()}
    after = os.times()
    used["sysbench"] = after.children_user + after.children_system - children.children_user - children.children_system
    rows = figures["transactions"] * ROWS_PER_TRANSACTION
    total = sum(used.values())
    return (f"{figures['tps']:,.0f}", f"{rows / (ended - begun):,.0f}", spread(behind.seen, 2).split(" ")[0],
            f"{max(behind.seen):.2f}", f"{followed:.2f}", f"{used['drainer'] / total:.1%}",
            f"{used['drainer'] / rows * 1e6:.1f}", f"{total / (ended - begun + followed) / os.cpu_count():.0%}")
