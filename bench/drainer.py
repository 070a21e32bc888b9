#!/usr/bin/python3
"""bench/drainer.py: rows/s of drainer out of a real pump, into a private MariaDB and into a discarding sink.

Each phase is written into pump while drainer is stopped; then drainer starts and the clock runs until the
last row is there. CPU is that of the whole process over the phase.
"""
import argparse
import os
import shutil
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "tools"), os.path.join(ROOT, "bench")]

from common.measure import cpu_seconds, print_table, resident_mib  # noqa: E402
from common.workload import CREATE_DATABASE, CREATE_TABLE, Stream, jobs  # noqa: E402
from localcluster.capture import Player  # noqa: E402
from localcluster.cluster import Cluster  # noqa: E402
from localcluster.process import wait_until  # noqa: E402


class Generated:
    """Looks like a capture to the player."""

    def __init__(self, transactions, binlog):
        self.payloads = [p for t in transactions for p in t[2:]]
        self.records = [binlog.FromString(p) for p in self.payloads]
        self.last_commit_ts = max(t[1] for t in transactions)


def phases(stream, rows):
    """(name, rows, transactions, SQL that gives 1 when all is downstream)."""
    half = rows // 2
    table = "bench.sbtest"
    yield ("insert, 1 row per transaction", half, [stream.insert([i]) for i in range(half)],
           f"select count(*) = {half} from {table}")
    yield ("insert, 100 rows per transaction", half,
           [stream.insert(range(i, i + 100)) for i in range(half, rows, 100)],
           f"select count(*) = {rows} from {table}")
    updates = [stream.update([i]) for i in range(half)]
    total = sum(r[0] for r in stream.rows.values())
    yield ("update, 1 row per transaction", half, updates, f"select sum(k) = {total} from {table}")
    yield ("delete, 1 row per transaction", half, [stream.delete([i]) for i in range(half)],
           f"select count(*) = {rows - half} from {table}")


def load(cluster, transactions):
    capture = Generated(transactions, cluster_binlog())
    Player(capture, [cluster.address("pump")], cluster.pd.cluster_id, in_flight=64).play()
    return capture.last_commit_ts


def cluster_binlog():
    from localcluster import stubs
    return stubs.load("binlog").Binlog


def run_phase(cluster, done, server_pid):
    begun, server_before = time.monotonic(), cpu_seconds(server_pid)
    drainer = cluster.start_drainer(config=cluster.drainer_config(), initial_commit_ts=1)
    started = time.monotonic()
    wait_until(done, 600, "all rows are downstream", poll=0.02)
    ended = time.monotonic()
    figures = {"seconds": ended - begun, "start": started - begun, "cpu": cpu_seconds(drainer.pid),
               "server_cpu": cpu_seconds(server_pid) - server_before, "mib": resident_mib(drainer.pid)}
    drainer.terminate()
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=40000)
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="tbl-bench-")
    cluster = Cluster(directory)
    cluster.mariadb.options = ["--innodb-flush-log-at-trx-commit=1"]
    table = []
    try:
        first_ts = (int(time.time() * 1000) - 3600 * 1000) << 18
        cluster.set_clock_before(first_ts)
        cluster.start_pd()
        cluster.start_tikv()
        cluster.load_history(jobs())
        cluster.start_pump()
        cluster.mariadb.start()
        stream = Stream(first_ts)
        load(cluster, [stream.ddl(102, CREATE_DATABASE), stream.ddl(104, CREATE_TABLE)])
        for name, rows, transactions, check in phases(stream, options.rows):
            load(cluster, transactions)
            done = lambda: rows_done(cluster, check)  # noqa: E731
            f = run_phase(cluster, done, cluster.mariadb.process.pid)
            table.append((name, f"{rows / f['seconds']:,.0f}", f"{f['cpu'] / rows * 1e6:.1f}",
                          f"{f['server_cpu'] / rows * 1e6:.1f}", f"{f['mib']:.0f}"))
        print_table(("phase", "rows/s, start included", "drainer CPU, µs/row", "mariadbd CPU, µs/row",
                     "drainer MiB"), table)
    finally:
        cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)


def rows_done(cluster, check):
    try:
        return cluster.mariadb.rows(check) == [["1"]]
    except Exception:  # noqa: the table is not there yet
        return False


if __name__ == "__main__":
    main()
