"""Prewrites whose commit record never comes: pump finds out from the store."""
import json
import time

import pytest

from localcluster import stubs
from localcluster.cluster import http_get
from localcluster.codec import record_key
from localcluster.process import wait_until
from test_pull import pull


@pytest.fixture
def running(cluster):
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    return cluster


class Tidb:
    """Writes binlogs as a TiDB server does, but leaves out what the test wants left out."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.store = cluster.tikv()
        self.binlog = stubs.load("binlog")
        self.messages = stubs.load("pump")
        self.caller = stubs.Caller(cluster.address("pump"))
        self.handle = 0

    def _write(self, **fields):
        request = self.messages.WriteBinlogReq(clusterID=self.cluster.pd.cluster_id,
                                               payload=self.binlog.Binlog(**fields).SerializeToString())
        answer = self.caller.unary("/binlog.Pump/WriteBinlog", request, self.messages.WriteBinlogResp)
        assert not answer.errmsg

    def begin(self, start_ts=None):
        """(start ts, key) of a transaction whose prewrite record pump has."""
        self.handle += 1
        start_ts = start_ts or self.cluster.pd.tso()
        key = record_key(77, self.handle)
        self._write(tp=self.binlog.Prewrite, start_ts=start_ts, commit_ts=0, prewrite_key=key,
                    prewrite_value=b"\x08\x01", ddl_job_id=0, ddl_schema_state=0)
        return start_ts, key

    def commit_record(self, start_ts, commit_ts):
        self._write(tp=self.binlog.Commit, start_ts=start_ts, commit_ts=commit_ts, ddl_job_id=0,
                    ddl_schema_state=0)

    def rollback_record(self, start_ts):
        self._write(tp=self.binlog.Rollback, start_ts=start_ts, commit_ts=0, ddl_job_id=0,
                    ddl_schema_state=0)

    def commit_in_store(self, start_ts, key):
        commit_ts = self.cluster.pd.tso()
        self.store.commit([key], start_ts, commit_ts)
        return commit_ts


def served(cluster, beyond):
    """(start ts, commit ts) of what pump serves up to a fake binlog beyond the given ts."""
    binlog = stubs.load("binlog").Binlog
    records = [binlog.FromString(p) for p in pull(cluster, "pump", 0, beyond)]
    return [(r.start_ts, r.commit_ts) for r in records]


def max_commit_ts(cluster):
    body = http_get(f"http://{cluster.address('pump')}/status")
    return json.loads(body)["status"]["pump"]["maxCommitTS"] if body else 0


def test_committed_in_the_store(running):
    tidb = Tidb(running)
    start_ts, key = tidb.begin()
    tidb.store.prewrite([(key, b"v")], start_ts)
    commit_ts = tidb.commit_in_store(start_ts, key)
    assert served(running, commit_ts) == [(start_ts, commit_ts)]


def test_rolled_back_in_the_store(running):
    tidb = Tidb(running)
    start_ts, key = tidb.begin()
    tidb.store.prewrite([(key, b"v")], start_ts)
    tidb.store.rollback([key], start_ts)
    later, other = tidb.begin()
    tidb.store.prewrite([(other, b"v")], later)
    commit_ts = tidb.commit_in_store(later, other)
    tidb.commit_record(later, commit_ts)
    assert served(running, commit_ts) == [(later, commit_ts)]


def test_still_locked_holds_the_queue_until_it_is_committed(running):
    tidb = Tidb(running)
    start_ts, key = tidb.begin()
    tidb.store.prewrite([(key, b"v")], start_ts, ttl=600000)
    later, other = tidb.begin()
    tidb.store.prewrite([(other, b"v")], later)
    later_commit = tidb.commit_in_store(later, other)
    tidb.commit_record(later, later_commit)
    until = time.monotonic() + 4
    while time.monotonic() < until:
        assert max_commit_ts(running) < later_commit
        time.sleep(0.2)
    commit_ts = tidb.commit_in_store(start_ts, key)
    assert served(running, commit_ts) == [(later, later_commit), (start_ts, commit_ts)]


def test_never_prewritten_is_rolled_back_after_ten_minutes(running):
    tidb = Tidb(running)
    start_ts, key = tidb.begin()
    until = time.monotonic() + 3
    while time.monotonic() < until:
        assert max_commit_ts(running) < start_ts
        time.sleep(0.2)
    running.set_clock(11 * 60 * 1000)
    wait_until(lambda: max_commit_ts(running) > start_ts, 30, "pump has given the orphan up")
    with pytest.raises(RuntimeError):
        tidb.store.prewrite([(key, b"v")], start_ts)


def test_a_lock_past_its_time_to_live_is_settled_in_a_minute(running):
    """Its owner was killed between prewrite and commit; if it is there after all, it cannot commit any more."""
    tidb = Tidb(running)
    start_ts, key = tidb.begin()
    tidb.store.prewrite([(key, b"v")], start_ts, ttl=3000)
    until = time.monotonic() + 3
    while time.monotonic() < until:
        assert max_commit_ts(running) < start_ts
        time.sleep(0.2)
    running.set_clock(65 * 1000)
    wait_until(lambda: max_commit_ts(running) > start_ts, 30, "pump has settled the orphan")
    with pytest.raises(RuntimeError):
        tidb.store.commit([key], start_ts, running.pd.tso())
    assert served(running, start_ts) == []


def test_a_rollback_record_that_lies(running):
    """TiDB sends a rollback record also when the commit's result was unknown."""
    tidb = Tidb(running)
    start_ts, key = tidb.begin()
    tidb.store.prewrite([(key, b"v")], start_ts)
    commit_ts = tidb.commit_in_store(start_ts, key)
    tidb.rollback_record(start_ts)
    assert served(running, commit_ts) == [(start_ts, commit_ts)]


def test_an_honest_rollback_record(running):
    tidb = Tidb(running)
    start_ts, key = tidb.begin()
    tidb.store.prewrite([(key, b"v")], start_ts)
    tidb.store.rollback([key], start_ts)
    tidb.rollback_record(start_ts)
    wait_until(lambda: max_commit_ts(running) > start_ts, 30, "pump has passed the rolled back transaction")
    assert served(running, start_ts) == []


def test_verdicts_outlive_a_kill(running):
    """What the store said is durable: after kill -9 pump serves the same without the store."""
    tidb = Tidb(running)
    start_ts, key = tidb.begin()
    tidb.store.prewrite([(key, b"v")], start_ts)
    commit_ts = tidb.commit_in_store(start_ts, key)
    dropped, dropped_key = tidb.begin()
    tidb.store.prewrite([(dropped_key, b"v")], dropped)
    tidb.store.rollback([dropped_key], dropped)
    wait_until(lambda: max_commit_ts(running) > dropped, 30, "pump has passed both")
    running.pumps["pump"].kill()
    running.tikv_process.kill()
    running.start_pump()
    assert served(running, dropped) == [(start_ts, commit_ts)]
