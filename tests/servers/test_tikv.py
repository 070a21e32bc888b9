"""tikv-server as a process: its services over gRPC, and what survives a kill."""
import os
import queue
import random
import subprocess
import threading
import time

import grpc
import pytest

from localcluster import stubs
from localcluster.cluster import http_get
from localcluster.pdclient import Tikv
from localcluster.process import wait_until

MAX_TS = (1 << 64) - 1


@pytest.fixture
def tikv(cluster):
    cluster.start_pd()
    start_store(cluster)
    return cluster.tikv()


def get(tikv, key, ts):
    m = tikv.messages
    return tikv.call("KvGet", m.GetRequest(context=tikv.context, key=key, version=ts), m.GetResponse)


def scan(tikv, ts, **fields):
    m = tikv.messages
    fields.setdefault("limit", 1000)
    return tikv.call("KvScan", m.ScanRequest(context=tikv.context, version=ts, **fields), m.ScanResponse)


def start_store(cluster):
    """Starts the store and waits until it answers; PD may still tell of the one that was killed."""
    cluster.start_tikv()
    wait_until(lambda: http_get(f"http://{cluster.address('tikv-status')}/status") == "", 20,
               "the store answers")


class Batch:
    """A BatchCommands stream."""

    def __init__(self, tikv):
        self.m = stubs.load("tikvpb")
        self.requests = queue.Queue()
        self.call = tikv.caller.channel.stream_stream(
            "/tikvpb.Tikv/BatchCommands", request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=self.m.BatchCommandsResponse.FromString)(iter(self.requests.get, None))

    def send(self, commands):
        """Sends {id: (name, request)} in one frame."""
        frame = self.m.BatchCommandsRequest()
        for request_id, (name, request) in commands.items():
            getattr(frame.requests.add(), name).CopyFrom(request)
            frame.request_ids.append(request_id)
        self.requests.put(frame)

    def receive(self, count):
        """{id: (name, answer)} of the next `count` answers."""
        answers = {}
        while len(answers) < count:
            frame = next(self.call)
            assert len(frame.responses) == len(frame.request_ids)
            for request_id, response in zip(frame.request_ids, frame.responses):
                assert request_id not in answers
                name = response.WhichOneof("cmd")
                answers[request_id] = (name, getattr(response, name) if name else None)
        return answers

    def close(self):
        self.requests.put(None)


def test_a_transaction_from_lock_to_value(cluster, tikv):
    m = tikv.messages
    start = cluster.pd.tso()
    tikv.prewrite([(b"a", b"1"), (b"b", b"2" * 1000)], start)
    tikv.prewrite([(b"a", b"1"), (b"b", b"2" * 1000)], start)
    locked = get(tikv, b"b", cluster.pd.tso()).error.locked
    assert (locked.key, locked.primary_lock, locked.lock_version) == (b"b", b"a", start)
    assert get(tikv, b"b", start - 1).not_found
    assert get(tikv, b"a", MAX_TS).not_found
    commit = cluster.pd.tso()
    tikv.commit([b"a", b"b"], start, commit)
    tikv.commit([b"a", b"b"], start, commit)
    assert get(tikv, b"b", commit).value == b"2" * 1000
    assert get(tikv, b"b", commit - 1).not_found
    pairs = [(p.key, p.value) for p in scan(tikv, commit).pairs]
    assert pairs == [(b"a", b"1"), (b"b", b"2" * 1000)]
    pairs = [p.key for p in scan(tikv, commit, reverse=True, start_key=b"b", key_only=True).pairs]
    assert pairs == [b"a"]
    info = tikv.call("MvccGetByKey", m.MvccGetByKeyRequest(context=tikv.context, key=b"a"),
                     m.MvccGetByKeyResponse).info
    assert [(w.type, w.start_ts, w.commit_ts) for w in info.writes] == [(m.Put, start, commit)]
    tikv.rollback([b"c"], start)
    with pytest.raises(RuntimeError, match="conflict"):
        tikv.prewrite([(b"c", b"3")], start)


