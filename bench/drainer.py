#!/usr/bin/python3
"""bench/drainer.py: rows/s of drainer out of a real pump, into a private MariaDB and into a discarding sink.

Each phase is written into pump while drainer is stopped; then drainer starts and the clock runs until its
checkpoint has passed the last transaction, its start included. CPU is that of the whole process over the phase.
The yardstick is mariadbd's own CPU for the same rows.
"""
import argparse
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "tools"), os.path.join(ROOT, "bench")]

from common.measure import cpu_seconds, print_table, resident_mib  # noqa: E402
from common.workload import CREATE_DATABASE, CREATE_TABLE, Stream, jobs  # noqa: E402
from localcluster.cluster import Cluster  # noqa: E402
from localcluster.process import wait_until  # noqa: E402

LOADER = os.path.join(ROOT, "build", "release", "bench", "pump_load")
DISCARD = 'detect-interval = 1\n[syncer]\ndb-type = "discard"\n'


def phases(stream, rows):
    """(name, rows, transactions, SQL that gives 1 when all is downstream)."""
    half = rows // 2
    table = "bench.sbtest"
    yield ("insert, 1 row per transaction", half, (stream.insert([i]) for i in range(half)),
           lambda: f"select count(*) = {half} from {table}")
    yield ("insert, 100 rows per transaction", half,
           (stream.insert(range(i, i + 100)) for i in range(half, rows, 100)),
           lambda: f"select count(*) = {rows} from {table}")
    yield ("update, 1 row per transaction", half, (stream.update([i]) for i in range(half)),
           lambda: f"select sum(k) = {sum(r[0] for r in stream.rows.values())} from {table}")
    yield ("delete, 1 row per transaction", half, (stream.delete([i]) for i in range(half)),
           lambda: f"select count(*) = {rows - half} from {table}")


def load(cluster, transactions):
    """Sends the transactions to pump; the commit ts of the last."""
    path = os.path.join(cluster.directory, "stream")
    last = 0
    with open(path, "wb") as f:
        for _, commit_ts, prewrite, commit in transactions:
            f.write(struct.pack("<I", len(prewrite)) + prewrite + struct.pack("<I", len(commit)) + commit)
            last = commit_ts
    subprocess.run([LOADER, cluster.address("pump"), str(cluster.pd.cluster_id), "128", "file", path],
                   check=True, stdout=subprocess.DEVNULL)
    return last


def run_phase(cluster, name, config, last_ts, server_pid=None):
    begun, server_before = time.monotonic(), cpu_seconds(server_pid) if server_pid else 0
    drainer = cluster.start_drainer(name, config=config, initial_commit_ts=1)
    wait_until(lambda: cluster.checkpoint_ts(name) >= last_ts, 600, "everything is applied", poll=0.02)
    figures = {"seconds": time.monotonic() - begun, "cpu": cpu_seconds(drainer.pid),
               "server_cpu": cpu_seconds(server_pid) - server_before if server_pid else None,
               "mib": resident_mib(drainer.pid)}
    drainer.terminate()
    return figures


def line(name, rows, f):
    server = "" if f["server_cpu"] is None else f"{f['server_cpu'] / rows * 1e6:.1f}"
    return (name, f"{rows:,}", f"{rows / f['seconds']:,.0f}", f"{f['cpu'] / rows * 1e6:.1f}", server,
            f"{f['mib']:.0f}")


def measure(cluster, rows):
    stream = Stream((int(time.time() * 1000) - 3600 * 1000) << 18)
    cluster.set_clock_before(stream.ts)
    cluster.start_pd()
    cluster.start_tikv()
    cluster.load_history(jobs())
    cluster.start_pump()
    cluster.mariadb.start()
    load(cluster, [stream.ddl(102, CREATE_DATABASE), stream.ddl(104, CREATE_TABLE)])
    table, total = [], 0
    for name, count, transactions, check in phases(stream, rows):
        last_ts = load(cluster, transactions)
        f = run_phase(cluster, "drainer", cluster.drainer_config(), last_ts, cluster.mariadb.process.pid)
        if cluster.mariadb.rows(check()) != [["1"]]:
            raise RuntimeError(f"{name}: rows are missing downstream: {check()}")
        table.append(line(name, count, f))
        total += count
    table.append(line("all of it, discarded", total, run_phase(cluster, "discard", DISCARD, last_ts)))
    print_table(("phase", "rows", "rows/s", "drainer CPU, µs/row", "mariadbd CPU, µs/row", "drainer MiB"), table)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200000)
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="tbl-bench-")
    cluster = Cluster(directory, mariadb_options=["--innodb-flush-log-at-trx-commit=1"])
    try:
        measure(cluster, options.rows)
    finally:
        cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
