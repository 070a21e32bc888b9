"""A TiDB and a drainer, played by a test: writes to pumps, pulls from them, is notified by them."""
import concurrent.futures
import json
import os
import subprocess
import threading
import urllib.error
import urllib.request

import grpc
import pytest

from localcluster import stubs

WRITE = "/binlog.Pump/WriteBinlog"
PULL = "/binlog.Pump/PullBinlogs"


class Client:
    """A TiDB and a drainer in one."""

    def __init__(self, cluster, name="pump", address=None, compression=None):
        self.cluster = cluster
        self.binlog = stubs.load("binlog")
        self.messages = stubs.load("pump")
        self.caller = stubs.Caller(address or cluster.address(name), compression)

    def request(self, payload, cluster_id=None):
        return self.messages.WriteBinlogReq(
            clusterID=self.cluster.pd.cluster_id if cluster_id is None else cluster_id, payload=payload)

    def write_raw(self, payload, cluster_id=None, timeout=10):
        self.caller.unary(WRITE, self.request(payload, cluster_id), self.messages.WriteBinlogResp, timeout)

    def record(self, tp, start_ts, commit_ts=0, **more):
        return self.binlog.Binlog(tp=tp, start_ts=start_ts, commit_ts=commit_ts, ddl_job_id=0,
                                  ddl_schema_state=0, **more).SerializeToString()

    def prewrite(self, start_ts, value=b"\x08\x01", timeout=10):
        self.write_raw(self.record(self.binlog.Prewrite, start_ts, prewrite_key=b"k", prewrite_value=value),
                       timeout=timeout)

    def commit(self, start_ts, commit_ts):
        self.write_raw(self.record(self.binlog.Commit, start_ts, commit_ts))

    def transaction(self, value=b"\x08\x01", timeout=10):
        start_ts = self.cluster.pd.tso()
        self.prewrite(start_ts, value, timeout)
        commit_ts = self.cluster.pd.tso()
        self.commit(start_ts, commit_ts)
        return start_ts, commit_ts

    def pull(self, offset=0, cluster_id=None, timeout=30):
        request = self.messages.PullBinlogReq(
            clusterID=self.cluster.pd.cluster_id if cluster_id is None else cluster_id,
            startFrom=self.messages.Pos(offset=offset))
        return self.caller.server_stream(PULL, request, self.messages.PullBinlogResp, timeout)

    def first_real(self, offset=0, timeout=30):
        for answer in self.pull(offset, timeout=timeout):
            record = self.binlog.Binlog.FromString(answer.entity.payload)
            if record.start_ts != record.commit_ts:
                return record
        return None


class FakeDrainer:
    """Registered as online; answers Notify after `hold` is set."""

    def __init__(self, cluster, name="drainer", fails=0):
        self.hold = threading.Event()
        self.notified = 0
        self.fails = fails
        self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
        self.server.add_generic_rpc_handlers([self])
        self.port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()
        put_drainer(cluster, name, f"127.0.0.1:{self.port}")

    def service(self, details):
        if details.method != "/binlog.Cistern/Notify":
            return None
        return grpc.unary_unary_rpc_method_handler(self.notify)

    def notify(self, request, context):
        self.notified += 1
        if self.notified <= self.fails:
            context.abort(grpc.StatusCode.UNKNOWN, "not yet")
        self.hold.wait(20)
        return b""

    def stop(self):
        self.hold.set()
        self.server.stop(0)


def put_drainer(cluster, name, host, state="online", max_commit_ts=0):
    status = {"nodeId": name, "host": host, "state": state, "isAlive": False, "score": 0, "label": None,
              "maxCommitTS": max_commit_ts, "updateTS": 1}
    subprocess.run(["etcdctl", "--endpoints", cluster.address("pd"), "put",
                    f"/tidb-binlog/v1/drainers/{name}", json.dumps(status)],
                   env={**os.environ, "ETCDCTL_API": "3"}, check=True, stdout=subprocess.DEVNULL)


def http(method, url):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=20) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def refusal(call, *args, **kwargs):
    with pytest.raises(grpc.RpcError) as error:
        call(*args, **kwargs)
    return error.value.code(), error.value.details()


def config(cluster, *lines):
    path = os.path.join(cluster.directory, "pump.toml")
    with open(path, "w", encoding="utf-8") as file:
        for line in lines:
            key, equals, value = line.partition(" = ")
            file.write(f'{key}{equals}"{value}"\n' if equals else line + "\n")
    return path
