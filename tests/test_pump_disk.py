"""A file system of a few MiB that fills up and is freed again; and what keeps TiDB's garbage collector away."""
import json
import os
import subprocess
import threading

import grpc
import pytest

from localcluster.cluster import http_get
from localcluster.process import Process, wait_until
from pumpclient import Client, config

DISK_MIB = 24
BALLAST_MIB = 8


def start_pump_on_small_disk(cluster, limit):
    """pump with its data on a tmpfs of its own name space; gives the path under which a test sees it."""
    data = os.path.join(cluster.directory, "pump.data")
    os.makedirs(data)
    address = cluster.address("pump")
    toml = config(cluster, "[storage]", f"stop-write-at-available-space = {limit}")
    process = Process("pump", [
        "unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
        f'mount -t tmpfs -o size={DISK_MIB}m tmpfs "$0" && '
        f'head -c {BALLAST_MIB << 20} /dev/zero > "$0/ballast" && exec "$@"', data,
        os.path.join(cluster.bin, "pump"), "-node-id=pump", f"-addr={address}", f"-advertise-addr={address}",
        f"-data-dir={data}", f"-pd-urls=http://{cluster.address('pd')}", "-log-file=pump.log",
        f"-config={toml}"], cluster.directory).start()
    cluster.pumps["pump"] = process
    process.wait_ready(lambda: cluster.node_state("pumps", "pump") == "online")
    return f"/proc/{process.pid}/root{data}"


@pytest.fixture
def store(cluster):
    probe = subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "true"], check=False,
                           stderr=subprocess.DEVNULL)
    if probe.returncode != 0:
        pytest.skip("this machine allows no mount name spaces")
    cluster.start_pd()
    cluster.start_tikv()
    return cluster


def fill(client, done):
    """Writes transactions until one is refused, which is rolled back; gives its start ts and the error's text.
    `done` gets what was acknowledged."""
    while True:
        start_ts = client.cluster.pd.tso()
        commit_ts = client.cluster.pd.tso()
        try:
            client.prewrite(start_ts, os.urandom(256 << 10))
            client.commit(start_ts, commit_ts)
        except grpc.RpcError as error:
            client.cluster.tikv().rollback([b"k"], start_ts)
            return start_ts, error.details()
        done.append((start_ts, commit_ts))


def succeeds(call, *arguments):
    try:
        call(*arguments)
        return True
    except grpc.RpcError:
        return False


def read_all(client, last_ts):
    read = []
    for answer in client.pull(timeout=60):
        record = client.binlog.Binlog.FromString(answer.entity.payload)
        if record.start_ts != record.commit_ts:
            read.append((record.start_ts, record.commit_ts))
        if record.commit_ts >= last_ts:
            return read
    return read


def metric(cluster, name):
    text = http_get(f"http://{cluster.address('pump')}/metrics") or ""
    return next((float(line.split()[-1]) for line in text.splitlines() if line.startswith(name + " ")), None)


def newest_fake_ts(cluster):
    text = http_get(f"http://{cluster.address('pump')}/debug/why")
    return json.loads(text)["newestFakeTS"] if text else 0


def test_stops_at_the_limit_and_goes_on_by_itself(store):
    data = start_pump_on_small_disk(store, "8 MiB")
    client = Client(store)
    done = []
    _, refusal = fill(client, done)
    assert refusal.startswith("no available space, available: ") and done
    wait_until(lambda: metric(store, "binlog_pump_storage_writable") == 0, 20, "the metric tells")
    assert "pump takes no more prewrite, commit and rollback binlogs: the disk is full" in store.log("pump")
    with pytest.raises(grpc.RpcError) as large:
        client.prewrite(store.pd.tso(), bytes(12 << 20), timeout=60)
    assert large.value.details().startswith("no available space, available: ")
    full_at = store.pd.tso()
    wait_until(lambda: newest_fake_ts(store) > full_at, 30, "fake binlogs are written on, drainers see time pass")
    os.remove(os.path.join(data, "ballast"))
    last = []
    wait_until(lambda: succeeds(lambda: last.append(client.transaction())), 30, "there is room")
    wait_until(lambda: "there is space again, pump takes binlogs" in store.log("pump"), 20, "the log tells")
    assert metric(store, "binlog_pump_storage_writable") == 1
    read = read_all(client, last[0][1])
    assert read == done + last


def test_full_to_the_last_byte(store):
    """Without a limit the writes themselves fail; what was acknowledged is served, once, in order."""
    data = start_pump_on_small_disk(store, "0")
    client = Client(store)
    done = []
    failed_ts, error = fill(client, done)
    assert "No space left on device" in error
    readers_done = []
    reader = threading.Thread(target=lambda: readers_done.append(read_all(Client(store), done[-1][1])))
    reader.start()
    reader.join(60)
    assert readers_done == [done], "reading goes on"
    assert not succeeds(client.prewrite, store.pd.tso(), os.urandom(256 << 10))
    os.remove(os.path.join(data, "ballast"))
    start_ts, commit_ts = client.transaction()
    read = read_all(client, commit_ts)
    assert [t for t in read if t[0] != failed_ts] == done + [(start_ts, commit_ts)]
    assert store.pumps["pump"].terminate() == 0


def test_unresolved_prewrites_keep_the_garbage_collector_away(cluster):
    """PD is asked to keep what TiKV can still tell of a transaction without outcome."""
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    client = Client(cluster)
    start_ts = cluster.pd.tso()
    cluster.tikv().prewrite([(b"k", b"v")], start_ts, ttl=600000)
    client.prewrite(start_ts)

    def held():
        out = subprocess.run(["etcdctl", "--endpoints", cluster.address("pd"), "get", "--prefix", ""],
                             env={**os.environ, "ETCDCTL_API": "3"}, stdout=subprocess.PIPE, check=True).stdout
        return b"pump-pump" in out
    wait_until(held, 90, "PD holds a safe point for this pump")
    m = cluster.pd.messages
    answer = cluster.pd.caller.unary("/pdpb.PD/UpdateServiceGCSafePoint", m.UpdateServiceGCSafePointRequest(
        header=cluster.pd.header(), service_id=b"gc_worker", TTL=(1 << 63) - 1, safe_point=cluster.pd.tso()),
        m.UpdateServiceGCSafePointResponse)
    assert (answer.service_id, answer.min_safe_point) == (b"pump-pump", start_ts - 1)
