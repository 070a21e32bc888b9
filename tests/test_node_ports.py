"""What pump and drainer do on their ports: TLS, metrics pushed to a gateway, paths of the originals."""
import http.server
import json
import os
import threading
import urllib.error
import urllib.request

import pytest

from localcluster.certificates import Authority
from localcluster.cluster import http_get
from localcluster.process import wait_until

DISCARD = '[syncer]\ndb-type = "discard"\n'


class Gateway(http.server.ThreadingHTTPServer):
    """A push gateway; `received` maps paths to the last text posted there."""

    def __init__(self):
        received = self.received = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: the base class's name
                received[self.path] = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def gateway():
    server = Gateway()
    yield server
    server.shutdown()
    server.server_close()


def test_metrics_and_paths(cluster, gateway):
    cluster.start_pd()
    cluster.start_tikv()
    push = [f"-metrics-addr={gateway.address}", "-metrics-interval=1"]
    cluster.start_pump(extra=push)
    cluster.start_drainer(config=DISCARD, extra=push)
    names = {"pump": "binlog_pump_", "drainer": "binlog_drainer_"}
    for node, prefix in names.items():
        path = f"/metrics/job/binlog/instance/{node}"
        wait_until(lambda: path in gateway.received, 20, f"{node} has pushed its metrics")
        assert prefix in gateway.received[path]
        assert "process_resident_memory_bytes" in gateway.received[path]
        base = f"http://{cluster.address(node)}"
        assert prefix in http_get(base + "/metrics")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(base + "/debug/pprof/profile", timeout=5)
        assert refused.value.code == 404
        assert b"perf" in refused.value.read()
    status = json.loads(http_get(f"http://{cluster.address('drainer')}/status"))
    assert list(status) == ["PumpPos", "Synced", "LastTS", "TsMap"]
    assert status["TsMap"] == ""


def write_security(cluster, name, text, allowed=None):
    directory = cluster.directory
    path = os.path.join(directory, f"{name}.security.toml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text + f'[security]\nssl-ca = "{directory}/ca.pem"\nssl-cert = "{directory}/node.pem"\n'
                f'ssl-key = "{directory}/node.key"\n')
        if allowed:
            f.write(f"cert-allowed-cn = {json.dumps(allowed)}\n")
    return path


@pytest.fixture
def secure(cluster):
    """PD and TiKV under TLS."""
    authority = Authority(cluster.directory)
    for name in ("node", "stranger"):
        authority.issue(name)
    url = f"https://{cluster.address('pd')}"
    cluster.set_clock(0)
    cluster.pd_process = cluster._process("pd", "pd-server", [
        "--data-dir=pd.data", f"--client-urls={url}", f"--peer-urls=https://{cluster.address('pd-peer')}",
        "-cacert=ca.pem", "-cert=node.pem", "-key=node.key"]).start()
    with open(os.path.join(cluster.directory, "tikv.toml"), "w", encoding="ascii") as f:
        f.write('[security]\nca-path = "ca.pem"\ncert-path = "node.pem"\nkey-path = "node.key"\n')
    cluster.tikv_process = cluster._process("tikv", "tikv-server", [
        f"--pd={cluster.address('pd')}", f"--addr={cluster.address('tikv')}", "--status-addr=",
        "--data-dir=tikv.data", "-C", "tikv.toml"]).start()
    cluster.authority = authority
    return cluster


def start_node(cluster, program, config):
    address = cluster.address(program)
    process = cluster._process(program, program, [
        f"-node-id={program}", f"-addr={address}", f"-advertise-addr={address}", f"-data-dir={program}.data",
        f"-pd-urls=https://{cluster.address('pd')}", f"-log-file={program}.log", f"-config={config}"])
    (cluster.pumps if program == "pump" else cluster.drainers)[program] = process.start()
    return process


def status(cluster, program, certificate):
    """The node's status as a client with that certificate (or none) gets it; None: refused."""
    url = f"https://{cluster.address(program)}/status"
    try:
        context = cluster.authority.client(certificate)
        with urllib.request.urlopen(url, context=context, timeout=5) as reply:
            return json.load(reply)
    except (urllib.error.URLError, OSError):
        return None


@pytest.mark.parametrize("allowed", [None, ["node"]])
def test_who_is_let_in_under_tls(secure, allowed):
    """Without names anybody whose connection is encrypted; with names whose certificate bears one. Pump and
    drainer reach each other, PD and TiKV either way."""
    start_node(secure, "pump", write_security(secure, "pump", "", allowed)).wait_ready(
        lambda: status(secure, "pump", "node"), timeout=60)
    start_node(secure, "drainer", write_security(secure, "drainer", "detect-interval = 1\n" + DISCARD, allowed))
    wait_until(lambda: ((status(secure, "drainer", "node") or {}).get("PumpPos") or {}).get("pump"), 60,
               "drainer reads the pump")
    for program in ("pump", "drainer"):
        assert (status(secure, program, None) is None) == bool(allowed)
        assert (status(secure, program, "stranger") is None) == bool(allowed)
        assert http_get(f"http://{secure.address(program)}/status") is None
