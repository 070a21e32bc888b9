#!/usr/bin/python3
"""bench/pump.py: what pump costs, each figure beside its yardstick, measured in alternation.

ingest   WriteBinlog, prewrite and commit records from one client, beside an empty grpc++ server; and
         pump's syncs/s beside a bare loop that appends groups of the same size and syncs
feed     a reader of everything written, beside a stream of equal messages from memory
restart  bytes read and time to be online, after a clean stop and after SIGKILL
idle     CPU and memory while nothing happens

CPU is the server process's, from /proc. `--pairs` runs of each in alternation: median (lowest to highest).
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
from localcluster.cluster import Cluster, http_get  # noqa: E402
from localcluster.process import Process, free_port, port_is_busy  # noqa: E402

BINARIES = os.path.join(ROOT, "build", "release", "bench")
os.environ.setdefault("TBL_BIN", os.path.join(ROOT, "build", "release", "bin"))
SETTLE_SECONDS = 10


def io_bytes(pid, field):
    """A counter of /proc/<pid>/io, such as rchar."""
    with open(f"/proc/{pid}/io", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(field + ":"))


class Bench:
    """One pump, its yardsticks, and a counter that keeps timestamps rising over all runs."""

    def __init__(self, cluster, options):
        self.cluster = cluster
        self.options = options
        self.ts = (int(time.time() * 1000) - 24 * 3600 * 1000) << 18
        self.first_ts = self.ts
        self.empty_port = free_port()
        self.processes = []

    # processes -----------------------------------------------------------------------------------

    def start(self):
        self.cluster.set_clock_before(self.ts)
        self.cluster.start_pd()
        self.cluster.start_tikv()
        self.start_pump()
        self.empty = self._start("empty", "empty_grpc_server", f"127.0.0.1:{self.empty_port}", port=self.empty_port)

    def start_pump(self):
        lines = ["[storage]", f"sync-log = {'false' if self.options.no_sync else 'true'}"]
        path = os.path.join(self.cluster.directory, "bench.toml")
        with open(path, "w", encoding="ascii") as f:
            f.write("\n".join(lines) + "\n")
        self.cluster.start_pump(extra=[f"-config={path}"])

    def _start(self, name, program, *arguments, port):
        process = Process(name, [os.path.join(BINARIES, program), *arguments], self.cluster.directory).start()
        self.processes.append(process)
        process.wait_ready(lambda: port_is_busy(port))
        return process

    def stop(self):
        for process in self.processes:
            process.kill()
        self.cluster.stop()

    @property
    def pump(self):
        return self.cluster.pumps["pump"]

    def _run(self, program, *arguments):
        out = subprocess.run([os.path.join(BINARIES, program), *map(str, arguments)], check=True,
                             stdout=subprocess.PIPE)
        return json.loads(out.stdout)

    # ingest --------------------------------------------------------------------------------------

    def groups(self):
        """(number, bytes) of the groups that pump has written."""
        text = http_get(f"http://{self.cluster.address('pump')}/metrics")
        values = {}
        for line in text.splitlines():
            if line.startswith("binlog_pump_storage_write_binlog_size_") and 'type="batch"' in line:
                values[line.split("{")[0].rsplit("_", 1)[1]] = float(line.split()[-1])
        return values.get("count", 0), values.get("sum", 0)

    def load(self, address, pid, in_flight, size, transactions):
        before = cpu_seconds(pid)
        figures = self._run("pump_load", address, self.cluster.pd.cluster_id, in_flight, "made", size, transactions,
                            self.ts)
        self.ts += 1024 * (transactions + 1)
        figures["cpu_us"] = (cpu_seconds(pid) - before) / figures["calls"] * 1e6
        return figures

    def load_pump(self, in_flight, size, transactions):
        groups, group_bytes = self.groups()
        figures = self.load(self.cluster.address("pump"), self.pump.pid, in_flight, size, transactions)
        more_groups, more_bytes = (a - b for a, b in zip(self.groups(), (groups, group_bytes)))
        figures["syncs_per_second"] = more_groups / figures["seconds"]
        figures["group_bytes"] = more_bytes / max(more_groups, 1)
        return figures

    def bare_appends(self, group_bytes, seconds=1.0):
        """Appends of that size per second, each with fdatasync, on the same file system."""
        path = os.path.join(self.cluster.directory, "bare")
        data = b"b" * max(int(group_bytes), 1)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        count, begun = 0, time.monotonic()
        while time.monotonic() - begun < seconds:
            os.write(fd, data)
            if not self.options.no_sync:
                os.fdatasync(fd)
            count += 1
        rate = count / (time.monotonic() - begun)
        os.close(fd)
        os.unlink(path)
        return rate

    def ingest(self):
        rows = []
        for size in self.options.bytes:
            for in_flight in self.options.in_flight:
                transactions = max(200, min(20000, in_flight * 300, (256 << 20) // max(size, 1)))
                runs = {"pump": [], "empty grpc++": []}
                bare = []
                for _ in range(self.options.pairs):
                    runs["pump"].append(self.load_pump(in_flight, size, transactions))
                    bare.append(self.bare_appends(runs["pump"][-1]["group_bytes"]))
                    runs["empty grpc++"].append(self.load(f"127.0.0.1:{self.empty_port}", self.empty.pid, in_flight,
                                                          size, transactions))
                for name, figures in runs.items():
                    rows.append((name, size, in_flight) + tuple(
                        spread([r[k] for r in figures]) for k in ("calls_per_second", "cpu_us", "p50_ms", "p99_ms"))
                        + ((spread([r["syncs_per_second"] for r in figures]), spread(bare)) if name == "pump"
                           else ("", "")))
        print_table(("server", "bytes", "in flight", "calls/s", "CPU per call, µs", "p50, ms", "p99, ms", "syncs/s",
                     "bare loop's"), rows)
        print(f"\nresident at most: {resident_mib(self.pump.pid):.0f} MiB\n")

    # feed ----------------------------------------------------------------------------------------

    def pull(self, address, pid, messages):
        before = cpu_seconds(pid)
        figures = self._run("pump_feed", "pull", address, self.cluster.pd.cluster_id, self.first_ts - 1, messages)
        figures["cpu_us"] = (cpu_seconds(pid) - before) / messages * 1e6
        figures["mb_per_second"] = figures["bytes"] / figures["seconds"] / 1e6
        figures["per_second"] = messages / figures["seconds"]
        return figures

    def feed(self):
        size, messages = 1024, 50_000
        self.first_ts = self.ts
        self.load(self.cluster.address("pump"), self.pump.pid, 128, size, messages)
        port = free_port()
        first = self.pull(self.cluster.address("pump"), self.pump.pid, messages)
        bare = self._start("bare", "pump_feed", "serve", f"127.0.0.1:{port}", str(first["bytes"] // messages), port=port)
        runs = {"pump": [], "stream from memory": []}
        for _ in range(self.options.pairs):
            runs["pump"].append(self.pull(self.cluster.address("pump"), self.pump.pid, messages))
            runs["stream from memory"].append(self.pull(f"127.0.0.1:{port}", bare.pid, messages))
        print_table(("server", "binlogs/s", "MB/s", "CPU per binlog, µs"), [
            (name,) + tuple(spread([r[k] for r in figures]) for k in ("per_second", "mb_per_second", "cpu_us"))
            for name, figures in runs.items()])
        print()

    # restart and idle ----------------------------------------------------------------------------

    def restart(self):
        rows = []
        log_bytes = json.loads(http_get(f"http://{self.cluster.address('pump')}/debug/why"))["logBytes"]
        for how, end in (("clean stop", self.pump.terminate), ("SIGKILL", lambda: self.pump.kill())):
            end()
            begun = time.monotonic()
            self.start_pump()
            rows.append((how, f"{log_bytes / 1e6:,.0f}", f"{io_bytes(self.pump.pid, 'rchar') / 1e6:,.2f}",
                         f"{time.monotonic() - begun:.2f}"))
            self.load(self.cluster.address("pump"), self.pump.pid, 128, 1024, 5000)
        print_table(("after", "log, MB", "read at start, MB", "online after, s"), rows)
        print()

    def idle(self):
        self.pump.terminate()
        self.start_pump()
        before = cpu_seconds(self.pump.pid)
        time.sleep(SETTLE_SECONDS)
        used = (cpu_seconds(self.pump.pid) - before) / SETTLE_SECONDS * 100
        print_table(("idle for", "CPU, % of a core", "resident at most, MiB"),
                    [(f"{SETTLE_SECONDS} s", f"{used:.2f}", f"{resident_mib(self.pump.pid):.0f}")])
        print()


def numbers(text):
    return [int(part) for part in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--bytes", type=numbers, default=[256, 1024, 16384])
    parser.add_argument("--in-flight", type=numbers, default=[1, 16, 128, 1024])
    parser.add_argument("--no-sync", action="store_true", help="storage.sync-log = false")
    parser.add_argument("--only", default="ingest,feed,restart,idle")
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="tbl-bench-")
    bench = Bench(Cluster(directory), options)
    try:
        bench.start()
        for part in options.only.split(","):
            getattr(bench, part)()
    finally:
        bench.stop()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
