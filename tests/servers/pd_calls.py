"""Calls of a pd-server that the tests share, and its etcd child."""
import os
import queue
import subprocess

import grpc
import pytest


class Stream:
    """A bidirectional call, driven message by message."""

    def __init__(self, pd, path, response_type):
        self.requests = queue.Queue()
        self.call = pd.caller.channel.stream_stream(
            path, request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=response_type.FromString)(iter(self.requests.get, None))

    def ask(self, request):
        self.requests.put(request)
        return next(self.call)

    def send(self, request):
        self.requests.put(request)

    def close(self):
        self.requests.put(None)


def tso_stream(pd):
    return Stream(pd, "/pdpb.PD/Tso", pd.messages.TsoResponse)


def tso_request(pd, count=1, **fields):
    return pd.messages.TsoRequest(header=pd.header(), count=count, **fields)


def call(pd, method, request=None, response=None):
    m = pd.messages
    request = request or getattr(m, f"{method}Request")(header=pd.header())
    response = response or getattr(m, f"{method}Response")
    return pd.caller.unary(f"/pdpb.PD/{method}", request, response)


def refusal(run):
    with pytest.raises(grpc.RpcError) as caught:
        run()
    return caught.value.code(), caught.value.details()


def etcdctl(pd, *arguments):
    done = subprocess.run(["etcdctl", "--endpoints", pd.address, *arguments],
                          env={**os.environ, "ETCDCTL_API": "3"}, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False, timeout=20)
    assert done.returncode == 0, done.stderr
    return done.stdout


def bootstrap_request(pd):
    m = pd.messages
    request = m.BootstrapRequest(header=pd.header())
    request.store.id = 1
    request.store.address = "127.0.0.1:20160"
    request.store.version = "3.0.0-beta.1"
    request.region.id = 2
    request.region.region_epoch.conf_ver = 1
    request.region.region_epoch.version = 1
    request.region.peers.add(id=3, store_id=1)
    return request


def etcd_pid(cluster):
    with open(os.path.join(cluster.directory, "pd.data", "etcd.pid"), encoding="ascii") as f:
        return int(f.read())


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
