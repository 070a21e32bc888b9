"""Pump's server as its neighbours see it: error texts, states, notification of drainers, HTTP, gzip."""
import json
import os
import re
import subprocess
import time
import urllib.request

import grpc
import pytest

from localcluster.capture import Capture
from localcluster.cluster import http_get
from localcluster.process import free_port, wait_until
from pumpclient import WRITE, Client, FakeDrainer, config, http, put_drainer, refusal
from replay import play, start_cluster
from test_kills import Killer, kill_count, restart_pump
from test_pull import pull, real


@pytest.fixture
def running(store):
    store.start_pump()
    return store


def test_error_texts(running):
    client = Client(running)
    unknown = grpc.StatusCode.UNKNOWN
    own = running.pd.cluster_id
    assert refusal(client.write_raw, b"", 1) == (unknown, f"cluster ID are mismatch, 1 vs {own}")
    assert refusal(client.write_raw, b"", 0) == (unknown, f"cluster ID are mismatch, 0 vs {own}")
    assert refusal(lambda: list(client.pull(cluster_id=1))) == \
        (unknown, f"cluster ID are mismatch, 1 vs {own}")
    assert refusal(client.write_raw, b"\x2a\x05ab") == (unknown, "unexpected EOF")
    client.write_raw(b"")  # a probe
    client.write_raw(b"\x10\x01")  # nearly nothing, but a Binlog


def test_too_large_message(store):
    store.start_pump(extra=["-max-message-size=1000"])
    client = Client(store)
    code, details = refusal(client.prewrite, 1, b"v" * 2000)
    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "received message larger than max" in details


def test_full_disk(store):
    store.start_pump(extra=[f"-config={config(store, '[storage]', 'stop-write-at-available-space = 1 EiB')}"])
    client = Client(store)
    code, details = refusal(client.write_raw, b"")
    assert code == grpc.StatusCode.UNKNOWN
    assert details.startswith("no available space, available: ")
    assert details.endswith(f", StopWriteAtAvailableSpace: {1 << 60}")
    ts = store.pd.tso()
    client.write_raw(client.record(client.binlog.Rollback, ts, ts))  # a fake passes


@pytest.mark.parametrize("compression", [None, grpc.Compression.Gzip])
def test_large_binlog_goes_through(running, compression):
    client = Client(running, compression=compression)
    value = os.urandom(1 << 20) * 48
    start_ts, commit_ts = client.transaction(value, timeout=60)
    record = client.first_real(timeout=60)
    assert (record.start_ts, record.commit_ts) == (start_ts, commit_ts)
    assert record.prewrite_value == value


def test_compressed_small_ones(running):
    client = Client(running, compression=grpc.Compression.Gzip)
    start_ts, commit_ts = client.transaction(b"\x08\x01" * 500)
    record = client.first_real()
    assert (record.start_ts, record.commit_ts, record.prewrite_value) == (start_ts, commit_ts, b"\x08\x01" * 500)


def test_unix_socket(store):
    path = os.path.join(store.directory, "pump.sock")
    store.start_pump(extra=[f"-socket=unix://{path}"])
    client = Client(store, address=f"unix:{path}")
    client.transaction()


def test_new_pump_takes_no_prewrite_before_the_drainer_knows_it(store):
    drainer = FakeDrainer(store)
    try:
        process = store.start_pump(wait=False)
        wait_until(lambda: drainer.notified, 20, "the drainer is notified")
        assert store.node_state("pumps", "pump") == "online"
        client = Client(store)
        start_ts = store.pd.tso()
        request = client.request(client.record(client.binlog.Prewrite, start_ts, prewrite_key=b"k"))
        future = client.caller.unary_future(WRITE, request, client.messages.WriteBinlogResp)
        client.commit(1, 2)  # commits need not wait
        time.sleep(0.5)
        assert not future.done()
        drainer.hold.set()
        future.result(timeout=10)
        client.commit(start_ts, store.pd.tso())
        process.terminate()
        # Paused, not offline: the drainer still knows it.
        assert store.node_state("pumps", "pump") == "paused"
        store.start_pump()
        client.transaction()
        assert drainer.notified == 1
    finally:
        drainer.stop()


def test_notification_is_repeated(store):
    drainer = FakeDrainer(store, fails=2)
    drainer.hold.set()
    try:
        store.start_pump()
        wait_until(lambda: drainer.notified == 3, 20, "the third try")
        Client(store).transaction()
    finally:
        drainer.stop()


def test_dead_online_drainer_keeps_a_new_pump_out(store):
    host = f"127.0.0.1:{free_port()}"
    put_drainer(store, "dead", host)
    process = store.start_pump(wait=False)
    assert process.popen.wait(30) == 2
    assert store.node_state("pumps", "pump") == "offline"
    with open(os.path.join(store.directory, "pump.log"), encoding="utf-8") as log:
        text = log.read()
    assert f"fail to notify all living drainer: connect drainer({host}): context deadline exceeded" in text
    put_drainer(store, "dead", host, state="paused")
    store.start_pump()


def test_pause_refuses_prewrites_and_ends_streams(running):
    client = Client(running)
    client.transaction()
    stream = client.pull()
    next(stream)
    url = f"http://{running.address('pump')}/state/pump/"
    status, body = http("PUT", url + "pause")
    assert (status, json.loads(body)["message"]) == (200, "apply action pause success!")
    for _ in stream:  # ends with OK
        pass
    assert running.pumps["pump"].popen.wait(20) == 0
    assert running.node_state("pumps", "pump") == "paused"


