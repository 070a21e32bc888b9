"""A TiDB cluster with pump and drainer on this machine, from config files to a clean stop (the tutorial).

Every command is typed into a shell, as a person would, in a fresh directory, and shown with what it prints.
"""
import os
import re
import shutil
import subprocess
import tempfile
import time

import pymysql

from localcluster.cluster import default_bin
from localcluster.process import ProgramFailed, free_port, port_is_busy, wait_until
from quickstart import mariadb
from quickstart.shell import Shell

PORTS = {2379: "pd-server", 2380: "pd-server", 20160: "tikv-server", 20180: "tikv-server", 8250: "pump",
         4000: "tidb-server", 10080: "tidb-server", 8249: "drainer"}
PROGRAMS = ("tidb-server", "drainer", "pump", "tikv-server", "pd-server")
PUMP_WANTS_FREE = 10 << 30

CONFIG_FILES = (
    r"""printf > pd.toml %s\\n 'log-file="pd.log"' 'data-dir="pd.data"'""",
    r"""printf > tikv.toml %s\\n 'log-file="tikv.log"' '[storage]' 'data-dir="tikv.data"' '[pd]' """
    r"""'endpoints=["127.0.0.1:2379"]' '[rocksdb]' max-open-files=1024 '[raftdb]' max-open-files=1024""",
    r"""printf > pump.toml %s\\n 'log-file="pump.log"' 'data-dir="pump.data"' 'addr="127.0.0.1:8250"' """
    r"""'advertise-addr="127.0.0.1:8250"' 'pd-urls="http://127.0.0.1:2379"'""",
    r"""printf > tidb.toml %s\\n 'store="tikv"' 'path="127.0.0.1:2379"' '[log.file]' 'filename="tidb.log"' """
    r"""'[binlog]' 'enable=true'""",
    r"""printf > drainer.toml %s\\n 'log-file="drainer.log"' '[syncer]' 'db-type="mysql"' '[syncer.to]' """
    r"""'host="127.0.0.1"' 'user="root"' 'password=""' 'port=3306'""")
START = {name: f"./bin/{program} --config={name}.toml &>{name}.out &" for name, program in (
    ("pd", "pd-server"), ("tikv", "tikv-server"), ("pump", "pump"), ("tidb", "tidb-server"), ("drainer", "drainer"))}
STOP = f'for p in {" ".join(PROGRAMS)}; do pkill "$p"; sleep 1; done'

RULE = r"\+-+\+\r\n"
FIVE_ROWS = (RULE + r"\| id \|\r\n" + RULE + "".join(rf"\|  {i} \|\r\n" for i in range(1, 6)) + RULE +
             r"5 rows in set \(\d+\.\d+ sec\)")
TIDB_VERSION = r"\r\n".join((
    r"\*{27} 1\. row \*{27}", r"tidb_version\(\): Release Version: v3\.\S+", r"Git Commit Hash: \S+",
    r"Git Branch: \S+", r"UTC Build Time: .+", r"GoVersion: .+", r"Race Enabled: false",
    r"TiKV Min Version: \S+", r"Check Table Before Drop: false"))


def ended(program):
    """How bash tells the end of one of its jobs."""
    config = program.removesuffix("-server")
    return rf"\[\d\][-+ ]  Done {{20}}\./bin/{program} --config={config}\.toml &> ?{config}\.out\r\n"


def running(number, name):
    return rf"\[{number}\][-+ ]  Running {{17}}" + re.escape(START[name]).replace(r"\&>", r"\&> ?")


def node(kind, port, state):
    """The line of binlogctl."""
    return (r"\[\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{3} [-+]\d\d:\d\d\] \[INFO\] \[\S+:\d+\] "
            rf'\["query node"\] \[type={kind}\] \[node="{{NodeID: \S+:{port}, Addr: \S+:{port}, State: {state}, '
            r'MaxCommitTS: \d{18}, UpdateTime: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [-+]\d{4} \S+}"\]\r\n')


def add_arguments(parser):
    parser.add_argument("--keep", action="store_true", help="leave everything running and say how to stop it")


def say(text):
    print(f"\n# {text}", flush=True)


def check_ports():
    busy = [f"{port} (for {name})" for port, name in PORTS.items() if port_is_busy(port)]
    if busy:
        raise ProgramFailed("these ports of 127.0.0.1 are in use: " + ", ".join(busy) +
                            "\nStop what listens there (an earlier ./quickstart --keep?) and try again.")


