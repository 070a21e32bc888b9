#!/usr/bin/python3
"""bench/pump.py: what pump costs, each figure beside its yardstick, measured in alternation.

ingest   WriteBinlog, prewrite and commit records from one client, sync-log on and off, beside an empty grpc++
         server and beside a bare loop that appends groups of the same average size and syncs; rows that have
         goals also beside a bare loop that the same client feeds, and the CPU beside that of pump's writes and
         syncs alone
feed     a reader of everything written, beside a stream of equal messages from memory; then a second reader
volume   bytes given to write() and bytes on disk, for 1 KiB transactions
restart  bytes read and time to be online, after a clean stop and after SIGKILL, for logs of --log-gib
memory   resident at rest, at 1024 calls of 16 KiB in flight, and with 100 000 prewrites without outcome
idle     CPU while nothing happens

Median (lowest to highest). CPU is the server process's own clock, all threads. The rows that have goals (1 KiB, sync
on) are measured --pairs times, the others --few times. `--only goals` measures those rows alone. Needs
`ninja pump pd-server tikv-server pump_load pump_feed pump_fill sync_server empty_grpc_server` in build/release.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "tools"), os.path.join(ROOT, "bench")]

from common.measure import print_table, process_clock, resident_mib, spread  # noqa: E402
from localcluster.cluster import Cluster, http_get  # noqa: E402
from localcluster.process import Process, free_port, port_is_busy  # noqa: E402

BINARIES = os.path.join(ROOT, "build", "release", "bench")
os.environ.setdefault("TBL_BIN", os.path.join(ROOT, "build", "release", "bin"))
IDLE_SECONDS = 30
TS_STEP = 1024
GOAL_BYTES = 1024
RECORD_HEADER_BYTES = 16
BARE_SECONDS = 0.7
RESERVED_BYTES = 256 << 20


def io_bytes(pid, field):
    """A counter of /proc/<pid>/io, such as rchar."""
    with open(f"/proc/{pid}/io", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(field + ":"))


def tree_bytes(directory):
    """What the files of a directory take on disk."""
    return sum(os.stat(os.path.join(path, name)).st_blocks * 512
               for path, _, names in os.walk(directory) for name in names)


def ratios(values, yardsticks):
    return [v / y for v, y in zip(values, yardsticks)]


def bare_loop(directory, group_bytes, sync, reserve=0):
    """Appends of that size to a file, each with fdatasync if told, into `reserve` bytes that were reserved before:
    per second, median ms, CPU µs of one."""
    path = os.path.join(directory, "bare")
    data = b"b" * max(int(group_bytes), 1)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT)
    if reserve:
        os.posix_fallocate(fd, 0, reserve)
        os.fdatasync(fd)
    took, begun, cpu = [], time.monotonic(), time.process_time()
    while time.monotonic() - begun < BARE_SECONDS and len(took) * len(data) < (reserve or 2 << 30):
        one = time.monotonic()
        os.write(fd, data)
        if sync:
            os.fdatasync(fd)
        took.append(time.monotonic() - one)
    figures = {"per_second": len(took) / (time.monotonic() - begun), "ms": statistics.median(took) * 1e3,
               "cpu_us": (time.process_time() - cpu) / len(took) * 1e6}
    os.close(fd)
    os.unlink(path)
    return figures


class Bench:
    """The pumps, their yardsticks, and a counter that keeps timestamps rising over all runs."""

    def __init__(self, cluster, options):
        self.cluster = cluster
        self.options = options
        self.ts = (int(time.time() * 1000) - 24 * 3600 * 1000) << 18
        self.processes = []
        self.yardsticks = {}

    # processes -----------------------------------------------------------------------------------

    def start(self):
        self.cluster.set_clock_before(self.ts)
        self.cluster.start_pd()
        self.cluster.start_tikv()
        self.start_pump()

    def start_pump(self, name="pump", sync=True):
        path = os.path.join(self.cluster.directory, f"{name}.toml")
        with open(path, "w", encoding="ascii") as f:
            f.write(f"[storage]\nsync-log = {'true' if sync else 'false'}\n"
                    'stop-write-at-available-space = "1GB"\n')
        self.cluster.start_pump(name, extra=[f"-config={path}"])
        return self.cluster.pumps[name].pid

    def yardstick(self, program, *arguments):
        """(address, pid) of a program that is started when it is first asked for."""
        if program not in self.yardsticks:
            port = free_port()
            command = [argument.replace("ADDRESS", f"127.0.0.1:{port}") for argument in arguments]
            process = Process(f"{program}-yardstick", [os.path.join(BINARIES, program), *command],
                              self.cluster.directory).start()
            self.processes.append(process)
            process.wait_ready(lambda: port_is_busy(port))
            self.yardsticks[program] = (f"127.0.0.1:{port}", process.pid)
        return self.yardsticks[program]

    def stop(self):
        for process in self.processes:
            process.kill()
        self.cluster.stop()

    def pump(self, name="pump"):
        return self.cluster.address(name), self.cluster.pumps[name].pid

    @staticmethod
    def _run(program, *arguments):
        out = subprocess.run([os.path.join(BINARIES, program), *map(str, arguments)], check=True,
                             stdout=subprocess.PIPE)
        return json.loads(out.stdout.splitlines()[-1])  # what a library logged stands before

    # ingest --------------------------------------------------------------------------------------

    def groups(self, address):
        """(number, bytes, seconds of writing and syncing) of the groups that a pump has written."""
        values = {}
        for line in http_get(f"http://{address}/metrics").splitlines():
            if line.startswith("binlog_pump_storage_write_binlog_") and 'type="batch"' in line:
                values[line.split("{")[0]] = float(line.split()[-1])
        return tuple(values.get(f"binlog_pump_storage_write_binlog_{name}", 0)
                     for name in ("size_count", "size_sum", "duration_time_sum"))

    def load(self, server, in_flight, size, transactions, kind="made"):
        address, pid = server
        before = process_clock(pid)
        figures = self._run("pump_load", address, self.cluster.pd.cluster_id, in_flight, kind, size, transactions,
                            self.ts)
        self.ts += TS_STEP * (transactions + 1)
        figures["cpu_us"] = (process_clock(pid) - before) / figures["calls"] * 1e6
        return figures

    def load_pump(self, server, in_flight, size, transactions):
        before = self.groups(server[0])
        figures = self.load(server, in_flight, size, transactions)
        groups, group_bytes, busy = (a - b for a, b in zip(self.groups(server[0]), before))
        figures["syncs_per_second"] = groups / figures["seconds"]
        figures["group_bytes"] = group_bytes / max(groups, 1)
        figures["group_calls"] = figures["calls"] / max(groups, 1)
        figures["busy_percent"] = busy / figures["seconds"] * 100
        return figures

    def cell(self, sync, size, in_flight):
        """One row of the table, and what it says of the goals."""
        name = "pump" if sync else "pump-nosync"
        if name not in self.cluster.pumps:
            self.start_pump(name, sync)
        empty_server = self.yardstick("empty_grpc_server", "ADDRESS")
        transactions = max(1000, min(20000, in_flight * 300, (256 << 20) // size))
        pump, empty, bare, reserved, fed = [], [], [], [], []
        has_goals = sync and size == GOAL_BYTES
        for _ in range(self.options.pairs if has_goals else self.options.few):
            pump.append(self.load_pump(self.pump(name), in_flight, size, transactions))
            bare.append(bare_loop(self.cluster.directory, pump[-1]["group_bytes"], sync))
            empty.append(self.load(empty_server, in_flight, size, transactions))
            if has_goals:
                sync_server = self.yardstick("sync_server", "ADDRESS", self.cluster.directory)
                fed.append(self.load_pump(sync_server, in_flight, size, transactions))
                reserved.append(bare_loop(self.cluster.directory, pump[-1]["group_bytes"], sync, RESERVED_BYTES))
        of = lambda runs, key: [run[key] for run in runs]  # noqa: E731
        cpu = ratios(of(pump, "cpu_us"), of(empty, "cpu_us"))
        syncs = ratios(of(pump, "syncs_per_second"), of(bare, "per_second"))
        figures = {"cpu_us": of(pump, "cpu_us"), "cpu_ratio": cpu, "syncs_ratio": syncs,
                   "sync_cpu_us": of(reserved, "cpu_us"), "fed_cpu_us": of(fed, "cpu_us"),
                   "own_cpu_us": [p - b for p, b in zip(of(pump, "cpu_us"), of(reserved, "cpu_us"))],
                   "fed_syncs_ratio": ratios(of(fed, "syncs_per_second"), of(bare, "per_second")[:len(fed)]),
                   "calls_ratio": ratios(of(pump, "calls_per_second")[:len(fed)], of(fed, "calls_per_second")),
                   "group_calls": of(pump, "group_calls"), "fed_group_calls": of(fed, "group_calls"),
                   "busy_percent": of(pump, "busy_percent"),
                   "over_a_sync_us": [(p - b) * 1e3 for p, b in zip(of(pump, "p50_ms"), of(bare, "ms"))]}
        row = ("on" if sync else "off", f"{size:,}", f"{in_flight:,}", spread(of(pump, "calls_per_second"), 0),
               spread(of(empty, "calls_per_second"), 0), spread(of(pump, "cpu_us")), spread(of(empty, "cpu_us")),
               spread(cpu, 2), spread(of(pump, "p50_ms"), 2), spread(of(pump, "p99_ms")),
               spread(of(pump, "syncs_per_second"), 0), spread(of(bare, "per_second"), 0), spread(syncs, 2),
               spread(of(bare, "ms"), 2), spread(of(bare, "cpu_us"), 0))
        return row, figures

    INGEST_HEADS = ("sync", "bytes", "in flight", "calls/s", "empty grpc++ calls/s", "CPU per call, µs",
                    "empty grpc++ CPU, µs", "CPU ratio", "p50, ms", "p99, ms", "groups/s", "bare loop's", "ratio",
                    "bare loop's sync, ms", "bare loop's CPU, µs")

    def ingest(self, rows=None):
        cells = rows or [(sync, size, in_flight) for sync in self.options.sync for size in self.options.bytes
                         for in_flight in self.options.in_flight]
        measured = {cell: self.cell(*cell) for cell in cells}
        print_table(self.INGEST_HEADS, [row for row, _ in measured.values()])
        print()
        self.print_goals({cell: figures for cell, (_, figures) in measured.items()})

    def goals(self):
        self.ingest([(True, GOAL_BYTES, 1), (True, GOAL_BYTES, 128)])

    def print_goals(self, measured):
        rows = []
        if one := measured.get((True, GOAL_BYTES, 1)):
            rows += [("CPU per call, 1 in flight, µs", "60", spread(one["cpu_us"], 0)),
                     ("of which the same writes and syncs take alone, µs", "", spread(one["sync_cpu_us"], 0)),
                     ("the rest, µs", "", spread(one["own_cpu_us"], 0)),
                     ("CPU per call of the bare loop that the client feeds, µs", "", spread(one["fed_cpu_us"], 0)),
                     ("p50 over one sync of the bare loop, 1 in flight, µs", "150", spread(one["over_a_sync_us"], 0))]
        if many := measured.get((True, GOAL_BYTES, 128)):
            rows += [("CPU per call, of the empty grpc++ server's, 128 in flight", "0.25", spread(many["cpu_ratio"], 2)),
                     ("groups/s, of the bare loop's, 128 in flight", "at least 0.9", spread(many["syncs_ratio"], 2)),
                     ("the same of the bare loop that the client feeds", "", spread(many["fed_syncs_ratio"], 2)),
                     ("calls in a group", "", spread(many["group_calls"], 0)),
                     ("calls in a group of the bare loop that the client feeds", "",
                      spread(many["fed_group_calls"], 0)),
                     ("calls/s, of those of the bare loop that the client feeds", "", spread(many["calls_ratio"], 2)),
                     ("time in which the log is written or synced, %", "", spread(many["busy_percent"], 0))]
        if rows:
            print_table(("1 KiB, sync on", "goal", "measured"), rows)
            print()

    # feed ----------------------------------------------------------------------------------------

    def pull(self, server, first_ts, messages):
        address, pid = server
        before, read = process_clock(pid), io_bytes(pid, "read_bytes")
        figures = self._run("pump_feed", "pull", address, self.cluster.pd.cluster_id, first_ts - 1, messages)
        figures["cpu_us"] = (process_clock(pid) - before) / messages * 1e6
        figures["mb_per_second"] = figures["bytes"] / figures["seconds"] / 1e6
        figures["per_second"] = messages / figures["seconds"]
        figures["from_disk"] = io_bytes(pid, "read_bytes") - read
        return figures

    def feed(self):
        size, messages, first_ts = GOAL_BYTES, 100_000, self.ts
        self.load(self.pump(), 128, size, messages)
        first = self.pull(self.pump(), first_ts, messages)
        bare = self.yardstick("pump_feed", "serve", "ADDRESS", str(first["bytes"] // messages))
        runs = {"pump": [], "stream from memory": []}
        for _ in range(self.options.pairs):
            runs["pump"].append(self.pull(self.pump(), first_ts, messages))
            runs["stream from memory"].append(self.pull(bare, first_ts, messages))
        of = lambda name, key: [run[key] for run in runs[name]]  # noqa: E731
        print_table(("server", "binlogs/s", "MB/s", "CPU per binlog, µs"), [
            (name, spread(of(name, "per_second"), 0), spread(of(name, "mb_per_second")), spread(of(name, "cpu_us"), 2))
            for name in runs])
        speed = ratios(of("pump", "per_second"), of("stream from memory", "per_second"))
        print(f"\npump's binlogs/s of the stream's (goal: at least 0.8): {spread(speed, 2)}; "
              f"bytes that the second and later readers took from the disk: {max(of('pump', 'from_disk')):,}\n")

    # volume --------------------------------------------------------------------------------------

    def volume(self):
        self.start_pump("volume")
        transactions = 100_000
        before = io_bytes(self.cluster.pumps["volume"].pid, "wchar")
        self.load(self.pump("volume"), 128, GOAL_BYTES, transactions)
        payload = self.groups(self.cluster.address("volume"))[1] - 2 * transactions * RECORD_HEADER_BYTES
        written = io_bytes(self.cluster.pumps["volume"].pid, "wchar") - before
        self.cluster.pumps["volume"].terminate()
        on_disk = tree_bytes(os.path.join(self.cluster.directory, "volume.data"))
        print_table(("binlogs of", "MB of payload", "given to write(), times", "on disk, times"), [
            ("1 KiB", f"{payload / 1e6:,.1f}", f"{written / payload:.3f}", f"{on_disk / payload:.3f}")])
        print()

    # restart, memory, idle -----------------------------------------------------------------------

    def restart(self):
        rows = []
        for gib in self.options.log_gib:
            self.cluster.pumps["pump"].terminate()
            data = os.path.join(self.cluster.directory, "pump.data")
            shutil.rmtree(data)
            self.ts = self._run("pump_fill", data, int(gib * (1 << 30)), self.options.fill_bytes, self.ts)["next_ts"]
            rows.append(self.restarted(gib, "clean stop"))
            self.load(self.pump(), 128, GOAL_BYTES, 20_000)
            self.cluster.pumps["pump"].kill()
            rows.append(self.restarted(gib, "SIGKILL"))
        print_table(("log, GiB", "after", "read at start, MB", "online after, s"), rows)
        print()

    def restarted(self, gib, how):
        begun = time.monotonic()
        pid = self.start_pump()
        return (f"{gib:g}", how, f"{io_bytes(pid, 'rchar') / 1e6:,.2f}", f"{time.monotonic() - begun:.2f}")

    def memory(self):
        rows = [("at rest", resident_mib(self.start_pump("memory")))]
        self.load(self.pump("memory"), 1024, 16 << 10, 16384)
        rows.append(("after 1024 calls of 16 KiB in flight", resident_mib(self.pump("memory")[1])))
        self.load(self.pump("memory"), 1024, GOAL_BYTES, 100_000, "open")
        self.cluster.pumps["memory"].kill()
        pid = self.start_pump("memory")
        time.sleep(5)  # the resolver looks at them
        rows.append(("with 100,000 prewrites without outcome, restarted", resident_mib(pid)))
        self.cluster.pumps["memory"].kill()
        print_table(("memory", "resident at most, MiB"), [(what, f"{mib:.0f}") for what, mib in rows])
        print()

    def idle(self):
        self.cluster.pumps["pump"].terminate()
        pid = self.start_pump()
        before = process_clock(pid)
        time.sleep(IDLE_SECONDS)
        used = (process_clock(pid) - before) / IDLE_SECONDS * 100
        print_table(("idle for", "CPU, % of a core", "resident at most, MiB"),
                    [(f"{IDLE_SECONDS} s", f"{used:.2f}", f"{resident_mib(pid):.0f}")])
        print()


def numbers(text):
    return [float(part) if "." in part else int(part) for part in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--few", type=int, default=5)
    parser.add_argument("--bytes", type=numbers, default=[256, 1024, 16384])
    parser.add_argument("--in-flight", type=numbers, default=[1, 16, 128, 1024])
    parser.add_argument("--sync", type=lambda text: [part == "on" for part in text.split(",")], default=[True, False])
    parser.add_argument("--log-gib", type=numbers, default=[1, 20])
    parser.add_argument("--fill-bytes", type=int, default=16384, help="size of the transactions of such a log")
    parser.add_argument("--only", default="ingest,feed,volume,memory,restart,idle")
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
