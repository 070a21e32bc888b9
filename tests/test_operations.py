"""The recipes of docs/operations.md, typed in their order, and every configuration that the page shows."""
import os
import re
import signal
import subprocess

import pytest

import sides
from localcluster.process import free_port, wait_until
from test_server_kills import execute

PAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "docs", "operations.md")


def blocks(kind, section=""):
    with open(PAGE, encoding="utf-8") as f:
        text = f.read()
    if section:
        text = text.split(f"\n## {section}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.M | re.S)


class Shell:
    """Types blocks in the cluster's directory, at its addresses; what they start runs on until close()."""

    def __init__(self, cluster):
        self.directory = cluster.directory
        self.pids = os.path.join(self.directory, "typed.pids")
        self.ports = {"4000": cluster.ports["tidb"], "3306": cluster.mariadb.port, "8251": free_port(),
                      **{default: cluster.address(name).split(":")[1] for default, name in
                         (("2379", "pd"), ("8249", "drainer"), ("8250", "pump"))}}
        self.environment = {**os.environ, "PATH": cluster.bin + ":" + os.environ["PATH"]}

    def run(self, block):
        block = re.sub(r"\b(4000|3306|2379|8249|825[01])\b", lambda m: str(self.ports[m[0]]), block)
        with open(os.path.join(self.directory, "typed.out"), "a+", encoding="utf-8") as out:
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", f"{block}\njobs -p >> {self.pids}"], cwd=self.directory,
                                  env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, timeout=180, check=False)
            out.seek(0)
            assert done.returncode == 0, f"{block}\nended with {done.returncode}\n{out.read()[-3000:]}"

    def running(self):
        """Of those that were started."""
        if not os.path.exists(self.pids):
            return []
        with open(self.pids, encoding="utf-8") as f:
            return [pid for pid in map(int, f.read().split()) if os.path.exists(f"/proc/{pid}")]

    def close(self):
        for pid in self.running():
            os.kill(pid, signal.SIGTERM)
        wait_until(lambda: not self.running(), 60, "the programs that were typed end")


@pytest.fixture
def shell(running_upstream):
    made = Shell(running_upstream)
    yield made
    made.close()


@pytest.fixture
def running_upstream(cluster):
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    cluster.start_tidb()
    cluster.mariadb.start()
    pump, drainer, pd = cluster.address("pump"), cluster.address("drainer"), cluster.address("pd")
    with open(os.path.join(cluster.directory, "pump.toml"), "w", encoding="utf-8") as f:
        f.write(f'node-id = "pump"\naddr = "{pump}"\ndata-dir = "pump.data"\nlog-file = "pump.log"\npd-urls = "http://{pd}"\n'
                '[storage]\nstop-write-at-available-space = "0MB"\n')
    with open(os.path.join(cluster.directory, "drainer.toml"), "w", encoding="utf-8") as f:
        f.write(f'node-id = "drainer"\naddr = "{drainer}"\ndata-dir = "drainer.data"\nlog-file = "drainer.log"\n'
                f'pd-urls = "http://{pd}"\n{cluster.drainer_config()}')
    return cluster


def has_arrived(cluster):
    """Everything committed before is downstream."""
    ts = cluster.pd.tso()
    wait_until(lambda: cluster.checkpoint_ts() >= ts, 120, "drainer has applied everything", poll=0.2)
    left, right = sides.connect(cluster.ports["tidb"]), sides.connect(cluster.mariadb.port)
    return sides.rows(left, "shop", "orders") == sides.rows(right, "shop", "orders")


def test_recipes(running_upstream, shell):
    cluster = running_upstream
    execute(cluster, "create database shop", "create table shop.orders (id int primary key, v varchar(60))",
            "create table shop.gone (id int primary key)", "insert into shop.orders values (1, 'before the dump')")
    dump, maintenance, refused, pumps, swap = blocks("sh", "Recipes")
    shell.run(dump)
    execute(cluster, "insert into shop.orders values (2, 'after it')", "update shop.orders set v = 'changed' where id = 1")
    assert has_arrived(cluster)
    shell.run(maintenance)
    execute(cluster, "insert into shop.orders values (3, 'in the second run')")
    assert has_arrived(cluster)
    cluster.mariadb.run("drop table shop.gone")
    execute(cluster, "create view shop.overview as select id from shop.gone", "insert into shop.orders values (4, 'behind the DDL')")
    wait_until(lambda: not shell.running(), 60, "drainer stops at the DDL")
    shell.run(refused)
    assert has_arrived(cluster)
    assert cluster.mariadb.rows("show tables from shop") == [["orders"], ["overview"]]
    shell.run(pumps)
    execute(cluster, "insert into shop.orders values (5, 'through the pump that stayed')")
    assert has_arrived(cluster)
    shell.run(swap)
    execute(cluster, "insert into shop.orders values (6, 'after the change of programs')")
    assert has_arrived(cluster)


def test_every_configuration_shown_is_accepted(running_upstream, shell):
    """Drainer's, each beside what it needs; rules of DDL in the file that names them."""
    shown = blocks("toml")
    assert len(shown) >= 4
    for number, block in enumerate(shown):
        path = os.path.join(running_upstream.directory, f"shown{number}.toml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(block)
        if "[[rule]]" in block:
            config, path = path, path + ".drainer"
            with open(path, "w", encoding="utf-8") as f:
                f.write(f'[syncer]\ndb-type = "mysql"\nddl-rules = "{config}"\n[syncer.to]\nhost = "127.0.0.1"\n')
        else:
            with open(path, "a", encoding="utf-8") as f:
                f.write('\n[syncer.to]\nhost = "127.0.0.1"\nuser = "root"\n')
        shell.run(f"drainer -config {path} -check-config")
        with open(path, "a", encoding="utf-8") as f:
            f.write("[syncer.no-such-table]\n")
        with pytest.raises(AssertionError):
            shell.run(f"drainer -config {path} -check-config")
