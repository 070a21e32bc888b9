"""Starts a private MariaDB on 127.0.0.1:3306, root without a password; stands in for `systemctl start mariadb`.

Its data stands in mariadb.data of the current directory and stays there, so that a second start goes on with it.
"""
import os

from localcluster.mariadb import MariaDb
from localcluster.process import ProgramFailed, port_is_busy, wait_until

PORT = 3306
DATA = "mariadb.data"


def add_arguments(parser):
    parser.add_argument("action", nargs="?", default="start", choices=("start", "stop"))


def start(directory, port=PORT):
    """A MariaDB that outlives this process."""
    if port_is_busy(port):
        raise ProgramFailed(f"port {port} of 127.0.0.1 is in use: a MariaDB or MySQL is running already? "
                            "docs/tutorial.md tells how drainer uses Debian's own MariaDB")
    server = MariaDb(os.path.join(directory, DATA), port, ["--innodb-flush-log-at-trx-commit=1"])
    server.start(own_session=True)
    # What a cluster's own database `test` takes needs one of that name here; MariaDB's packages make it.
    server.run("create database if not exists test")
    return server


def stop(directory):
    """Asks the MariaDB of `directory` to end, and waits for it; False when there is none."""
    pid_file = os.path.join(directory, DATA, "mariadb.pid")
    try:
        with open(pid_file, encoding="ascii") as f:
            pid = int(f.read())
        os.kill(pid, 15)
    except (OSError, ValueError):
        return False
    wait_until(lambda: not os.path.exists(pid_file), 60, "MariaDB has ended", poll=0.1)
    return True


def run(options):
    directory = os.environ.get("TBL_CWD") or os.getcwd()
    if options.action == "stop":
        print("MariaDB is stopped" if stop(directory) else "no MariaDB of ./quickstart runs here")
        return 0
    try:
        server = start(directory)
    except ProgramFailed as error:
        print(f"./quickstart mariadb failed: {error}")
        return 1
    print(f"MariaDB {server.rows('select version()')[0][0]} listens on 127.0.0.1:{PORT}, root without a "
          f"password.\nData: {server.directory}. Stop it with ./quickstart mariadb stop")
    return 0
