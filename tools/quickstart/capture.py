"""Plays what a real TiDB wrote through pump and drainer into MariaDB, and compares every table."""
import shutil
import sys
import tempfile
import time

from localcluster.capture import Capture, Player, compare_tables
from localcluster.cluster import Cluster
from localcluster.process import ProgramFailed, port_is_busy

PORTS = {"pd": 2379, "pd-peer": 2380, "tikv": 20160, "tikv-status": 20180, "pump": 8250, "drainer": 8249,
         "mariadb": 3307}
SHOWN = [("wl", "ints"), ("wl", "decs"), ("wl", "times"), ("wlbig", "seq10")]


def say(text):
    print(text, flush=True)


def check_ports():
    busy = [f"{port} (for {name})" for name, port in PORTS.items() if port_is_busy(port)]
    if busy:
        raise ProgramFailed("these ports of 127.0.0.1 are in use: " + ", ".join(busy) +
                            "\nStop what listens there (an earlier ./quickstart --keep?) and try again.")


def start(cluster, capture):
    for what, step in (("MariaDB", cluster.mariadb.start), ("pd-server", cluster.start_pd),
                       ("tikv-server", cluster.start_tikv)):
        say(f"  starting {what}")
        step()
    cluster.load_history(capture.jobs())
    say("  starting pump")
    cluster.start_pump()
    say("  starting drainer")
    cluster.start_drainer(initial_commit_ts=capture.first_ts - 1)


def play(cluster, capture):
    total = len(capture.records)
    begun = time.monotonic()

    def progress(done, _):
        if sys.stdout.isatty():
            print(f"\r  {done}/{total} binlogs sent", end="", flush=True)
    Player(capture, [cluster.address("pump")], cluster.pd.cluster_id).play(progress)
    say(f"\r  {total} binlogs sent, waiting for drainer")
    cluster.set_clock_after(capture.last_ts)
    cluster.wait_caught_up(capture.last_commit_ts)
    say(f"  everything applied after {time.monotonic() - begun:.1f} s")


def show_tables(mariadb):
    for schema, table in SHOWN:
        say(f"\nMariaDB> select * from {schema}.{table} limit 3;")
        say(mariadb.run(f"select * from {schema}.{table} limit 3", "--table").decode("utf-8", "replace"))


def compare(cluster, capture):
    expected = capture.expected()
    problems = compare_tables(cluster.mariadb, expected)
    if problems:
        raise ProgramFailed("MariaDB differs from what TiDB had:\n  " + "\n  ".join(problems))
    rows = sum(r.count(b"\n") - 1 for r, _ in expected.values() if r)
    say(f"All {len(expected)} tables ({rows} rows) are equal to what TiDB had.")


def keep(cluster):
    pids = " ".join(str(p.pid) for p in cluster.processes() + [cluster.mariadb.process])
    say(f"""
Everything goes on running in {cluster.directory}. Connect to MariaDB with
    mariadb -h 127.0.0.1 -P {PORTS['mariadb']} -u root
see the nodes with
    bin/binlogctl -cmd pumps; bin/binlogctl -cmd drainers
and stop everything in order with
    for p in {pids}; do kill $p; tail --pid=$p -f /dev/null; done""")


def add_arguments(parser):
    parser.add_argument("recording", nargs="?", default="types", choices=("types", "stress", "clustered"))
    parser.add_argument("--keep", action="store_true", help="leave everything running and say how to connect")


def run(options):
    directory = tempfile.mkdtemp(prefix="tidb-binlog-quickstart-")
    cluster = Cluster(directory, ports=dict(PORTS))
    kept = False
    try:
        check_ports()
        capture = Capture(options.recording)
        cluster.set_clock_before(capture.first_ts)
        say("Starting a cluster")
        start(cluster, capture)
        say("Playing what a real TiDB wrote through pump and drainer into MariaDB")
        play(cluster, capture)
        if options.recording == "types":
            show_tables(cluster.mariadb)
        compare(cluster, capture)
        kept = options.keep
        if kept:
            keep(cluster)
    except (ProgramFailed, TimeoutError, RuntimeError, OSError) as error:
        say(f"\n./quickstart failed: {error}")
        if isinstance(error, (TimeoutError, RuntimeError)):
            say(cluster.tails())
        return 1
    finally:
        if not kept:
            cluster.stop()
            shutil.rmtree(directory, ignore_errors=True)
    if not kept:
        say("Stopped everything. Try ./quickstart capture --keep to look around.")
    return 0
