"""Binlogs larger than pump's memory, requests above the limits, ten thousand calls on one connection."""
import hashlib
import os
import subprocess
import time

import grpc
import pytest

from localcluster.process import wait_until
from pumpclient import WRITE, Client, FakeDrainer, refusal

MIB = 1 << 20


@pytest.fixture
def running(store):
    store.start_pump()
    return store


def peak_memory(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def random_bytes(size):
    return os.urandom(8 * MIB) * (size // (8 * MIB))


def digest(record):
    return record.start_ts, record.commit_ts, len(record.prewrite_value), hashlib.sha1(record.prewrite_value).digest()


def read_anew(cluster):
    """What a new connection reads; None when it was not made in time (grpcio gives it 100 ms)."""
    try:
        return digest(Client(cluster).first_real(timeout=500))
    except grpc.RpcError as error:
        if error.code() != grpc.StatusCode.UNAVAILABLE:
            raise
        return None


def spilled(cluster):
    """Bytes of unnamed files that pump has open."""
    pid = cluster.pumps["pump"].pid
    total = 0
    for fd in os.listdir(f"/proc/{pid}/fd"):
        path = f"/proc/{pid}/fd/{fd}"
        try:
            if os.readlink(path).endswith(".spill (deleted)"):
                total += os.stat(path).st_size
        except FileNotFoundError:
            continue
    return total


def test_a_record_larger_than_memory(running, full):
    """Received, written, served and read again after a kill, all within memory-limit (256 MiB)."""
    size = 1024 * MIB if full else 320 * MIB
    client = Client(running)
    value = random_bytes(size)
    start_ts, commit_ts = client.transaction(value, timeout=500)
    expected = (start_ts, commit_ts, size, hashlib.sha1(value).digest())
    del value
    assert digest(client.first_real(timeout=500)) == expected
    peak = peak_memory(running.pumps["pump"])
    print(f"peak memory: {peak >> 20} MiB")
    assert peak < 256 * MIB
    assert spilled(running) == 0
    running.pumps["pump"].kill()
    running.start_pump()
    assert wait_until(lambda: read_anew(running), 500, "a new connection reads it") == expected
    assert peak_memory(running.pumps["pump"]) < 256 * MIB
    assert running.pumps["pump"].terminate() == 0
    check = subprocess.run([os.path.join(running.bin, "pump"), "-check", os.path.join(running.directory, "pump.data")],
                           stdout=subprocess.PIPE, text=True, check=False)
    assert check.returncode == 0, check.stdout


def test_compressed_and_in_another_order_of_fields(running):
    client = Client(running, compression=grpc.Compression.Gzip)
    value = random_bytes(24 * MIB)
    start_ts, commit_ts = client.transaction(value, timeout=100)
    assert digest(client.first_real(timeout=100))[:3] == (start_ts, commit_ts, 24 * MIB)
    zeros = bytes(200 * MIB)  # a small message that inflates to a large one
    start_ts, commit_ts = client.transaction(zeros, timeout=100)
    assert digest(client.first_real(commit_ts - 1, timeout=100)) == \
        (start_ts, commit_ts, len(zeros), hashlib.sha1(zeros).digest())
    plain = Client(running)
    start_ts = running.pd.tso()
    reordered = plain.binlog.Binlog(prewrite_value=value).SerializeToString() + \
        plain.binlog.Binlog(start_ts=start_ts, prewrite_key=b"k").SerializeToString()
    plain.write_raw(reordered, timeout=100)
    commit_ts = running.pd.tso()
    plain.commit(start_ts, commit_ts)
    assert digest(plain.first_real(commit_ts - 1, timeout=100)) == \
        (start_ts, commit_ts, len(value), hashlib.sha1(value).digest())
    assert peak_memory(running.pumps["pump"]) < 512 * MIB


def test_what_is_refused(store):
    store.start_pump(extra=[f"-max-message-size={32 * MIB}"])
    client = Client(store)
    code, details = refusal(client.prewrite, 1, bytes(40 * MIB), timeout=60)
    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "received message larger than max (" in details and details.endswith(f" vs. {32 * MIB})")
    squeezed = Client(store, compression=grpc.Compression.Gzip)
    code, details = refusal(squeezed.prewrite, 1, bytes(400 * MIB), timeout=60)
    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED and "larger than max (" in details
    large = bytes(16 * MIB)
    own = store.pd.cluster_id
    assert refusal(client.write_raw, client.record(0, 1, prewrite_value=large), 1, timeout=60) == \
        (grpc.StatusCode.UNKNOWN, f"cluster ID are mismatch, 1 vs {own}")
    assert refusal(client.write_raw, b"\x2a\xff\xff\xff\x7f" + large, timeout=60) == \
        (grpc.StatusCode.UNKNOWN, "unexpected EOF")
    client.prewrite(store.pd.tso())
    assert spilled(store) == 0


def test_a_client_that_goes_away_leaves_nothing(running):
    client = Client(running)
    request = client.request(client.record(client.binlog.Prewrite, 1, prewrite_key=b"k",
                                           prewrite_value=bytes(256 * MIB)))
    future = client.caller.unary_future(WRITE, request, client.messages.WriteBinlogResp, timeout=100)
    wait_until(lambda: spilled(running) > 0 or future.done(), 60, "the request has begun to arrive")
    future.cancel()
    wait_until(lambda: spilled(running) == 0, 30, "its file is gone")
    client.transaction()


def test_ten_thousand_calls_on_one_connection(store):
    """All of them wait at the same time, since a drainer has not answered yet."""
    drainer = FakeDrainer(store)
    try:
        store.start_pump(wait=False)
        wait_until(lambda: drainer.notified, 20, "the drainer is told")
        client = Client(store)
        first = store.pd.tso()
        futures = []
        begun = time.monotonic()
        for i in range(10_000):
            request = client.request(client.record(client.binlog.Prewrite, first + i, prewrite_key=b"k"))
            futures.append(client.caller.unary_future(WRITE, request, client.messages.WriteBinlogResp, timeout=120))
        print(f"sent in {time.monotonic() - begun:.1f} s")
        assert not any(f.done() for f in futures[:100])
        drainer.hold.set()
        for future in futures:
            future.result()
    finally:
        drainer.stop()
