"""Every way into and out of pump's states, and a PD that is not there."""
import json
import os
import subprocess
import threading
import time

import grpc
import pytest

from localcluster.cluster import http_get
from localcluster.process import free_port, wait_until
from pumpclient import WRITE, Client, FakeDrainer, http, put_drainer, refusal


@pytest.fixture
def running(store):
    store.start_pump()
    return store


@pytest.fixture
def drainers(cluster):
    """Makes fake drainers and stops them."""
    made = []

    def make(name="drainer", notified_at_once=True):
        drainer = FakeDrainer(cluster, name)
        if notified_at_once:
            drainer.hold.set()
        made.append(drainer)
        return drainer
    yield make
    for drainer in made:
        drainer.stop()


def status_of(cluster, name="pump"):
    """What the registry has."""
    out = subprocess.run(["etcdctl", "--endpoints", cluster.address("pd"), "get", "--print-value-only",
                          f"/tidb-binlog/v1/pumps/{name}"], env={**os.environ, "ETCDCTL_API": "3"},
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    return json.loads(out) if out.strip() else None


def why(cluster, name="pump"):
    body = http_get(f"http://{cluster.address(name)}/debug/why")
    return json.loads(body) if body else {}


def action(cluster, what):
    return json.loads(http("PUT", f"http://{cluster.address('pump')}/state/pump/{what}")[1])


# killed in each state ---------------------------------------------------------------------------

def test_killed_before_the_drainers_know_it(store, drainers):
    """The registry says online already: the next start must tell them all the same."""
    drainer = drainers(notified_at_once=False)
    process = store.start_pump(wait=False)
    wait_until(lambda: drainer.notified, 20, "the drainer is told")
    assert store.node_state("pumps", "pump") == "online"
    process.kill()
    told = drainer.notified
    store.start_pump(wait=False)
    wait_until(lambda: drainer.notified > told, 20, "the drainer is told again")
    client = Client(store)
    start_ts = store.pd.tso()
    request = client.request(client.record(client.binlog.Prewrite, start_ts, prewrite_key=b"k"))
    future = client.caller.unary_future(WRITE, request, client.messages.WriteBinlogResp)
    wait_until(lambda: why(store).get("nodeID") == "pump", 20, "pump answers")
    assert not future.done(), "no prewrite before the drainer knows the pump"
    drainer.hold.set()
    future.result(timeout=10)
    client.commit(start_ts, store.pd.tso())
    assert client.first_real().start_ts == start_ts
    told = drainer.notified
    store.pumps["pump"].kill()
    store.start_pump()
    client.transaction()  # taken only when nobody is left to be told
    assert drainer.notified == told, "they know it now"


def test_signal_while_it_waits_for_drainers(store, drainers):
    drainer = drainers(notified_at_once=False)
    process = store.start_pump(wait=False)
    wait_until(lambda: drainer.notified, 20, "the drainer is told")
    assert process.terminate() == 0
    assert store.node_state("pumps", "pump") == "offline"


def test_killed_online(running, drainers):
    drainer = drainers()
    client = Client(running)
    start_ts, commit_ts = client.transaction()
    running.pumps["pump"].kill()
    assert running.node_state("pumps", "pump") == "online", "nobody was there to change it"
    running.start_pump()
    record = client.first_real()
    assert (record.start_ts, record.commit_ts) == (start_ts, commit_ts)
    client.transaction()
    assert drainer.notified == 0, "drainers know a pump that was online"


def test_killed_while_closing(running):
    client = Client(running)
    start_ts = running.pd.tso()
    client.prewrite(start_ts)
    assert action(running, "close")["code"] == 200
    assert refusal(client.prewrite, running.pd.tso())[1] == "no online: closing"
    running.pumps["pump"].kill()
    running.start_pump()
    commit_ts = running.pd.tso()
    client.commit(start_ts, commit_ts)
    assert client.first_real().commit_ts == commit_ts
    assert action(running, "close")["code"] == 200
    assert running.pumps["pump"].wait() == 0
    assert running.node_state("pumps", "pump") == "offline"


def test_signal_ends_the_wait_of_a_close(running):
    client = Client(running)
    client.prewrite(running.pd.tso())
    assert action(running, "close")["code"] == 200
    assert running.pumps["pump"].terminate() == 0
    assert running.node_state("pumps", "pump") == "online", "it was not safe to be offline"
    running.start_pump()


def test_from_paused_and_from_offline(running, drainers):
    drainer = drainers()
    assert action(running, "pause")["code"] == 200
    assert running.pumps["pump"].wait() == 0
    assert running.node_state("pumps", "pump") == "paused"
    running.start_pump()
    client = Client(running)
    client.transaction()
    assert drainer.notified == 0
    put_drainer(running, "drainer", f"127.0.0.1:{drainer.port}", max_commit_ts=1 << 62)
    assert action(running, "close")["code"] == 200
    assert running.pumps["pump"].wait() == 0
    assert running.node_state("pumps", "pump") == "offline"
    running.start_pump()
    client.transaction()
    assert drainer.notified == 1
    for wrong in ("online", "offline", "x"):
        assert action(running, wrong) == {"message": f"invalide action {wrong}", "code": 3, "data": None}


# forgotten states and doubles --------------------------------------------------------------------

def test_forgotten_online_of_a_dead_pump(running, drainers):
    """Set offline by hand: when it comes back it is a new pump to the drainers."""
    drainer = drainers()
    running.pumps["pump"].kill()
    done = running.binlogctl("-cmd=update-pump", "-node-id=pump", "-state=offline")
    assert done.returncode == 0, done.stdout
    running.start_pump()
    Client(running).transaction()
    assert drainer.notified == 1


def test_second_process_with_the_same_id(running):
    other = running.start_pump("other", wait=False, extra=["-node-id=pump"])
    assert other.wait() == 1
    assert f"node id pump is in use: a pump answers as it at {running.address('pump')}" in running.log("other")
    Client(running).transaction()
    assert status_of(running)["host"] == running.address("pump")
    running.pumps["pump"].kill()
    running.start_pump("other", wait=False, extra=["-node-id=pump"])
    wait_until(lambda: (status_of(running) or {}).get("host") == running.address("other"), 20,
               "the other one has the id now")
    Client(running, "other").transaction()


def test_another_pump_at_the_registered_address(store):
    """A move of addresses: somebody answers there, but not as this id."""
    store.start_pump("one")
    store.pumps["one"].terminate()
    store.ports["two"] = store.ports["one"]
    store.ports["one"] = free_port()
    store.start_pump("two")
    store.start_pump("one")
    Client(store, "one").transaction()


# offline under load ------------------------------------------------------------------------------

class Reader(threading.Thread):
    """Pulls like a drainer and tells the registry how far it is."""

    def __init__(self, cluster, name):
        super().__init__(daemon=True)
        self.cluster = cluster
        self.name = name
        self.client = Client(cluster)
        self.read = []
        self.last = 0
        self.told = -1
        self.ended = None
        put_drainer(cluster, name, "127.0.0.1:1")

    def run(self):
        try:
            for answer in self.client.pull(timeout=60):
                record = self.client.binlog.Binlog.FromString(answer.entity.payload)
                if record.start_ts != record.commit_ts:
                    self.read.append((record.start_ts, record.commit_ts))
                self.last = record.commit_ts
            self.ended = "OK"
        except grpc.RpcError as error:
            self.ended = error.code()

    def tell(self):
        if self.told != self.last:
            self.told = self.last
            put_drainer(self.cluster, self.name, "127.0.0.1:1", max_commit_ts=self.told)


class Writer(threading.Thread):
    """Writes transactions until pump takes no more."""

    def __init__(self, cluster):
        super().__init__(daemon=True)
        self.client = Client(cluster)
        self.done = []
        self.refused = None

    def run(self):
        while self.refused is None:
            start_ts = self.client.cluster.pd.tso()
            try:
                self.client.prewrite(start_ts)
            except grpc.RpcError as error:
                self.refused = error.details()
                return
            commit_ts = self.client.cluster.pd.tso()
            self.client.commit(start_ts, commit_ts)
            self.done.append((start_ts, commit_ts))


def test_offline_under_load_with_two_readers(running):
    readers = [Reader(running, "fast"), Reader(running, "slow")]
    writers = [Writer(running) for _ in range(4)]
    for thread in readers + writers:
        thread.start()
    wait_until(lambda: all(len(w.done) >= 20 for w in writers), 60, "there is load")
    assert action(running, "close")["code"] == 200
    for writer in writers:
        writer.join(60)
        assert writer.refused == "no online: closing"
    expected = sorted((w for writer in writers for w in writer.done), key=lambda t: t[1])
    wait_until(lambda: all(len(r.read) == len(expected) for r in readers), 60, "both have read everything")
    readers[0].tell()
    assert running.pumps["pump"].running(), "one drainer is not through"
    deadline = time.monotonic() + 60
    while running.pumps["pump"].running() and time.monotonic() < deadline:
        for reader in readers:  # pump writes fakes meanwhile, which let a drainer pass its last ts
            reader.tell()
        time.sleep(0.1)
    assert running.pumps["pump"].wait() == 0
    assert running.node_state("pumps", "pump") == "offline"
    for reader in readers:
        reader.join(30)
        assert reader.ended == "OK"
        assert reader.read == expected


# PD ----------------------------------------------------------------------------------------------

def test_pd_comes_later(cluster):
    process = cluster.start_pump(wait=False)
    wait_until(lambda: process.running() and "cannot reach PD" in cluster.log("pump"), 20, "pump looks for PD")
    cluster.start_pd()
    cluster.start_tikv()
    wait_until(lambda: cluster.node_state("pumps", "pump") == "online", 30, "pump has found PD")
    Client(cluster).transaction()


def test_signal_while_there_is_no_pd(cluster):
    process = cluster.start_pump(wait=False)
    wait_until(lambda: process.running() and "cannot reach PD" in cluster.log("pump"), 20, "pump looks for PD")
    assert process.terminate() == 0


def test_pd_is_away_while_binlogs_come(running):
    """Neither writing nor reading needs PD; the registry catches up when it is back."""
    client = Client(running)
    first = client.transaction()
    ts = [running.pd.tso() for _ in range(40)]
    running.pd_process.kill()
    transactions = list(zip(ts[::2], ts[1::2]))
    for start_ts, commit_ts in transactions:
        client.prewrite(start_ts)
        client.commit(start_ts, commit_ts)
    stream = client.pull()
    read = []
    while len(read) < 1 + len(transactions):
        record = client.binlog.Binlog.FromString(next(stream).entity.payload)
        if record.start_ts != record.commit_ts:
            read.append((record.start_ts, record.commit_ts))
    assert read == [first] + transactions
    wait_until(lambda: "send heartbeat error" in running.log("pump"), 30, "heartbeats fail")
    running.start_pd()
    wait_until(lambda: (status_of(running) or {}).get("maxCommitTS", 0) > ts[-1], 60,
               "heartbeat and fake binlogs are back")
    client.transaction()


def test_pd_moves_to_another_endpoint(cluster):
    old, new = free_port(), free_port()
    cluster.ports["pd"] = old
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump(extra=[f"-pd-urls=http://127.0.0.1:{old},http://127.0.0.1:{new}"])
    client = Client(cluster)
    client.transaction()
    assert cluster.pd_process.terminate() == 0
    cluster.ports["pd"] = new
    cluster.start_pd()
    moved_at = cluster.pd.tso()
    wait_until(lambda: (status_of(cluster) or {}).get("maxCommitTS", 0) > moved_at, 60,
               "pump has found PD at its new endpoint")
    client.transaction()
