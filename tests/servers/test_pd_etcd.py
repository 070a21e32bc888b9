"""The etcd under pd-server: served at PD's port, held by PD's life."""
import json
import os
import signal
import subprocess
import urllib.request

import grpc

from localcluster import stubs
from localcluster.cluster import http_get
from localcluster.process import wait_until
from pd_calls import Stream, etcd_pid, etcdctl, is_running, refusal


def test_etcd_kv_lease_and_watch(pd):
    watch = subprocess.Popen(["etcdctl", "--endpoints", pd.address, "watch", "--prefix", "--rev", "1", "/live/"],
                             env={**os.environ, "ETCDCTL_API": "3"}, stdout=subprocess.PIPE)
    try:
        etcdctl(pd, "put", "/live/a", "v1")
        assert etcdctl(pd, "get", "/live/a") == b"/live/a\nv1\n"
        lease = etcdctl(pd, "lease", "grant", "1").split()
        assert lease[-1] == b"TTL(5s)" or b"5s" in lease[-1]
        etcdctl(pd, "put", "--lease", lease[1].decode(), "/live/b", "leased")
        etcdctl(pd, "del", "/live/a")
        lines = [watch.stdout.readline().strip() for _ in range(8)]
        assert lines == [b"PUT", b"/live/a", b"v1", b"PUT", b"/live/b", b"leased", b"DELETE",
                         b"/live/a"]
        assert watch.stdout.readline().strip() == b""
        # The lease runs out by itself.
        assert [watch.stdout.readline().strip() for _ in range(2)] == [b"DELETE", b"/live/b"]
    finally:
        watch.kill()
        watch.wait()


def test_etcd_errors_keep_their_codes(pd):
    etcd = stubs.load("etcdserverpb")

    def put(**fields):
        return refusal(lambda: pd.caller.unary("/etcdserverpb.KV/Put", etcd.PutRequest(**fields),
                                               etcd.PutResponse))
    assert put(value=b"x") == (grpc.StatusCode.INVALID_ARGUMENT, "etcdserver: key is not provided")
    assert put(key=b"k", lease=12345) == \
        (grpc.StatusCode.NOT_FOUND, "etcdserver: requested lease not found")
    code, text = refusal(lambda: pd.caller.unary(
        "/etcdserverpb.KV/Range", etcd.RangeRequest(key=b"k", revision=1 << 40), etcd.RangeResponse))
    assert code == grpc.StatusCode.OUT_OF_RANGE
    assert text == "etcdserver: mvcc: required revision is a future revision"


def test_etcd_is_held_back_while_a_client_does_not_read(cluster, pd):
    """A watcher that does not read must not make PD hold all events."""
    etcd = stubs.load("etcdserverpb")
    stream = Stream(pd, "/etcdserverpb.Watch/Watch", etcd.WatchResponse)
    create = etcd.WatchRequest()
    create.create_request.key = b"/big/"
    create.create_request.range_end = b"/big0"
    assert stream.ask(create).created

    def resident_mb():
        with open(f"/proc/{cluster.pd_process.pid}/statm", encoding="ascii") as f:
            return int(f.read().split()[1]) * 4096 >> 20
    before = resident_mb()
    value = b"x" * (1 << 20)
    for i in range(80):
        pd.caller.unary("/etcdserverpb.KV/Put", etcd.PutRequest(key=b"/big/%d" % i, value=value),
                        etcd.PutResponse)
    assert resident_mb() - before < 50
    got = 0
    while got < 80:
        got += len(next(stream.call).events)
    assert got == 80
    stream.close()


def test_etcd_over_http(pd):
    url = f"http://{pd.address}"
    assert http_get(url + "/health") == '{"health":"true"}'
    assert json.loads(http_get(url + "/version"))["etcdserver"].startswith("3.")
    answer = urllib.request.urlopen(
        url + "/v3/kv/range", data=b'{"key":"L3BkL2NsdXN0ZXJfaWQ="}', timeout=5)
    assert answer.headers["Content-Type"] == "application/json"
    assert json.load(answer)["count"] == "1"


def test_etcd_dies_with_pd_and_comes_back_when_it_dies_alone(cluster, pd):
    etcdctl(pd, "put", "/k", "kept")
    old = etcd_pid(cluster)
    os.kill(old, signal.SIGKILL)
    wait_until(lambda: etcd_pid(cluster) != old, 10, "etcd is started again")
    wait_until(lambda: http_get(f"http://{pd.address}/health") == '{"health":"true"}', 10,
               "etcd answers again")
    assert etcdctl(pd, "get", "/k", "--print-value-only") == b"kept\n"
    last = pd.tso()
    assert pd.tso() > last
    child = etcd_pid(cluster)
    cluster.pd_process.kill()
    wait_until(lambda: not is_running(child), 5, "etcd died with PD")


def test_a_stale_child_is_found_and_killed(cluster, pd):
    child = etcd_pid(cluster)
    cluster.pd_process.kill()
    wait_until(lambda: not is_running(child), 5, "etcd died with PD")
    # Another etcd where the first one lived, as if that had outlived its PD.
    data = os.path.join(cluster.directory, "pd.data")
    for name in ("client:1", "peer:1"):
        os.unlink(os.path.join(data, "run", name))
    stale = subprocess.Popen(
        ["etcd", "--name", "pd", "--data-dir", os.path.join(data, "etcd"), "--listen-client-urls", "unix://client:1",
         "--advertise-client-urls", "http://127.0.0.1:1", "--listen-peer-urls", "unix://peer:1"],
        cwd=os.path.join(data, "run"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(os.path.join(data, "etcd.pid"), "w", encoding="ascii") as f:
        f.write(f"{stale.pid}\n")
    wait_until(lambda: os.path.exists(os.path.join(data, "run", "client:1")), 10, "the stale one runs")
    cluster.start_pd()
    assert stale.wait(5) == -signal.SIGKILL
    assert cluster.pd.tso() > 0


def test_two_cannot_share_a_directory(cluster, pd):
    child = etcd_pid(cluster)
    done = subprocess.run(
        [os.path.join(cluster.bin, "pd-server"), "-data-dir", "pd.data", "-client-urls",
         "http://127.0.0.1:0"], cwd=cluster.directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        check=False, timeout=20)
    assert done.returncode == 1
    assert b"pd.lock" in done.stdout and b"locked" in done.stdout
    assert is_running(child) and pd.tso() > 0


def test_without_etcd_the_error_is_clear(cluster):
    done = subprocess.run([os.path.join(cluster.bin, "pd-server"), "-data-dir", "pd.data"],
                          cwd=cluster.directory, env={"PATH": "/nowhere"}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, timeout=20)
    assert done.returncode == 1
    assert b"no program etcd in PATH" in done.stdout