def downstream_port():
    if not port_is_busy(mariadb.PORT):
        return mariadb.PORT
    port = free_port()
    say(f"Port {mariadb.PORT} is in use, by a MariaDB or MySQL of this machine: here MariaDB gets port {port}")
    return port


def write_config(shell, directory, downstream):
    say("The config files; they are the original programs' own")
    for command in CONFIG_FILES:
        shell.run(command.replace(f"port={mariadb.PORT}", f"port={downstream}"))
    free = shutil.disk_usage(directory).free
    if free < PUMP_WANTS_FREE:
        say(f"Pump refuses writes below 10 GiB of free disk, and {free >> 20} MiB are free here: it gets a lower limit")
        shell.run("""printf >> pump.toml %s\\\\n '[storage]' 'stop-write-at-available-space="100MB"'""")
    shell.run('for f in *.toml; do echo "$f:"; cat "$f"; echo; done', "drainer.toml:.*tikv.toml:")


def sql_works(port):
    try:
        pymysql.connect(host="127.0.0.1", port=port, user="root", connect_timeout=5).close()
        return True
    except pymysql.err.OperationalError:
        return False


def start_cluster(shell, jobs):
    say("PD first, then the store, then pump: tidb-server sends binlogs to it from its first commit on")
    shell.run(START["pd"], r"\[1\] \d+\r\n")
    shell.run(START["tikv"], r"\[2\] \d+\r\n")
    shell.run(START["pump"], r"\[3\] \d+\r\n")
    shell.run("sleep 3")
    shell.run(START["tidb"], r"\[4\] \d+\r\n")
    jobs.wait(lambda: sql_works(4000), "tidb-server takes connections")
    shell.run("jobs", r"\r\n".join(running(i + 1, n) for i, n in enumerate(("pd", "tikv", "pump", "tidb"))))
    say("The cluster runs")
    shell.run(r"mysql -h 127.0.0.1 -P 4000 -u root -e 'select tidb_version()\G'", TIDB_VERSION)


def start_drainer(shell, jobs, port):
    say("Drainer writes into a MariaDB: ./quickstart mariadb stands in for `sudo systemctl start mariadb`")
    server = mariadb.start(jobs.directory, port)
    shell.run(START["drainer"], r"\[5\] \d+\r\n")

    def checkpointed():
        try:
            return server.rows("select * from tidb_binlog.checkpoint")
        except ProgramFailed:
            return None
    jobs.wait(checkpointed, "drainer has written its checkpoint")
    client = shell.client(f"mysql -h 127.0.0.1 -P {port} -u root", "mariadb")
    client.run("show databases;", r"\| Database +\|", *(rf"\| {name} +\|\r\n" for name in (
        "information_schema", "mysql", "performance_schema", "test", "tidb_binlog")))
    client.run("use tidb_binlog;", "Database changed")
    client.run("select * from checkpoint;",
               r"\| clusterID +\| checkPoint +\|\r\n.*\| \d+ +\| {.*\"commitTS\":\d{18},\"ts-map\":{}.*} +\|\r\n.*"
               r"1 row in set")
    client.quit()
    return server


def change_data(shell, jobs, server):
    say("Changes made in TiDB")
    client = shell.client(r"mysql -h 127.0.0.1 -P 4000 --prompt='TiDB [\d]> ' -u root", "tidb")
    client.run("create database tidbtest;", r"Query OK, 0 rows affected \(\d+\.\d+ sec\)")
    client.run("use tidbtest;", "Database changed")
    client.run("create table t1 (id int unsigned not null auto_increment primary key);",
               r"Query OK, 0 rows affected \(\d+\.\d+ sec\)")
    client.run("insert into t1 () values (),(),(),(),();",
               r"Query OK, 5 rows affected \(\d+\.\d+ sec\)\r\nRecords: 5  Duplicates: 0  Warnings: 0")
    client.run("select * from t1;", FIVE_ROWS)
    client.quit()

    jobs.wait(lambda: rows_in(server) == 5, "the rows have arrived in MariaDB")
    say("and in MariaDB they are")
    client = shell.client(f"mysql -h 127.0.0.1 -P {server.port} -u root", "mariadb")
    client.run("use tidbtest;", "Database changed")
    client.run("show tables;", r"\| Tables_in_tidbtest \|\r\n\+-+\+\r\n\| t1 +\|\r\n\+-+\+\r\n1 row in set")
    client.run("select * from t1;", FIVE_ROWS)
    client.quit()


def rows_in(server):
    """How many rows of the table are downstream."""
    try:
        return int(server.rows("select count(*) from tidbtest.t1")[0][0])
    except ProgramFailed:
        return 0