def test_close_waits_for_open_transactions_and_drainers(running):
    client = Client(running)
    url = f"http://{running.address('pump')}/state/pump/"
    start_ts = running.pd.tso()
    client.prewrite(start_ts)
    put_drainer(running, "slow", "127.0.0.1:1", max_commit_ts=1)
    assert json.loads(http("PUT", url + "close")[1])["code"] == 200
    assert refusal(client.prewrite, running.pd.tso())[1] == "no online: closing"
    assert json.loads(http("PUT", url + "pause")[1]) == {
        "message": "this pump's state is closing, apply pause failed!", "code": 3, "data": None}
    time.sleep(2)
    assert running.pumps["pump"].running(), "a prewrite has no outcome yet"
    commit_ts = running.pd.tso()
    client.commit(start_ts, commit_ts)
    record = client.first_real()
    assert (record.start_ts, record.commit_ts) == (start_ts, commit_ts)
    time.sleep(2)
    assert running.pumps["pump"].running(), "the drainer has not read it"
    put_drainer(running, "slow", "127.0.0.1:1", max_commit_ts=running.pd.tso() + (1 << 40))
    assert running.pumps["pump"].popen.wait(20) == 0
    assert running.node_state("pumps", "pump") == "offline"


def test_http(running):
    base = f"http://{running.address('pump')}"
    client = Client(running)
    start_ts, commit_ts = client.transaction()
    status = json.loads(http_get(base + "/status"))
    assert list(status) == ["status", "CommitTS", "Checkpoint", "ErrMsg"]
    assert status["ErrMsg"] == "" and status["CommitTS"] > commit_ts
    assert status["status"]["pump"]["state"] == "online"
    assert http_get(base + "/drainers") == "null\n"
    assert http("PUT", base + "/state/x/pause")[1] == (
        '{\n  "message": "invalide nodeID x, this pump\'s nodeID is pump",\n  "code": 3,\n  "data": null\n}\n')
    assert json.loads(http("PUT", base + "/state/pump/x")[1])["message"] == "invalide action x"
    assert http_get(base + "/debug/binlog/x") == "invalid parameter ts: x"
    assert http_get(base + "/debug/binlog/5") == "fail read binlog by ts: 5: leveldb: not found"
    wait_until(lambda: http_get(f"{base}/debug/binlog/{commit_ts}") ==
               f"tp:Commit start_ts:{start_ts} commit_ts:{commit_ts} ", 10, "the commit is indexed")
    text = http_get(f"{base}/debug/binlog/{start_ts}")
    assert text.startswith(f'start_ts:{start_ts} prewrite_key:"k" prewrite_value:"\\010\\001" \n\n'
                           " PrewriteValue: \nschema_version:1 \n\n GetMvccByEncodedKey: \n")
    assert http("POST", base + "/debug/gc/trigger")[1] == "trigger gc success\n"
    assert http("GET", base + "/nope") == (404, "404 page not found\n")
    assert http("POST", base + "/status") == (405, "")
    assert 'binlog_pump_rpc_duration_seconds_count{method="WriteBinlog",label="succ"} 2' in \
        http_get(base + "/metrics")
    assert json.loads(http_get(base + "/debug/why"))["unresolved"] == 0


def test_data_directory_is_locked(running):
    second = running._process("second", "pump", [  # pylint: disable=protected-access
        f"-addr=127.0.0.1:{free_port()}", "-data-dir=pump.data",
        f"-pd-urls=http://{running.address('pd')}"]).start()
    assert second.popen.wait(30) == 1
    assert "file already locked" in second.tail()


def test_another_directory_is_told(running):
    """A disk that is not mounted: the pump begins with nothing, and says that it had more. A restart says nothing."""
    client = Client(running)
    _, commit_ts = client.transaction()
    wait_until(lambda: http_get(f"http://{running.address('pump')}/status") and
               int(re.search(r"MaxCommitTS: (\d+)", running.binlogctl("-cmd=pumps").stdout)[1]) > commit_ts,
               30, "the registry knows of it")
    running.pumps["pump"].kill()
    running.start_pump()
    assert "not in its data directory" not in running.log("pump")
    running.pumps["pump"].kill()
    os.rename(os.path.join(running.directory, "pump.data"), os.path.join(running.directory, "elsewhere"))
    running.start_pump()
    assert "this pump has served binlogs that are not in its data directory" in running.log("pump")


def test_command_line(cluster):
    pump = os.path.join(cluster.bin, "pump")

    def run(*args):
        done = subprocess.run([pump, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=20, check=False)
        return done.returncode, done.stdout, done.stderr
    code, out, _ = run("-V")
    assert code == 0 and out.startswith("Release Version: ") and out.endswith("\n\n")
    code, _, err = run("-nonsense")
    assert code == 2 and err.startswith("flag provided but not defined: -nonsense\nUsage of pump:\n")
    assert run("--help")[0] == 0
    code, out, _ = run("-gc=0")
    assert code == 1 and "verifying flags failed. See 'pump --help'." in out and "must bigger than 0" in out


@pytest.mark.parametrize("name", ["types", "stress"])
def test_killed_pump_serves_the_same(cluster, rng, full, name):
    """No drainer in between: what is pulled after SIGKILLs is what the original served."""
    capture = Capture(name)
    start_cluster(cluster, capture, drainer=False)
    with Killer(rng, kill_count(full), (0.2, 1.5), lambda: restart_pump(cluster)):
        play(cluster, capture)
    assert pull(cluster, "pump", 0, capture.last_ts) == real(capture.pulled())
