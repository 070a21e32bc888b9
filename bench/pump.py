#!/usr/bin/python3
"""bench/pump.py: calls/s and CPU per WriteBinlog of pump beside an empty grpc++ server, in alternation.

Both get the same load from the same client (bench/pump/load.cc): prewrite and commit records of 1 KiB
transactions. CPU is the server process's, from /proc.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "tools"), os.path.join(ROOT, "bench")]

from common.measure import cpu_seconds, print_table, resident_mib, spread  # noqa: E402
from localcluster.cluster import Cluster  # noqa: E402
from localcluster.process import Process, free_port, port_is_busy  # noqa: E402

BINARIES = os.path.join(ROOT, "build", "release", "bench")


class Bench:
    """One pump and one empty server, and a counter that keeps timestamps rising over all runs."""

    def __init__(self, cluster, options):
        self.cluster = cluster
        self.options = options
        self.ts = (int(time.time() * 1000) - 3600 * 1000) << 18
        self.empty_port = free_port()
        self.empty = None

    def start(self):
        self.cluster.set_clock_before(self.ts)
        self.cluster.start_pd()
        self.cluster.start_tikv()
        self.cluster.start_pump()
        self.empty = Process("empty", [os.path.join(BINARIES, "empty_grpc_server"),
                                       f"127.0.0.1:{self.empty_port}"], self.cluster.directory).start()
        self.empty.wait_ready(lambda: port_is_busy(self.empty_port))

    def run(self, address, pid, in_flight, transactions):
        before = cpu_seconds(pid)
        out = subprocess.run(
            [os.path.join(BINARIES, "pump_load"), address, str(self.cluster.pd.cluster_id), str(in_flight),
             "made", str(self.options.bytes), str(transactions), str(self.ts)], check=True, stdout=subprocess.PIPE)
        self.ts += 1024 * (transactions + 1)
        figures = json.loads(out.stdout)
        figures["cpu_us"] = (cpu_seconds(pid) - before) / figures["calls"] * 1e6
        return figures

    def pairs(self, in_flight, transactions):
        """Figures of (pump, empty server), run in alternation."""
        pump, empty = [], []
        pump_process = self.cluster.pumps["pump"]
        for _ in range(self.options.pairs):
            pump.append(self.run(self.cluster.address("pump"), pump_process.pid, in_flight, transactions))
            empty.append(self.run(f"127.0.0.1:{self.empty_port}", self.empty.pid, in_flight, transactions))
        return pump, empty

    def stop(self):
        if self.empty:
            self.empty.terminate()
        self.cluster.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--bytes", type=int, default=1024)
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="tbl-bench-")
    bench = Bench(Cluster(directory), options)
    rows = []
    try:
        bench.start()
        for in_flight, transactions in ((128, 20000), (16, 10000), (1, 1000)):
            for name, runs in zip(("pump", "empty grpc++"), bench.pairs(in_flight, transactions)):
                rows.append((name, in_flight) + tuple(
                    spread([r[k] for r in runs]) for k in ("calls_per_second", "cpu_us", "p50_ms", "p99_ms")))
        print_table(("server", "in flight", "calls/s", "CPU per call, µs", "p50, ms", "p99, ms"), rows)
        print(f"\npump's resident memory: {resident_mib(bench.cluster.pumps['pump'].pid):.0f} MiB")
    finally:
        bench.stop()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
