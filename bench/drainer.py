#!/usr/bin/python3
"""bench/drainer.py: what drainer moves and costs, beside yardsticks. One table after the other; `--only` picks some.

mixes: rows/s out of a real pump into a private MariaDB, beside what that MariaDB takes. Each mix (bench/common/mixes.py) is written into pump while drainer is stopped. A pair is: downstream as it was before the
mix; drainer is started and the clock runs until it says that the last transaction is durable, its start included;
downstream as before again; the yardstick pushes the same end state by 8 connections in MariaDB's best form (one, for the
hot row); drainer runs once more into a sink that discards. Both ends must have the same checksum. CPU is that of the whole process over the run. Pairs alternate;
medians, (lowest to highest). Allocations are counted in a run of their own, from online to the end. `--mix` takes a part
of a name; `--config` goes before what drainer's config file holds anyway.

decode: decoding and scheduling into a sink that discards, in one process, beside a loop that only walks the same bytes
(bench/drainer/decode.cc).
lag: from TiDB's commit until the row is seen in MariaDB (bench/drainer/lag.cc), at parts of the highest rate: that of a
load without a limit, until its last row is seen, with the load on the same machine.
follow: sysbench oltp_write_only with 16 threads on tidb-server, pump and drainer following into MariaDB.
large: one transaction of 1 GiB.
"""
import argparse
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "tools"), os.path.join(ROOT, "bench")]
os.environ.setdefault("TBL_BIN", os.path.join(ROOT, "build", "release", "bin"))

from common.measure import cpu_seconds, print_table, resident_mib, spread  # noqa: E402
from common.follow import follow  # noqa: E402
from common.mixes import all_mixes, inserts  # noqa: E402
from common.tables import Table, blob  # noqa: E402
from common.workload import FIRST_TABLE_ID, Stream, jobs, sysbench_table  # noqa: E402
from localcluster.cluster import Cluster  # noqa: E402
from localcluster.process import wait_until  # noqa: E402

BINARIES = os.path.join(ROOT, "build", "release", "bench")
HEADS = ("mix", "rows", "drainer, rows/s", "yardstick, rows/s", "ratio", "drainer CPU, µs/row", "mariadbd CPU, µs/row",
         "yardstick's mariadbd CPU", "allocations/row", "drainer MiB", "discarded, rows/s", "MB/s",
         "discarded, CPU, µs/row")
DECODE_HEADS = ("mix", "rows", "decoded and scheduled, rows/s", "walked, rows/s", "ratio", "CPU, µs/row",
                "walked: CPU, µs/row", "CPU ratio")
LAG_HEADS = ("rate, rows/s", "part of the highest", "p50, ms", "p99, ms", "rows seen", "drainer CPU, µs/row")
LARGE_HEADS = ("bytes", "rows", "drainer MiB", "pump MiB", "rows/s", "MB/s")
DECODED = ("insert, 1 row", "insert, 100 rows", "update, 1 row", "60 columns, insert")
DISCARD = 'detect-interval = 1\n[syncer]\ndb-type = "discard"\n'


def write_fields(path, fields):
    with open(path, "wb") as f:
        for field in fields:
            f.write(struct.pack("<I", len(field)) + field)


def write_stream(path, transactions):
    """Commit ts of the last, and the bytes."""
    last = 0
    with open(path, "wb") as f:
        for _, last, *payloads in transactions:
            for payload in payloads:
                f.write(struct.pack("<I", len(payload)) + payload)
        return last, f.tell()


