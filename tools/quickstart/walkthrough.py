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
from localcluster.process import ProgramFailed, port_is_busy, wait_until
from quickstart import mariadb
from quickstart.shell import Shell

PORTS = {2379: "pd-server", 2380: "pd-server", 20160: "tikv-server", 20180: "tikv-server", 8250: "pump",
         4000: "tidb-server", 10080: "tidb-server", 8249: "drainer", mariadb.PORT: "MariaDB"}
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
FIVE_ROWS = r"\| id \|.*\|  1 \|.*\|  5 \|.*5 rows in set"


def add_arguments(parser):
    parser.add_argument("--keep", action="store_true", help="leave everything running and say how to stop it")


def say(text):
    print(f"\n# {text}", flush=True)


def check_ports():
    busy = [f"{port} (for {name})" for port, name in PORTS.items() if port_is_busy(port)]
    if busy:
        raise ProgramFailed("these ports of 127.0.0.1 are in use: " + ", ".join(busy) +
                            "\nStop what listens there (an earlier ./quickstart --keep?) and try again.")


def write_config(shell, directory):
    say("The config files; they are the original programs' own")
    for command in CONFIG_FILES:
        shell.run(command)
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
    shell.run("./bin/pd-server --config=pd.toml &>pd.out &", r"\[1\]")
    shell.run("./bin/tikv-server --config=tikv.toml &>tikv.out &", r"\[2\]")
    shell.run("./bin/pump --config=pump.toml &>pump.out &", r"\[3\]")
    shell.run("sleep 3")
    shell.run("./bin/tidb-server --config=tidb.toml &>tidb.out &", r"\[4\]")
    jobs.wait(lambda: sql_works(4000), "tidb-server takes connections")
    shell.run("jobs", *(rf"\[{i}\][-+ ]+ Running" for i in (1, 2, 3, 4)))
    say("The cluster runs")
    shell.run(r"mysql -h 127.0.0.1 -P 4000 -u root -e 'select tidb_version()\G'",
              r"tidb_version\(\): Release Version: .*Git Commit Hash: .*Check Table Before Drop: ")


def start_drainer(shell, jobs):
    say("Drainer writes into a MariaDB: ./quickstart mariadb stands in for `sudo systemctl start mariadb`")
    server = mariadb.start(jobs.directory)
    shell.run("./bin/drainer --config=drainer.toml &>drainer.out &", r"\[5\]")

    def checkpointed():
        try:
            return server.rows("select * from tidb_binlog.checkpoint")
        except ProgramFailed:
            return None
    jobs.wait(checkpointed, "drainer has written its checkpoint")
    client = shell.client("mysql -h 127.0.0.1 -P 3306 -u root", "mariadb")
    client.run("show databases;", r"\| tidb_binlog +\|")
    client.run("use tidb_binlog;", "Database changed")
    client.run("select * from checkpoint;", r"\| clusterID +\| checkPoint +.*\"commitTS\":\d+")
    client.quit()
    return server


def change_data(shell, jobs, server):
    say("Changes made in TiDB")
    client = shell.client(r"mysql -h 127.0.0.1 -P 4000 --prompt='TiDB [\d]> ' -u root", "tidb")
    client.run("create database tidbtest;", "Query OK, 0 rows affected")
    client.run("use tidbtest;", "Database changed")
    client.run("create table t1 (id int unsigned not null auto_increment primary key);",
               "Query OK, 0 rows affected")
    client.run("insert into t1 () values (),(),(),(),();",
               "Query OK, 5 rows affected.*Records: 5  Duplicates: 0  Warnings: 0")
    client.run("select * from t1;", FIVE_ROWS)
    client.quit()

    def arrived():
        try:
            return server.rows("select count(*) from tidbtest.t1") == [["5"]]
        except ProgramFailed:
            return False
    jobs.wait(arrived, "the rows have arrived in MariaDB")
    say("and in MariaDB they are")
    client = shell.client("mysql -h 127.0.0.1 -P 3306 -u root", "mariadb")
    client.run("use tidbtest;", "Database changed")
    client.run("show tables;", r"\| Tables_in_tidbtest \|.*\| t1 ")
    client.run("select * from t1;", FIVE_ROWS)
    client.quit()


def drainer_state(jobs):
    """As the registry has it."""
    out = subprocess.run([os.path.join(jobs.directory, "bin", "binlogctl"), "-cmd", "drainers"],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout
    found = re.search(r"State: (\w+)", out)
    return found and found.group(1)


def show_nodes(shell, jobs):
    say("The nodes, and what becomes of a drainer that is stopped")
    shell.run("./bin/binlogctl -cmd drainers", r"\[type=drainer\].*State: online")
    shell.run("./bin/binlogctl -cmd pumps", r"\[type=pump\].*State: online")
    shell.run("pkill drainer")
    jobs.wait(lambda: drainer_state(jobs) == "paused", "drainer has ended")
    shell.run("./bin/binlogctl -cmd drainers", r"State: paused")


def stop_cluster(shell, jobs):
    say("A clean stop, in the order in which data flows")
    shell.run("./bin/drainer --config=drainer.toml &>drainer.out &")
    jobs.wait(lambda: drainer_state(jobs) == "online", "drainer is back")
    output = shell.run(f'for p in {" ".join(PROGRAMS)}; do pkill "$p"; sleep 1; done')
    deadline = time.monotonic() + 60
    while len(done := [p for p in PROGRAMS if f"./bin/{p} " in output]) < len(PROGRAMS):
        if time.monotonic() > deadline:
            raise ProgramFailed(f"of {PROGRAMS} only {done} have ended")
        output += shell.run("sleep 0.5")
    if output.count("Done") < len(PROGRAMS) or "Exit" in output:
        raise ProgramFailed("not every program ended with Done")


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


def keep(directory):
    print(f"""
Everything goes on running in {directory}. Connect with
    mysql -h 127.0.0.1 -P 4000 -u root        # TiDB
    mysql -h 127.0.0.1 -P 3306 -u root        # MariaDB
and stop it in order with
    for p in {" ".join(PROGRAMS)}; do pkill "$p"; sleep 1; done; cd {directory} && {os.path.dirname(default_bin())}/quickstart mariadb stop""")


def walk(shell, jobs):
    write_config(shell, jobs.directory)
    start_cluster(shell, jobs)
    server = start_drainer(shell, jobs)
    change_data(shell, jobs, server)


def run(options):
    directory = tempfile.mkdtemp(prefix="tidb-binlog-quickstart-")
    os.symlink(default_bin(), os.path.join(directory, "bin"))
    jobs, shell, kept = Jobs(directory), None, False
    try:
        check_ports()
        shell = Shell(directory, os.environ["PATH"])
        walk(shell, jobs)
        if options.keep:
            shell.run("disown -a")
            kept = True
            keep(directory)
            return 0
        show_nodes(shell, jobs)
        stop_cluster(shell, jobs)
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
