"""A private MySQL server. Debian 12 has none: it is the one of Debian's unstable suite, kept apart with its libraries."""
import glob
import os
import shutil
import subprocess

from .mariadb import MariaDb
from .process import ProgramFailed

SUITE = "sid"
PACKAGE = "mysql-server-core"


class NotPackaged(ProgramFailed):
    """The suite has no MySQL at the moment, or none that can be installed."""


def installed_mysql():
    """Where MySQL's tree is; fetched the first time, some 60 MB. NotPackaged, or ProgramFailed when fetching fails."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    root = os.path.join(cache, "tidb-binlog-tests", "mysql")
    if not os.path.exists(os.path.join(root, "complete")):
        _fetch(root)
    return root


def _fetch(root):
    apt = os.path.join(root, "apt")
    for folder in ("state/lists/partial", "cache/archives/partial"):
        os.makedirs(os.path.join(apt, folder), exist_ok=True)
    with open(os.path.join(apt, "status"), "w", encoding="utf-8"):
        pass  # as if nothing were installed, so that the libraries come along
    with open(os.path.join(apt, "sources"), "w", encoding="utf-8") as f:
        f.write(f"deb {_mirror()} {SUITE} main\n")
    options = {"Dir::State": f"{apt}/state", "Dir::State::status": f"{apt}/status", "Dir::Cache": f"{apt}/cache",
               "Dir::Etc::sourcelist": f"{apt}/sources", "Dir::Etc::sourceparts": "-", "APT::Sandbox::User": "root",
               "Acquire::Languages": "none", "Acquire::Retries": "3"}
    command = ["apt-get", "-q"] + [f"-o{k}={v}" for k, v in options.items()]
    _run(command + ["update"])
    planned = [*command, "-y", "--no-install-recommends", "install", PACKAGE]
    if subprocess.run([*planned, "--simulate"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode:
        raise NotPackaged(f"Debian's {SUITE} has no {PACKAGE} that can be installed")
    _run([*planned, "--download-only"])
    archives = os.path.join(apt, "cache", "archives")
    for file in sorted(os.listdir(archives)):
        if file.endswith(".deb"):
            _run(["dpkg-deb", "-x", os.path.join(archives, file), root])
    shutil.rmtree(apt)
    with open(os.path.join(root, "complete"), "w", encoding="utf-8"):
        pass


def _mirror():
    """The one that this machine takes its own packages from."""
    policy = _run(["apt-cache", "policy"])
    for line in policy.split("\n"):
        words = line.split()
        if len(words) > 2 and words[1].startswith("http") and words[1].rstrip("/").endswith("/debian"):
            return words[1]
    raise ProgramFailed(f"no mirror of Debian among this machine's package sources\n{policy}")


def _run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=900, check=False)
    if done.returncode != 0:
        raise ProgramFailed(f"MySQL's server cannot be had from Debian's {SUITE}: {' '.join(command[-3:])}\n{done.stdout[-2000:]}")
    return done.stdout


class MySql(MariaDb):
    """Like MariaDb: root without a password on 127.0.0.1:<port>."""

    kind = "mysql"

    def _program(self):
        root = installed_mysql()
        loader = glob.glob(f"{root}/usr/lib/*-linux-gnu/ld-linux-*.so.*")[0]
        return [loader, "--library-path", os.path.dirname(loader), f"{root}/usr/sbin/mysqld"]

    def _initialize(self):
        with open(self._path("init.sql"), "w", encoding="utf-8") as f:
            f.write("rename user root@localhost to root@'%';\n")  # an address that nobody resolves is no localhost
        self._run_or_fail(self._program() + ["--no-defaults", "--initialize-insecure", "--user=root",
                                             f"--datadir={self._path('data')}", f"--basedir={installed_mysql()}/usr",
                                             f"--init-file={self._path('init.sql')}"])

    def _command(self):
        return self._program() + self._common_options() + [
            f"--basedir={installed_mysql()}/usr", "--innodb-redo-log-capacity=96M", "--secure-file-priv=NULL", "--mysqlx=OFF", "--skip-log-bin"]