class Bench:
    def __init__(self, cluster, options, mixes, more_tables=()):
        self.cluster, self.options = cluster, options
        self.mixes = mixes
        self.tables = [*(t for m in self.mixes for t in m.tables), *more_tables]
        self.stream = Stream((int(time.time() * 1000) - 3600 * 1000) << 18, self.tables)
        self.runs = 0

    def sql(self, text):
        return self.cluster.mariadb.rows(text)

    def start(self):
        cluster = self.cluster
        cluster.set_clock_before(self.stream.ts)
        cluster.start_pd()
        cluster.start_tikv()
        cluster.load_history(jobs(self.tables))
        cluster.start_pump()
        cluster.mariadb.start()
        self.sql("create database bench; create database before_bench")
        for table in self.tables:
            self.sql(table.create_sql())

    # one mix -------------------------------------------------------------------------------------

    def path(self, name):
        return os.path.join(self.cluster.directory, name)

    def load(self, transactions):
        """Sends the transactions to pump; commit ts of the last, and the bytes sent."""
        path = self.path("stream")
        last, size = write_stream(path, transactions)
        subprocess.run([os.path.join(BINARIES, "pump_load"), self.cluster.address("pump"),
                        str(self.cluster.pd.cluster_id), "128", "file", path], check=True, stdout=subprocess.DEVNULL)
        os.unlink(path)
        return last, size

    def fill_before(self, mix, rows):
        """Rows that the mix finds, kept apart for each run to begin from."""
        for table in mix.tables:
            name = f"before_bench.{table.name}"
            self.sql(f"create table {name} like {table.full_name}")
            if mix.has_rows_before:
                self.stream.insert(range(rows), table)
                known = self.stream.rows_of(table)
                write_fields(self.path("fields"), [table.tuple_sql(h, r) for h, r in known.items()])
                self.push(8, 1000, ["text", f"insert into {name} values ", ",", ""])

    def reset(self, mix):
        for table in mix.tables:
            self.sql(f"truncate table {table.full_name}")
            if mix.has_rows_before:
                self.sql(f"insert into {table.full_name} select * from before_bench.{table.name}")
        self.sql("drop database if exists tidb_binlog; flush tables")

    def checksum(self, mix):
        return self.sql("checksum table " + ",".join(t.full_name for t in mix.tables))

    def push(self, connections, rows_per_commit, words):
        out = subprocess.run([os.path.join(BINARIES, "drainer_push"), str(self.cluster.mariadb.port), str(connections),
                              str(rows_per_commit), *words, self.path("fields")], check=True, stdout=subprocess.PIPE)
        return json.loads(out.stdout)["seconds"]

    def measured(self, rows, run, figures):
        server = self.cluster.mariadb.process.pid
        before = cpu_seconds(server)
        figures["seconds"] = run()
        figures["server"] = (cpu_seconds(server) - before) / rows * 1e6
        figures["rate"] = rows / figures["seconds"]
        return figures

    def run_drainer(self, rows, first_ts, last_ts, sink):
        self.runs += 1
        name, figures = f"drainer{self.runs}", {}
        config = f"{self.options.config}\n{sink}"

        def run():
            begun = time.monotonic()
            drainer = self.cluster.start_drainer(name, config=config, initial_commit_ts=first_ts)
            wait_until(lambda: self.cluster.checkpoint_ts(name) >= last_ts, 600, "everything is applied", poll=0.01)
            seconds = time.monotonic() - begun
            figures["cpu"] = cpu_seconds(drainer.pid) / rows * 1e6
            figures["mib"] = resident_mib(drainer.pid)
            return seconds
        self.measured(rows, run, figures)
        self.cluster.drainers.pop(name).terminate()
        return figures

    def count_allocations(self, rows, first_ts, last_ts):
        """Of a run of its own."""
        path = self.path("allocations")
        preloaded = {"LD_PRELOAD": os.path.join(BINARIES, "libcount_allocations.so"), "TBL_ALLOCATIONS": path}

        def counted():
            with open(path, "rb") as f:
                return int.from_bytes(f.read(8), sys.byteorder)
        os.environ.update(preloaded)
        self.runs += 1
        name = f"drainer{self.runs}"
        try:
            self.cluster.start_drainer(name, config=f"{self.options.config}\n{self.cluster.drainer_config()}",
                                       initial_commit_ts=first_ts)
        finally:
            for variable in preloaded:
                del os.environ[variable]
        before = counted()
        wait_until(lambda: self.cluster.checkpoint_ts(name) >= last_ts, 600, "everything is applied", poll=0.01)
        after = counted()
        self.cluster.drainers.pop(name).terminate()
        return (after - before) / rows

    def run_mix(self, mix):
        rows = int(self.options.rows * mix.share)
        self.fill_before(mix, rows)
        first_ts = self.stream.ts
        last_ts, size = self.load(mix.transactions(self.stream, rows))
        words, fields = mix.push(self.stream, rows)
        write_fields(self.path("fields"), fields)
        ours, theirs, discarded = [], [], []
        for _ in range(self.options.pairs):
            self.reset(mix)
            ours.append(self.run_drainer(rows, first_ts, last_ts, self.cluster.drainer_config()))
            reached = self.checksum(mix)
            self.reset(mix)
            theirs.append(self.measured(rows, lambda: self.push(mix.connections, mix.rows_per_commit, words), {}))
            if self.checksum(mix) != reached:
                raise RuntimeError(f"{mix.name}: the two ends differ: {reached}, {self.checksum(mix)}")
            discarded.append(self.run_drainer(rows, first_ts, last_ts, DISCARD))
        self.reset(mix)
        allocations = self.count_allocations(rows, first_ts, last_ts)
        for table in mix.tables:
            self.sql(f"drop table {table.full_name}; drop table before_bench.{table.name}")
            self.stream.table_rows[table.number] = {}
        return line(mix, rows, ours, theirs, discarded, (allocations, size))

    # one transaction of many bytes ---------------------------------------------------------------

    def run_large(self, mix):
        rows = self.options.large_mib * 1024 // 4
        first_ts = self.stream.ts
        last_ts, size = self.load(mix.transactions(self.stream, rows))
        figures = self.run_drainer(rows, first_ts, last_ts, self.cluster.drainer_config())
        return (f"{size:,}", f"{rows:,}", f"{figures['mib']:.0f}",
                f"{resident_mib(self.cluster.pumps['pump'].pid):.0f}", f"{figures['rate']:,.0f}",
                f"{size / figures['seconds'] / 1e6:.1f}")

    # lag -----------------------------------------------------------------------------------------

    def run_lag(self, table):
        """One line for each part of the highest rate."""
        drainer = self.cluster.start_drainer("lag", config=self.cluster.drainer_config())
        first_row = 0

        def run(rate):
            nonlocal first_row
            before = cpu_seconds(drainer.pid)
            out = subprocess.run(
                [os.path.join(BINARIES, "drainer_lag"), self.cluster.address("pump"), str(self.cluster.pd.cluster_id),
                 str(self.cluster.mariadb.port), str(table.number), str(first_row), str(int(rate)),
                 str(self.options.seconds)], check=True, stdout=subprocess.PIPE)
            figures = json.loads(out.stdout)
            first_row += figures["rows"]
            figures["cpu"] = (cpu_seconds(drainer.pid) - before) / figures["rows"] * 1e6
            return figures
        without_limit = run(0)
        highest = without_limit["rows"] / without_limit["until_visible"]
        for part in (0.1, 0.5, 0.9):
            f = run(highest * part)
            yield (f"{f['rows'] / f['seconds']:,.0f}", f"{part:.0%} of {highest:,.0f}", f"{f['p50_ms']:.1f}",
                   f"{f['p99_ms']:.1f}", f"{f['samples']}", f"{f['cpu']:.1f}")