def drainer_state(jobs):
    """As the registry has it."""
    out = subprocess.run([os.path.join(jobs.directory, "bin", "binlogctl"), "-cmd", "drainers"],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout
    found = re.search(r"State: (\w+)", out)
    return found and found.group(1)


def show_nodes(shell, jobs):
    say("The nodes, and what becomes of a drainer that is stopped")
    shell.run("./bin/binlogctl -cmd drainers", node("drainer", 8249, "online"))
    shell.run("./bin/binlogctl -cmd pumps", node("pump", 8250, "online"))
    shell.run("pkill drainer")
    jobs.wait(lambda: drainer_state(jobs) == "paused", "drainer has ended")
    shell.run("./bin/binlogctl -cmd drainers", node("drainer", 8249, "paused"))
    shell.run(START["drainer"])
    jobs.wait(lambda: drainer_state(jobs) == "online", "drainer is back")


def stop_cluster(shell):
    say("A clean stop, in the order in which data flows")
    output = shell.run(STOP)
    deadline = time.monotonic() + 60
    while len(done := [p for p in PROGRAMS if re.search(ended(p), output)]) < len(PROGRAMS):
        if time.monotonic() > deadline or "Exit" in output:
            raise ProgramFailed(f"of {PROGRAMS} only {done} have ended with Done")
        output += shell.run("sleep 0.5")


def restart_cluster(shell, jobs, server):
    say("And started again it goes on where it stopped")
    for name in ("pd", "tikv", "drainer"):
        shell.run(START[name])
    shell.run("sleep 3")
    shell.run(START["pump"])
    shell.run("sleep 3")
    shell.run(START["tidb"])
    jobs.wait(lambda: sql_works(4000), "tidb-server takes connections")
    shell.run("mysql -h 127.0.0.1 -P 4000 -u root -e 'insert into tidbtest.t1 () values ()'")
    jobs.wait(lambda: rows_in(server) == 6, "the new row has arrived in MariaDB")
    shell.run(f"mysql -h 127.0.0.1 -P {server.port} -u root -e 'select count(*) from tidbtest.t1'", r"\| +6 \|")


class Jobs:
    """The programs that the shell started, seen through their log files."""

    def __init__(self, directory):
        self.directory = directory

    def wait(self, condition, what):
        try:
            return wait_until(condition, 60, what, poll=0.2)
        except TimeoutError as error:
            raise ProgramFailed(str(error)) from error

    def tails(self):
        text = []
        for name in sorted(os.listdir(self.directory)):
            path = os.path.join(self.directory, name)
            if name.endswith((".out", ".log")) and os.path.getsize(path):
                with open(path, encoding="utf-8", errors="replace") as f:
                    text += [f"--- end of {name}"] + f.read()[-4000:].splitlines()[-15:]
        return "\n".join(text)


def keep(directory, port):
    print(f"""
Everything goes on running in {directory}. Connect with
    mysql -h 127.0.0.1 -P 4000 -u root        # TiDB
    mysql -h 127.0.0.1 -P {port} -u root        # MariaDB
and stop it in order with
    {STOP}; cd {directory} && {os.path.dirname(default_bin())}/quickstart mariadb stop""")


def walk(shell, jobs):
    port = downstream_port()
    write_config(shell, jobs.directory, port)
    start_cluster(shell, jobs)
    server = start_drainer(shell, jobs, port)
    change_data(shell, jobs, server)
    return server


def run(options):
    directory = tempfile.mkdtemp(prefix="tidb-binlog-quickstart-")
    os.symlink(default_bin(), os.path.join(directory, "bin"))
    jobs, shell, kept = Jobs(directory), None, False
    try:
        check_ports()
        shell = Shell(directory, os.environ["PATH"])
        server = walk(shell, jobs)
        if options.keep:
            shell.run("disown -a")
            kept = True
            keep(directory, server.port)
            return 0
        show_nodes(shell, jobs)
        stop_cluster(shell)
        restart_cluster(shell, jobs, server)
        stop_cluster(shell)
    except (ProgramFailed, TimeoutError, OSError) as error:
        print(f"\n./quickstart failed: {error}\n{jobs.tails()}")
        return 1
    finally:
        if not kept:
            clean_up(shell, directory)
    print("\nEverything worked and is stopped. ./quickstart --keep leaves it running; docs/tutorial.md tells more.")
    return 0


def clean_up(shell, directory):
    if shell:
        for program in PROGRAMS:
            shell.child.sendline(f"pkill -f '^./bin/{program} '")
        shell.close()
    mariadb.stop(directory)
    shutil.rmtree(directory, ignore_errors=True)
