"""Several pd-servers: one leads, the others follow, and everything goes on when the leader changes."""
import json
import os
import signal
import subprocess
import urllib.error
import urllib.request

import grpc
import pytest

import sides
from background import Background
from localcluster import stubs
from localcluster.cluster import http_get
from localcluster.pdclient import Pd
from localcluster.process import wait_until
from test_server_kills import TABLES, Writer, arrived, end, execute


class Members:
    """Three pd-servers of one cluster, whose programs know all of them."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.names = ["pd", "pd-2", "pd-3"]
        self.processes = {}
        cluster.set_clock(0)
        cluster.pd_addresses = ",".join(cluster.address(name) for name in self.names)
        for name in self.names:
            self.start(name)
        wait_until(lambda: self.leader() is not None, 60, "PD has a leader")
        for process in self.processes.values():
            process.wait_ready(lambda: True)
        cluster.pd_process = self.processes["pd"]
        cluster.pd = Pd(self.address(self.leader()))

    def address(self, name):
        return self.cluster.address(name)

    def url(self, name, path):
        return f"http://{self.address(name)}/pd/api/v1/{path}"

    def start(self, name, *how):
        peers = ",".join(f"{n}=http://{self.address(n + '-peer')}" for n in self.names)
        self.processes[name] = self.cluster._process(name, "pd-server", [
            f"--name={name}", f"--data-dir={name}.data", f"--log-file={name}.log",
            f"--client-urls=http://{self.address(name)}", f"--peer-urls=http://{self.address(name + '-peer')}",
            f"-clock-file={self.cluster.clock_file}", *(how or [f"--initial-cluster={peers}"])]).start()

    def leader(self):
        """Its name, as those who run agree; None while they do not."""
        told = set()
        for name, process in self.processes.items():
            if not process.running():
                continue
            body = http_get(self.url(name, "members"))
            told.add(json.loads(body).get("leader", {}).get("name") if body else None)
        return told.pop() if len(told) == 1 else None

    def new_leader(self, old):
        wait_until(lambda: self.leader() not in (None, old), 60, f"another one leads than {old}")
        return self.leader()

    def stop(self):
        for process in self.processes.values():
            process.kill()


@pytest.fixture
def members(cluster):
    made = Members(cluster)
    yield made
    # Stores and others first: they wait for PD when they stop.
    cluster.stop()
    made.stop()


def post(url):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=10) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code


def refused(caller, method, request, response):
    with pytest.raises(grpc.RpcError) as caught:
        caller.unary(f"/pdpb.PD/{method}", request, response)
    return caught.value.code(), caught.value.details()


def test_followers_name_the_leader_and_pass_http_on(members):
    leader = members.leader()
    follower = next(n for n in members.names if n != leader)
    m = members.cluster.pd.messages
    caller = stubs.Caller(members.address(follower))
    told = caller.unary("/pdpb.PD/GetMembers", m.GetMembersRequest(), m.GetMembersResponse)
    assert (told.leader.name, told.etcd_leader.name) == (leader, leader)
    assert sorted(x.name for x in told.members) == members.names
    assert told.leader.client_urls == [f"http://{members.address(leader)}"]
    header = m.RequestHeader(cluster_id=told.header.cluster_id)
    not_leader = (grpc.StatusCode.UNAVAILABLE, "not leader")
    assert refused(caller, "AllocID", m.AllocIDRequest(header=header), m.AllocIDResponse) == not_leader
    # Whoever is no leader does not look at the rest.
    assert refused(caller, "GetStore", m.GetStoreRequest(), m.GetStoreResponse) == not_leader
    stream = caller.channel.stream_stream(
        "/pdpb.PD/Tso", request_serializer=lambda x: x.SerializeToString(),
        response_deserializer=m.TsoResponse.FromString)(iter([m.TsoRequest(header=header, count=1)]))
    with pytest.raises(grpc.RpcError) as caught:
        next(stream)
    assert (caught.value.code(), caught.value.details()) == not_leader
    assert json.loads(http_get(members.url(follower, "leader")))["name"] == leader
    assert http_get(members.url(follower, "cluster/status")) == http_get(members.url(leader, "cluster/status"))
    assert [x["health"] for x in json.loads(http_get(members.url(follower, "health")))] == [True] * 3
    # etcd is one, whoever is asked.
    for name, arguments in ((follower, ("put", "/k", "v")), (leader, ("get", "/k", "--print-value-only"))):
        out = subprocess.run(["etcdctl", "--endpoints", members.address(name), *arguments], env={"ETCDCTL_API": "3",
                             "PATH": "/usr/bin:/bin"}, stdout=subprocess.PIPE, check=True).stdout
    assert out == b"v\n"
    caller.close()


class Clock(Background):
    """Takes timestamps without a pause, from whoever leads; each must be above the one before."""

    def __init__(self, members):
        super().__init__()
        self.members = members
        self.stamps = []

    def run(self):
        pds = {}
        while not self.stop.is_set():
            for name in self.members.names:
                try:
                    if name not in pds:
                        pds[name] = Pd(self.members.address(name))
                    self.stamps.append((pds[name].tso(), name))
                except (grpc.RpcError, StopIteration):
                    continue


def test_timestamps_grow_over_every_change_of_the_leader(members):
    with Clock(members) as clock:
        for change in ("resign", "kill", "transfer", "freeze"):
            old = members.leader()
            seen = len(clock.stamps)
            wait_until(lambda: len(clock.stamps) > seen + 20, 30, "timestamps are given out")
            if change == "resign":
                assert post(members.url(members.names[0], "leader/resign")) == 200
            elif change == "transfer":
                target = next(n for n in members.names if n != old)
                assert post(members.url(old, f"leader/transfer/{target}")) == 200
                wait_until(lambda: members.leader() == target, 60, f"{target} leads")
            elif change == "kill":
                members.processes[old].kill()
            else:
                freeze(members, old, signal.SIGSTOP)
            if change != "freeze":
                members.new_leader(old)
            else:
                wait_until(lambda: clock.stamps[-1][1] != old, 60, "another one gives out timestamps")
                freeze(members, old, signal.SIGCONT)
                wait_until(lambda: members.leader() is not None, 60, "all agree again")
            if change == "kill":
                members.start(old)
                wait_until(lambda: members.leader() is not None, 60, "it follows")
    stamps = [s for s, _ in clock.stamps]
    assert stamps == sorted(set(stamps))
    assert len({name for _, name in clock.stamps}) > 1
    assert post(members.url(members.leader(), "leader/transfer/nobody")) == 500


def freeze(members, name, how):
    """PD and the etcd below it."""
    with open(f"{members.cluster.directory}/{name}.data/etcd.pid", encoding="ascii") as f:
        pids = [members.processes[name].popen.pid, int(f.read())]
    for pid in pids if how == signal.SIGSTOP else reversed(pids):
        os.kill(pid, how)


def test_a_member_joins_a_running_cluster(cluster):
    cluster.set_clock(0)
    members = Members.__new__(Members)
    members.cluster, members.names, members.processes = cluster, ["pd", "pd-2"], {}
    try:
        members.start("pd", f"--initial-cluster=pd=http://{members.address('pd-peer')}")
        wait_until(lambda: members.leader() == "pd", 60, "the first one leads")
        join = f"--join=http://{members.address('pd')}"
        members.start("pd-2", join)
        wait_until(lambda: "pd-2" in (http_get(members.url("pd-2", "members")) or ""), 60, "the second one has joined")
        assert members.leader() == "pd"
        # Its data say that it has joined.
        members.processes["pd-2"].kill()
        members.start("pd-2", join)
        wait_until(lambda: http_get(members.url("pd-2", "members")), 60, "it is back")
        done = subprocess.run([f"{cluster.bin}/pd-server", "--name=pd-2", "--data-dir=other.data", join,
                               "--client-urls=http://127.0.0.1:1"], cwd=cluster.directory, stdout=subprocess.PIPE,
                              text=True, check=False, timeout=30)
        assert done.returncode == 1 and "has a member pd-2 already" in done.stdout
    finally:
        members.stop()


def test_everything_goes_on_when_pds_leader_changes(members, rng):
    cluster = members.cluster
    cluster.start_tikv()
    cluster.start_pump()
    cluster.start_tidb()
    cluster.mariadb.start()
    cluster.start_drainer()
    execute(cluster, "create database app", "create table app.log (id int primary key)",
            *(f"create table app.{name} ({columns})" for name, columns in TABLES.items()))

    def kill():
        old = members.leader()
        members.processes[old].kill()
        members.new_leader(old)
        members.start(old)
        wait_until(lambda: members.leader() is not None, 60, "it follows")

    def resign():
        old = members.leader()
        assert post(members.url(old, "leader/resign")) == 200
        members.new_leader(old)
    strikes = [kill, resign]
    rng.shuffle(strikes)
    with Writer(cluster, rng) as writer:
        for strike in strikes:
            before = len(writer.acknowledged)
            wait_until(lambda: len(writer.acknowledged) > before + 40, 120, "rows are written")
            strike()
        before = len(writer.acknowledged)
        wait_until(lambda: len(writer.acknowledged) > before + 40, 120, "rows are written after the last change")
    assert cluster.tidb_process.running() and cluster.tikv_process.running()
    assert cluster.pumps["pump"].running() and cluster.drainers["drainer"].running()
    wait_until(lambda: end(cluster), 60, "tidb-server takes a last commit", poll=0.5)
    wait_until(lambda: arrived(cluster), 120, "the last commit has arrived in MariaDB", poll=0.5)
    left, right = sides.connect(cluster.ports["tidb"]), sides.connect(cluster.mariadb.port)
    assert sides.differences(left, right, ["app"]) == []
    assert set(writer.acknowledged) <= {r[0] for r in execute(cluster, "select id from app.log")}
