#!/usr/bin/python3
"""bench/tidb.py: sysbench on tidb-server, while drainer follows into MariaDB, and on that MariaDB, in alternation.

Everything runs on this machine: PD, store, pump, tidb-server, drainer, MariaDB and sysbench. A run on tidb-server
ends when MariaDB has the last of its transactions; CPU is that of each whole process from the run's begin to then.
At the end both sides of the replicated tables are compared.
"""
import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "tools"), os.path.join(ROOT, "bench")]

from common.measure import cpu_seconds, print_table, resident_mib  # noqa: E402
from localcluster.cluster import Cluster  # noqa: E402
from localcluster.process import wait_until  # noqa: E402

WORKLOADS = ("oltp_point_select", "oltp_read_write", "oltp_write_only")
MODES = {"yes": "auto", "no": "disable"}
YARDSTICK = "yardstick"
REPLICATED = "sbtest"


class Bench:
    def __init__(self, cluster, options):
        self.cluster = cluster
        self.options = options
        self.marks = 0

    def start(self):
        c = self.cluster
        c.start_pd()
        c.start_tikv()
        c.start_pump()
        c.start_tidb()
        c.mariadb.start()
        c.start_drainer(config=c.drainer_config())
        self.tidb_sql(f"create database {REPLICATED}; create database marks; create table marks.m (id int primary key)")
        c.mariadb.run(f"create database {YARDSTICK}")
        for on_tidb in (True, False):
            self.sysbench(on_tidb, "oltp_read_write", "prepare")
        self.wait_followed()

    def pids(self, on_tidb):
        c = self.cluster
        mariadb = {"mariadbd": c.mariadb.process.pid}
        return {"tidb-server": c.tidb_process.pid, "tikv-server": c.tikv_process.pid, "pump": c.pumps["pump"].pid,
                "drainer": c.drainers["drainer"].pid, **mariadb} if on_tidb else mariadb

    def port(self, on_tidb):
        return self.cluster.ports["tidb"] if on_tidb else self.cluster.mariadb.port

    def tidb_sql(self, sql):
        return subprocess.run(["mariadb", "--no-defaults", "-h127.0.0.1", f"-P{self.port(True)}", "-uroot", "-N",
                               "--batch", "-e", sql], check=True, stdout=subprocess.PIPE, text=True).stdout

    def sysbench(self, on_tidb, workload, command, *more):
        o = self.options
        done = subprocess.run(
            ["sysbench", "--db-driver=mysql", "--mysql-host=127.0.0.1", f"--mysql-port={self.port(on_tidb)}",
             "--mysql-user=root", f"--mysql-db={REPLICATED if on_tidb else YARDSTICK}", f"--tables={o.tables}",
             f"--table-size={o.table_size}", f"--threads={o.threads}", *more, workload, command],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stdout)
        return done.stdout

    def wait_followed(self):
        """MariaDB has everything that tidb-server has committed."""
        self.marks += 1
        self.tidb_sql(f"insert into marks.m values ({self.marks})")
        seen = ["1"]
        wait_until(lambda: self.cluster.mariadb.rows(
            "select count(*) from information_schema.tables where table_schema='marks'") == [seen] and
            self.cluster.mariadb.rows(f"select count(*) from marks.m where id={self.marks}") == [seen],
            600, "drainer has followed", poll=0.05)

    def sysbench_figures(self, workload, seconds, on_tidb=True, mode="yes"):
        """What sysbench itself tells of a run."""
        out = self.sysbench(on_tidb, workload, "run", f"--time={seconds}", f"--db-ps-mode={MODES[mode]}")
        return {"transactions": float(re.search(r"transactions:\s+(\d+)", out).group(1)),
                "tps": float(re.search(r"transactions:.*\(([\d.]+) per sec", out).group(1)),
                "avg": float(re.search(r"avg:\s+([\d.]+)", out).group(1)),
                "p95": float(re.search(r"95th percentile:\s+([\d.]+)", out).group(1))}

    def run(self, on_tidb, workload, mode):
        """Figures of one run."""
        pids = self.pids(on_tidb)
        before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        figures = self.sysbench_figures(workload, self.options.seconds, on_tidb, mode)
        if on_tidb and workload != "oltp_point_select":
            self.wait_followed()
        for name, pid in pids.items():
            figures[name] = (cpu_seconds(pid) - before[name]) / figures["transactions"] * 1e6
        return figures

    def pairs(self, workload, mode):
        """Medians of (tidb-server, MariaDB), run in alternation."""
        runs = [[], []]
        for _ in range(self.options.pairs):
            for on_tidb in (True, False):
                if on_tidb or not self.options.alone:
                    runs[not on_tidb].append(self.run(on_tidb, workload, mode))
        return [{k: statistics.median(r[k] for r in side) for k in side[0]} for side in runs if side]

    def check_sides(self):
        for i in range(1, self.options.tables + 1):
            sql = f"select count(*), sum(k), sum(id), max(c), min(pad) from {REPLICATED}.sbtest{i}"
            left, right = self.tidb_sql(sql).strip().split("\t"), self.cluster.mariadb.rows(sql)[0]
            if left != right:
                raise RuntimeError(f"the sides of sbtest{i} differ: {left} and {right}")


SERVERS = ("tidb-server", "tikv-server", "pump", "drainer", "mariadbd")


def line(workload, mode, side, f):
    cpu = [f"{f[s]:,.0f}" if s in f else "" for s in SERVERS]
    return (workload, mode, side, f"{f['tps']:,.0f}", f"{f['avg']:.2f}", f"{f['p95']:.2f}", *cpu)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--tables", type=int, default=2)
    parser.add_argument("--table-size", type=int, default=10000)
    parser.add_argument("--workload", choices=WORKLOADS, action="append", help="only this one; may be repeated")
    parser.add_argument("--prepared", choices=tuple(MODES), help="only with, or without, prepared statements")
    parser.add_argument("--alone", action="store_true", help="without the yardstick")
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="tbl-bench-")
    bench = Bench(Cluster(directory, mariadb_options=["--innodb-flush-log-at-trx-commit=1"]), options)
    rows = []
    try:
        bench.start()
        for workload in options.workload or WORKLOADS:
            for mode in [options.prepared] if options.prepared else MODES:
                for side, figures in zip(("tidb-server", "MariaDB"), bench.pairs(workload, mode)):
                    rows.append(line(workload, mode, side, figures))
                    print(*rows[-1], file=sys.stderr, flush=True)
        bench.check_sides()
        memory = ", ".join(f"{name} {resident_mib(pid):.0f} MiB" for name, pid in bench.pids(True).items())
        print_table(("workload", "prepared", "server", "transactions/s", "average, ms", "p95, ms",
                     *(f"{s} CPU, µs" for s in SERVERS)), rows)
        print(f"\nhighest resident memory: {memory}")
    finally:
        bench.cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