def test_region_errors(tikv):
    m = tikv.messages

    def region_error(**change):
        context = m.Context()
        context.CopyFrom(tikv.context)
        change.get("edit")(context)
        answer = tikv.caller.unary("/tikvpb.Tikv/KvGet", m.GetRequest(context=context, key=b"k"),
                                   m.GetResponse)
        return answer.region_error

    def epoch(context):
        context.region_epoch.version = 99
    error = region_error(edit=lambda c: setattr(c, "region_id", 999))
    assert error.region_not_found.region_id == 999 and error.message == "region not found"
    error = region_error(edit=epoch)
    assert error.epoch_not_match.current_regions[0].id == tikv.context.region_id
    error = region_error(edit=lambda c: setattr(c.peer, "id", 999))
    assert error.message == f"mismatch peer id 999 != {tikv.context.peer.id}"
    error = region_error(edit=lambda c: setattr(c.peer, "store_id", 999))
    assert error.store_not_match.actual_store_id == tikv.context.peer.store_id


def test_unknown_methods_are_unimplemented(tikv):
    m = tikv.messages
    for method in ("GetStoreSafeTS", "RawGet", "Coprocessor", "KvFlashbackToVersion"):
        with pytest.raises(grpc.RpcError) as caught:
            tikv.caller.unary(f"/tikvpb.Tikv/{method}", m.StoreSafeTSRequest(), m.StoreSafeTSResponse)
        assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_batch_commands(cluster, tikv):
    m = tikv.messages
    tikv.write([(b"k%d" % i, b"v%d" % i) for i in range(50)])
    ts = cluster.pd.tso()
    batch = Batch(tikv)
    batch.send({0: ("Get", m.GetRequest(context=tikv.context, key=b"k7", version=ts))})
    assert batch.receive(1)[0][1].value == b"v7"
    commands = {i: ("Get", m.GetRequest(context=tikv.context, key=b"k%d" % i, version=ts))
                for i in range(50)}
    commands[100] = ("Empty", batch.m.BatchCommandsEmptyRequest(test_id=9))
    commands[101] = ("Scan", m.ScanRequest(context=tikv.context, version=ts, limit=3))
    commands[102] = ("CheckTxnStatus", m.CheckTxnStatusRequest(
        context=tikv.context, primary_key=b"zzz", lock_ts=ts, caller_start_ts=ts,
        current_ts=cluster.pd.tso(), rollback_if_not_exist=True))
    batch.send(commands)
    answers = batch.receive(len(commands))
    assert all(answers[i] == ("Get", m.GetResponse(value=b"v%d" % i)) for i in range(50))
    assert answers[100][1].test_id == 9
    assert len(answers[101][1].pairs) == 3
    assert answers[102][1].action == m.LockNotExistRollback
    batch.close()


def test_unknown_sub_commands_end_the_stream(tikv):
    batch = Batch(tikv)
    frame = batch.m.BatchCommandsRequest(request_ids=[1])
    frame.requests.add().Coprocessor.SetInParent()
    batch.requests.put(frame)
    with pytest.raises(grpc.RpcError) as caught:
        next(batch.call)
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED
    batch.close()


def test_concurrent_increments_lose_nothing(cluster, tikv):
    """Optimistic transactions on a few counters from many streams: the sum is the number of commits."""
    m = tikv.messages
    commits = []

    def work(seed):
        rng = random.Random(seed)
        mine = cluster.tikv()
        for _ in range(40):
            key = b"counter%d" % rng.randrange(3)
            start = cluster.pd.tso()
            answer = get(mine, key, start)
            if answer.HasField("error"):
                continue
            value = int(answer.value or b"0") + 1
            try:
                mine.prewrite([(key, b"%d" % value)], start)
            except RuntimeError:
                continue
            mine.commit([key], start, cluster.pd.tso())
            commits.append(key)
        mine.close()
    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ts = cluster.pd.tso()
    total = sum(int(p.value) for p in scan(tikv, ts).pairs)
    assert total == len(commits) > 0
    assert not tikv.call("KvScanLock", m.ScanLockRequest(context=tikv.context, max_version=ts),
                         m.ScanLockResponse).locks


