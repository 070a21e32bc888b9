"""A grpcio client of PullBinlogs reads what the original pump served, byte for byte."""
import pytest

from localcluster import stubs
from localcluster.capture import Capture
from replay import play, start_cluster


def pull(cluster, pump, offset, until_ts):
    """Entities from `offset` until a commit ts beyond `until_ts`, without fake binlogs."""
    messages = stubs.load("pump")
    binlog = stubs.load("binlog").Binlog
    caller = stubs.Caller(cluster.address(pump))
    request = messages.PullBinlogReq(clusterID=cluster.pd.cluster_id,
                                     startFrom=messages.Pos(offset=offset))
    payloads = []
    for answer in caller.server_stream("/binlog.Pump/PullBinlogs", request, messages.PullBinlogResp,
                                       timeout=60):
        record = binlog.FromString(answer.entity.payload)
        if record.start_ts != record.commit_ts:
            payloads.append(answer.entity.payload)
            assert answer.entity.meta.commitTs == record.commit_ts
            assert answer.entity.meta.startTs == record.start_ts
        if record.commit_ts > until_ts:
            break
    caller.close()
    return payloads


def real(payloads):
    binlog = stubs.load("binlog").Binlog
    records = [(binlog.FromString(p), p) for p in payloads]
    return [p for r, p in records if r.start_ts != r.commit_ts]


@pytest.mark.parametrize("name", ["types", "clustered", "stress"])
def test_pulled_bytes_are_the_original_s(cluster, name):
    capture = Capture(name)
    start_cluster(cluster, capture, drainer=False)
    play(cluster, capture)
    served = pull(cluster, "pump", 0, capture.last_ts)
    assert served == real(capture.pulled())


def test_pull_starts_behind_its_offset_and_survives_a_restart(cluster):
    capture = Capture("clustered")
    start_cluster(cluster, capture, drainer=False)
    play(cluster, capture)
    everything = real(capture.pulled())
    binlog = stubs.load("binlog").Binlog
    middle = binlog.FromString(everything[len(everything) // 2]).commit_ts
    assert pull(cluster, "pump", middle, capture.last_ts) == everything[len(everything) // 2 + 1:]
    cluster.pumps["pump"].kill()
    cluster.start_pump()
    assert pull(cluster, "pump", middle, capture.last_ts) == everything[len(everything) // 2 + 1:]