def line(mix, rows, ours, theirs, discarded, counted):
    def of(runs, key, digits=0):
        return spread([run[key] for run in runs], digits)
    allocations, size = counted
    ratio = spread([a["rate"] / b["rate"] for a, b in zip(ours, theirs)], 2)
    return (mix.name, f"{rows:,}", of(ours, "rate"), of(theirs, "rate"), ratio, of(ours, "cpu", 1),
            of(ours, "server", 1), of(theirs, "server", 1), f"{allocations:.2f}",
            f"{max(run['mib'] for run in ours):.0f}", of(discarded, "rate"),
            spread([size / run["seconds"] / 1e6 for run in discarded]), of(discarded, "cpu", 1))


def decode_line(directory, mix, options):
    """In this process's children only: no pump, no downstream."""
    rows = int(options.rows * mix.share)
    stream = Stream((int(time.time() * 1000) - 3600 * 1000) << 18, mix.tables)
    if mix.has_rows_before:
        for table in mix.tables:
            stream.insert(range(rows), table)
    paths = [os.path.join(directory, name) for name in ("jobs", "stream")]
    write_fields(paths[0], [json.dumps(job).encode() for job in jobs(mix.tables)])
    write_stream(paths[1], mix.transactions(stream, rows))
    out = subprocess.run([os.path.join(BINARIES, "drainer_decode"), *paths, str(options.pairs)], check=True,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    runs = [json.loads(text) for text in out.stdout.splitlines()]

    def of(digits, figure):
        return spread([figure(run) for run in runs], digits)
    return (mix.name, f"{rows:,}", of(0, lambda r: r["rows"] / r["seconds"]),
            of(0, lambda r: r["rows"] / r["walk_seconds"]), of(2, lambda r: r["walk_seconds"] / r["seconds"]),
            of(2, lambda r: r["cpu"] / r["rows"] * 1e6), of(2, lambda r: r["walk_cpu"] / r["rows"] * 1e6),
            of(2, lambda r: r["walk_cpu"] / r["cpu"]))


def in_cluster(options, mixes, more_tables, use):
    """Calls `use(bench)` on a cluster of its own."""
    directory = tempfile.mkdtemp(prefix="tbl-bench-")
    cluster = Cluster(directory, mariadb_options=["--innodb-flush-log-at-trx-commit=1"])
    bench = Bench(cluster, options, mixes, more_tables)
    try:
        bench.start()
        use(bench)
    finally:
        cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)


def show_mixes(options):
    mixes = [m for m in all_mixes() if options.mix in m.name]
    in_cluster(options, mixes, (), lambda bench: print_table(HEADS, (bench.run_mix(mix) for mix in bench.mixes)))


def show_decode(options):
    with tempfile.TemporaryDirectory(prefix="tbl-bench-") as directory:
        mixes = [m for m in all_mixes() if m.name.startswith(DECODED) and options.mix in m.name]
        print_table(DECODE_HEADS, (decode_line(directory, mix, options) for mix in mixes))


def show_lag(options):
    table = sysbench_table(name="lag")
    in_cluster(options, [], [table], lambda bench: print_table(LAG_HEADS, bench.run_lag(table)))


def show_follow(options):
    print_table(*follow(options.seconds))


def show_large(options):
    mix = inserts("large", Table(FIRST_TABLE_ID, "large", [blob("b", 4096)]), 1 << 30)
    in_cluster(options, [mix], (), lambda bench: print_table(LARGE_HEADS, [bench.run_large(mix)]))


SECTIONS = {"mixes": show_mixes, "decode": show_decode, "lag": show_lag, "follow": show_follow, "large": show_large}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=400000)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=20, help="of a run of lag and follow")
    parser.add_argument("--large-mib", type=int, default=1024)
    parser.add_argument("--mix", default="")
    parser.add_argument("--config", default="")
    parser.add_argument("--only", choices=tuple(SECTIONS), action="append", help="may be repeated")
    options = parser.parse_args()
    for name in options.only or SECTIONS:
        print(f"\n{name}\n")
        SECTIONS[name](options)


if __name__ == "__main__":
    main()
