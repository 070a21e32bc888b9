"""pd-server, tikv-server, pumps and drainers on this machine."""
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request

from .capture import history_mutations
from .mariadb import MariaDb
from .pdclient import Pd, Tikv
from .process import Process, ProgramFailed, free_port, wait_until
from .stubs import ROOT

DAY_MS = 24 * 3600 * 1000


def default_bin():
    return os.environ.get("TBL_BIN") or os.path.join(ROOT, "bin")


def http_get(url, timeout=5):
    """Body of `url`, or None when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as reply:
            return reply.read().decode()
    except (urllib.error.URLError, OSError):
        return None


class Cluster:
    """Programs in `directory`, from `bin_dir`. Ports are free ones unless given."""

    def __init__(self, directory, bin_dir=None, ports=None, mariadb_options=()):
        self.directory = str(directory)
        self.bin = bin_dir or default_bin()
        self.ports = ports or {}
        os.makedirs(self.directory, exist_ok=True)
        self.clock_file = os.path.join(self.directory, "clock")
        self.pd_process = None
        self.tikv_process = None
        self.tidb_process = None
        self.pumps = {}
        self.drainers = {}
        self.pd = None
        self.pd_addresses = None  # of several; else the one named "pd"
        self.mariadb = MariaDb(os.path.join(self.directory, "mariadb"), self._port("mariadb"),
                               mariadb_options)

    def _port(self, name):
        return self.ports.setdefault(name, free_port())

    def address(self, name):
        return f"127.0.0.1:{self._port(name)}"

    def _pd_addresses(self):
        return self.pd_addresses or self.address("pd")

    def _pd_urls(self):
        return ",".join(f"http://{address}" for address in self._pd_addresses().split(","))

    def _process(self, name, program, arguments):
        return Process(name, [os.path.join(self.bin, program), *arguments], self.directory)

    # PD's clock -----------------------------------------------------------------------------------

    def set_clock(self, offset_ms):
        """PD's clock is the machine's plus this, from its next tick on."""
        temp = self.clock_file + ".new"
        with open(temp, "w", encoding="ascii") as f:
            f.write(f"{int(offset_ms)}\n")
        os.replace(temp, self.clock_file)

    def set_clock_before(self, ts):
        """PD's clock reads one day before `ts`."""
        self.set_clock((ts >> 18) - DAY_MS - time.time() * 1000)

    def set_clock_after(self, ts):
        """PD's clock reads a minute after `ts`."""
        self.set_clock(max(0, (ts >> 18) + 60000 - time.time() * 1000))

    # programs -------------------------------------------------------------------------------------

    def start_pd(self):
        if not os.path.exists(self.clock_file):
            self.set_clock(0)
        url = f"http://{self.address('pd')}"
        self.pd_process = self._process("pd", "pd-server", [
            "--name=pd", "--data-dir=pd.data", "--log-file=pd.log", f"--client-urls={url}",
            f"--peer-urls=http://{self.address('pd-peer')}", f"-clock-file={self.clock_file}"]).start()
        self.pd_process.wait_ready(lambda: http_get(url + "/pd/api/v1/members"))
        self.pd = Pd(self.address("pd"))

    def start_tikv(self, unrest=""):
        """`unrest`: more keys of the section [test], for three stores whose regions do not come to rest."""
        extra = [f"--config={self._unrest_config(unrest)}"] if unrest else []
        self.tikv_process = self._process("tikv", "tikv-server", [
            f"--addr={self.address('tikv')}", f"--status-addr={self.address('tikv-status')}",
            "--data-dir=tikv.data", "--log-file=tikv.log", f"--pd-endpoints={self._pd_addresses()}", *extra]).start()
        # PD remembers the leaders of a store that is gone: only what the store itself serves counts.
        self.tikv_process.wait_ready(self._store_serves)

    def _unrest_config(self, unrest):
        path = os.path.join(self.directory, "tikv.toml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f'[test]\nstore-addrs = ["{self.address("tikv-2")}", "{self.address("tikv-3")}"]\n{unrest}\n')
        return path

    def _store_serves(self):
        """This process answers on its status port, PD has heard from it, and a read of the store succeeds."""
        status = http_get(f"http://{self.address('tikv-status')}/status")
        if status is None or not self._region_has_leader():
            return False
        tikv = Tikv(self.address("tikv"), self.pd)
        try:
            return tikv.serves()
        finally:
            tikv.close()

    def _region_has_leader(self):
        regions = next(filter(None, (http_get(f"{url}/pd/api/v1/regions") for url in self._pd_urls().split(","))), None)
        return regions and any(r.get("leader") for r in json.loads(regions).get("regions") or [])

    def start_pump(self, name="pump", wait=True, extra=()):
        """Registered as node id <name>; data in <name>.data. A `-config` among `extra` takes the place of the default."""
        address = self.address(name)
        if not any(argument.startswith("-config") for argument in extra):
            extra = [*extra, f"-config={self._pump_config(name)}"]
        process = self._process(name, "pump", [
            f"-node-id={name}", f"-addr={address}", f"-advertise-addr={address}", f"-data-dir={name}.data",
            f"-pd-urls={self._pd_urls()}", f"-log-file={name}.log", *extra]).start()
        self.pumps[name] = process
        if wait:
            process.wait_ready(lambda: self.node_state("pumps", name) == "online" and
                               http_get(f"http://{address}/status"))
        return process

    def _pump_config(self, name):
        """Pump's own limit of 10 GiB is more than a machine of tests may have free."""
        path = os.path.join(self.directory, f"{name}.toml")
        with open(path, "w", encoding="utf-8") as f:
            f.write('[storage]\nstop-write-at-available-space = "100MB"\n')
        return path

    def start_drainer(self, name="drainer", wait=True, config="", initial_commit_ts=-1, extra=()):
        address = self.address(name)
        config_file = os.path.join(self.directory, f"{name}.toml")
        with open(config_file, "w", encoding="utf-8") as f:
            f.write(config or self.drainer_config())
        process = self._process(name, "drainer", [
            f"-node-id={name}", f"-addr={address}", f"-data-dir={name}.data", f"-config={config_file}",
            f"-pd-urls={self._pd_urls()}", f"-log-file={name}.log",
            f"-initial-commit-ts={initial_commit_ts}", *extra]).start()
        self.drainers[name] = process
        if wait:
            self.wait_drainer(name)
        return process

    def wait_drainer(self, name="drainer"):
        """Until it serves: that it has ended is an error."""
        self.drainers[name].wait_ready(lambda: http_get(f"http://{self.address(name)}/status"), timeout=60)

    def start_tidb(self, wait=True, config="", extra=()):
        """tidb-server with binlog, on the ports "tidb" (MySQL) and "tidb-status"."""
        config_file = os.path.join(self.directory, "tidb.toml")
        with open(config_file, "w", encoding="utf-8") as f:
            f.write(config or f'store = "tikv"\npath = "{self._pd_addresses()}"\nlease = "1s"\n'
                              '[log.file]\nfilename = "tidb.log"\n[binlog]\nenable = true\n')
        self.tidb_process = self._process("tidb", "tidb-server", [
            f"-config={config_file}", "-host=127.0.0.1", f"-P={self._port('tidb')}",
            "-status-host=127.0.0.1", f"-status={self._port('tidb-status')}", *extra]).start()
        if wait:
            self.tidb_process.wait_ready(self._tidb_serves, timeout=120)
        return self.tidb_process

    def start_everything(self):
        """In the tutorial's order: the cluster with tidb-server, then a MariaDB and a drainer that follows."""
        self.start_pd()
        self.start_tikv()
        self.start_pump()
        self.start_tidb()
        self.mariadb.start()
        self.start_drainer()

    def _tidb_serves(self):
        try:
            with socket.create_connection(("127.0.0.1", self._port("tidb")), timeout=5) as connection:
                return b"TiDB" in connection.recv(200)
        except OSError:
            return False

    def drainer_config(self, syncer="", to=""):
        return ("detect-interval = 1\n"
                "[syncer]\n"
                'db-type = "mysql"\n'
                'ignore-schemas = "INFORMATION_SCHEMA,PERFORMANCE_SCHEMA,mysql"\n'
                f"{syncer}\n"
                "[syncer.to]\n"
                f'host = "127.0.0.1"\nport = {self.mariadb.port}\nuser = "root"\npassword = ""\n{to}\n')

    def binlogctl(self, *arguments):
        return subprocess.run([os.path.join(self.bin, "binlogctl"),
                               f"-pd-urls={self._pd_urls()}", *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)

    # state ----------------------------------------------------------------------------------------

    def node_state(self, kind, node_id):
        """State in the registry, or None."""
        out = subprocess.run(
            ["etcdctl", "--endpoints", self._pd_addresses(), "get", "--print-value-only",
             f"/tidb-binlog/v1/{kind}/{node_id}"],
            env={**os.environ, "ETCDCTL_API": "3"}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            check=False).stdout
        return json.loads(out)["state"] if out.strip() else None

    def checkpoint_ts(self, name="drainer"):
        """Commit ts up to which the drainer says everything is downstream; 0 when it does not answer."""
        body = http_get(f"http://{self.address(name)}/commit_ts")
        try:
            return json.loads(body)["data"]["ts"] if body else 0
        except (ValueError, KeyError, TypeError):
            return 0

    def log(self, name="drainer"):
        """What the program has logged; empty before it has begun."""
        path = os.path.join(self.directory, f"{name}.log")
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8") as log:
            return log.read()

    def load_history(self, jobs):
        """Puts DDL jobs where TiDB keeps its history."""
        tikv = Tikv(self.address("tikv"), self.pd)
        pairs = history_mutations(jobs)
        for i in range(0, len(pairs), 64):
            tikv.write(pairs[i:i + 64])
        tikv.close()

    def tikv(self):
        return Tikv(self.address("tikv"), self.pd)

    def wait_caught_up(self, ts, name="drainer", timeout=120, watch=True):
        """Waits until the drainer's checkpoint is at least `ts`."""
        def caught_up():
            if watch and not self.drainers[name].running():
                raise ProgramFailed(f"{name} ended\n{self.drainers[name].tail()}")
            return self.checkpoint_ts(name) >= ts
        wait_until(caught_up, timeout, f"{name} has applied everything up to {ts}", poll=0.1)

    def processes(self):
        everything = [self.tidb_process, *self.drainers.values(), *self.pumps.values(), self.tikv_process,
                      self.pd_process]
        return [p for p in everything if p]

    def stop(self):
        """Stops everything in order, kills what does not obey."""
        for process in self.processes():
            try:
                process.terminate(timeout=30)
            except Exception:  # noqa: what does not end is killed, whatever the reason
                process.kill()
        if self.mariadb.process:
            self.mariadb.stop()

    def tails(self):
        return "\n".join(p.tail() for p in self.processes())
