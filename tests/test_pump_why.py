"""/debug/why and binlogctl -cmd why: what holds the feed up, in words and figures."""
import json

import pytest

from localcluster.cluster import http_get
from localcluster.codec import record_key
from localcluster.process import wait_until
from pumpclient import Client, config, http, put_drainer


@pytest.fixture
def running(cluster):
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    return cluster


def why(cluster, name="pump"):
    body = http_get(f"http://{cluster.address(name)}/debug/why")
    return json.loads(body) if body else {"reasons": []}


def wait_for_reason(cluster, *words):
    def said():
        answer = why(cluster)
        return answer if any(all(w in reason for w in words) for reason in answer["reasons"]) else None
    return wait_until(said, 40, f"a reason says {words}")


def test_a_transaction_without_outcome(running):
    client = Client(running)
    store = running.tikv()
    start_ts, key = running.pd.tso(), record_key(77, 5)
    store.prewrite([(key, b"v")], start_ts, ttl=600000)
    client.write_raw(client.record(client.binlog.Prewrite, start_ts, prewrite_key=key, prewrite_value=b"\x08\x01"))
    answer = wait_for_reason(running, f"start ts {start_ts} ", "table id 77", "TiKV: locked")
    [transaction] = answer["transactions"]
    assert transaction["startTS"] == start_ts and answer["blocking"] == [start_ts]
    assert transaction["primary"] == key.hex() and transaction["tableID"] == 77
    assert transaction["ageMs"] >= 0 and transaction["waitedMs"] >= 1000
    assert transaction["tikv"].startswith("locked") and not transaction["undecidable"]
    assert answer["frontTS"] > start_ts and answer["unresolved"] == 1
    store.commit([key], start_ts, running.pd.tso())
    wait_until(lambda: why(running)["reasons"] == ["nothing holds the feed up"], 30, "the feed goes on")
    assert why(running)["transactions"] == []


def test_tikv_is_away(running):
    client = Client(running)
    running.tikv_process.kill()
    start_ts = running.pd.tso()
    client.prewrite(start_ts)
    wait_for_reason(running, f"start ts {start_ts} ", "TiKV was asked ", " is silent")


def test_drainers_and_states(running):
    now = running.pd.tso()
    put_drainer(running, "late", "127.0.0.1:1", max_commit_ts=now - (3600_000 << 18))
    put_drainer(running, "paused", "127.0.0.1:2", state="paused", max_commit_ts=now - (165 * 3600_000 << 18))
    put_drainer(running, "gone", "127.0.0.1:3", state="offline")
    answer = wait_for_reason(running, "drainer paused", "begins to lose binlogs in")
    assert any(r.startswith("drainer late (online) is 3") and r.endswith(" ms behind") for r in answer["reasons"])
    assert [d["nodeID"] for d in answer["drainers"]] == ["late", "paused"]
    Client(running).prewrite(running.pd.tso())
    assert http("PUT", f"http://{running.address('pump')}/state/pump/close")[0] == 200
    answer = wait_for_reason(running, "pump is closing: prewrites are refused")
    assert answer["state"] == "closing" and not answer["takesPrewrites"]


def test_pd_is_away(running):
    running.pd_process.kill()
    answer = wait_for_reason(running, "PD's registry could not be written for")
    assert answer["pd"]["heartbeatError"] and answer["drainers"] == []


def test_disk(cluster):
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump(extra=[f"-config={config(cluster, '[storage]', 'stop-write-at-available-space = 1 EiB')}"])
    answer = wait_for_reason(cluster, "only fake binlogs are taken: no available space, available: ")
    assert not answer["disk"]["writable"] and answer["disk"]["stopWriteAtBytes"] == 1 << 60


def test_binlogctl_asks_all(running):
    running.start_pump("two")
    put_drainer(running, "dead", "127.0.0.1:1")
    put_drainer(running, "gone", "127.0.0.1:1", state="offline")
    put_drainer(running, "moved", running.address("pump"))
    done = running.binlogctl("-cmd=why")
    assert done.returncode == 0, done.stdout
    answer = json.loads(done.stdout)
    assert set(answer["pumps"]) == {"pump", "two"}
    assert answer["pumps"]["two"]["nodeID"] == "two" and answer["pumps"]["two"]["reasons"]
    assert set(answer["drainers"]) == {"dead", "moved"}
    assert "onnect" in answer["drainers"]["dead"]["error"]
    assert answer["drainers"]["moved"]["error"] == f"another node answers at {running.address('pump')}"
