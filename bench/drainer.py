#!/usr/bin/python3
"""bench/drainer.py: rows/s of drainer out of a real pump into a private MariaDB, beside what that MariaDB takes.

Each mix (bench/common/mixes.py) is written into pump while drainer is stopped. A pair is: downstream as it was before the
mix; drainer is started and the clock runs until it says that the last transaction is durable, its start included;
downstream as before again; the yardstick pushes the same end state by 8 connections in MariaDB's best form (one, for the
hot row); drainer runs once more into a sink that discards. Both ends must have the same checksum. CPU is that of the whole process over the run. Pairs alternate;
medians, (lowest to highest). `--mix` takes a part of a name; `--config` goes before what drainer's
config file holds anyway.
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
from common.mixes import all_mixes  # noqa: E402
from common.workload import Stream, jobs  # noqa: E402
from localcluster.cluster import Cluster  # noqa: E402
from localcluster.process import wait_until  # noqa: E402

BINARIES = os.path.join(ROOT, "build", "release", "bench")
HEADS = ("mix", "rows", "drainer, rows/s", "yardstick, rows/s", "ratio", "drainer CPU, µs/row", "mariadbd CPU, µs/row",
         "yardstick's mariadbd CPU", "drainer MiB", "discarded, rows/s", "discarded, CPU, µs/row")
DISCARD = 'detect-interval = 1\n[syncer]\ndb-type = "discard"\n'


def write_fields(path, fields):
    with open(path, "wb") as f:
        for field in fields:
            f.write(struct.pack("<I", len(field)) + field)


class Bench:
    def __init__(self, cluster, options):
        self.cluster, self.options = cluster, options
        self.mixes = [m for m in all_mixes() if options.mix in m.name]
        self.tables = [t for m in self.mixes for t in m.tables]
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
        last, path = 0, self.path("stream")
        with open(path, "wb") as f:
            for _, last, *payloads in transactions:
                for payload in payloads:
                    f.write(struct.pack("<I", len(payload)) + payload)
            size = f.tell()
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

    def run_mix(self, mix):
        rows = int(self.options.rows * mix.share)
        self.fill_before(mix, rows)
        first_ts = self.stream.ts
        last_ts, _ = self.load(mix.transactions(self.stream, rows))
        words, fields = mix.push(self.stream, rows)
        ours, theirs, discarded = [], [], []
        for _ in range(self.options.pairs):
            self.reset(mix)
            ours.append(self.run_drainer(rows, first_ts, last_ts, self.cluster.drainer_config()))
            reached = self.checksum(mix)
            self.reset(mix)
            write_fields(self.path("fields"), fields)
            theirs.append(self.measured(rows, lambda: self.push(mix.connections, mix.rows_per_commit, words), {}))
            if self.checksum(mix) != reached:
                raise RuntimeError(f"{mix.name}: the two ends differ: {reached}, {self.checksum(mix)}")
            discarded.append(self.run_drainer(rows, first_ts, last_ts, DISCARD))
        for table in mix.tables:
            self.sql(f"drop table {table.full_name}; drop table before_bench.{table.name}")
            self.stream.table_rows[table.number] = {}
        return line(mix, rows, ours, theirs, discarded)


def line(mix, rows, ours, theirs, discarded):
    def of(runs, key, digits=0):
        return spread([run[key] for run in runs], digits)
    ratio = spread([a["rate"] / b["rate"] for a, b in zip(ours, theirs)], 2)
    return (mix.name, f"{rows:,}", of(ours, "rate"), of(theirs, "rate"), ratio, of(ours, "cpu", 1),
            of(ours, "server", 1), of(theirs, "server", 1), f"{max(run['mib'] for run in ours):.0f}",
            of(discarded, "rate"), of(discarded, "cpu", 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=400000)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--mix", default="")
    parser.add_argument("--config", default="")
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="tbl-bench-")
    cluster = Cluster(directory, mariadb_options=["--innodb-flush-log-at-trx-commit=1"])
    bench = Bench(cluster, options)
    try:
        bench.start()
        print_table(HEADS, (bench.run_mix(mix) for mix in bench.mixes))
    finally:
        cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