def test_what_was_answered_survives_kills(cluster, tikv, rng):
    """A writer runs while the store is killed again and again: every commit that was answered is there."""
    answered = {}
    stop = threading.Event()

    def work():
        number = 0
        while not stop.is_set():
            number += 1
            pairs = [(b"row%d" % number, b"x%d" % number), (b"other%d" % number, b"y" * 300)]
            try:
                start = cluster.pd.tso()
                tikv.prewrite(pairs, start)
                tikv.commit([k for k, _ in pairs], start, cluster.pd.tso())
            except (grpc.RpcError, RuntimeError):
                continue
            answered.update(pairs)
    writer = threading.Thread(target=work)
    writer.start()
    for _ in range(4):
        before = len(answered)
        wait_until(lambda: len(answered) >= before + rng.randrange(10, 40), 20, "something was written")
        cluster.tikv_process.kill()
        start_store(cluster)
    stop.set()
    writer.join()
    ts = cluster.pd.tso()
    pairs = scan(cluster.tikv(), ts, limit=100000).pairs
    stored = {p.key: p.value for p in pairs if not p.HasField("error")}
    lost = [k for k, v in answered.items() if stored.get(k) != v]
    assert not lost and answered


def test_both_restart_in_any_order(cluster, tikv):
    tikv.write([(b"a", b"1")])
    cluster_id = cluster.pd.cluster_id
    store = http_get(f"http://{cluster.address('pd')}/pd/api/v1/stores")
    cluster.pd_process.kill()
    cluster.tikv_process.kill()
    # The store waits for PD.
    cluster.tikv_process = cluster._process("tikv", "tikv-server", cluster.tikv_process.argv[1:]).start()
    time.sleep(0.5)
    assert cluster.tikv_process.running()
    cluster.pd.close()
    cluster.start_pd()
    assert cluster.pd.cluster_id == cluster_id
    wait_until(lambda: http_get(f"http://{cluster.address('tikv-status')}/status") == "", 20,
               "the store answers")
    again = cluster.tikv()
    assert get(again, b"a", cluster.pd.tso()).value == b"1"
    assert '"count": 1' in store and '"count": 1' in \
        http_get(f"http://{cluster.address('pd')}/pd/api/v1/stores")
    # PD alone: the store reports its region again.
    cluster.pd_process.kill()
    cluster.pd.close()
    cluster.start_pd()
    wait_until(lambda: cluster._region_has_leader(), 10, "the region is reported again")


def run_store(cluster, data_dir):
    return subprocess.run(
        [os.path.join(cluster.bin, "tikv-server"), "--pd", cluster.address("pd"), "-A", "127.0.0.1:0",
         "--status-addr", "", "-s", data_dir], cwd=cluster.directory, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False, timeout=20)


def test_a_second_store_is_refused(cluster, tikv):
    done = run_store(cluster, "other.data")
    assert done.returncode == 1 and "has a store already" in done.stdout


def test_data_of_another_cluster_are_refused(cluster, tikv):
    cluster.tikv_process.kill()
    cluster.pd_process.kill()
    cluster.pd.close()
    os.rename(os.path.join(cluster.directory, "pd.data"), os.path.join(cluster.directory, "pd.old"))
    cluster.start_pd()
    done = run_store(cluster, "tikv.data")
    assert done.returncode == 1 and "cluster ID mismatch" in done.stdout


def test_garbage_is_collected_up_to_the_safe_point(cluster, tikv):
    m = tikv.messages
    for i in range(5):
        tikv.write([(b"k", b"%d" % i)])
    safe_point = cluster.pd.tso()
    p = cluster.pd.messages
    cluster.pd.caller.unary("/pdpb.PD/UpdateGCSafePoint", p.UpdateGCSafePointRequest(
        header=cluster.pd.header(), safe_point=safe_point), p.UpdateGCSafePointResponse)

    def versions():
        return len(tikv.call("MvccGetByKey", m.MvccGetByKeyRequest(context=tikv.context, key=b"k"),
                             m.MvccGetByKeyResponse).info.writes)
    assert versions() == 5
    wait_until(lambda: versions() == 1, 30, "old versions are gone")
    assert get(tikv, b"k", cluster.pd.tso()).value == b"4"


def test_status_server_and_clean_stop(cluster, tikv):
    url = f"http://{cluster.address('tikv-status')}"
    assert http_get(url + "/status") == ""
    assert "process_cpu_seconds_total" in http_get(url + "/metrics")
    assert cluster.address("tikv") in http_get(url + "/config")
    assert cluster.tikv_process.terminate() == 0
