"""binlogctl against a real PD: what users' scripts grep, files, exit codes."""
import base64
import http.server
import json
import os
import re
import subprocess
import threading
import tomllib

import pytest

NODE = {"nodeId": "pump-1", "host": "127.0.0.1:8250", "state": "online", "isAlive": False, "score": 0,
        "label": None, "maxCommitTS": 412518831548007863, "updateTS": 412518831338292471}
LINE_HEAD = r"^\[\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{3} [+-]\d\d:\d\d\] "


@pytest.fixture
def pd(cluster):
    cluster.start_pd()
    return cluster


def etcdctl(cluster, *arguments):
    return subprocess.run(["etcdctl", "--endpoints", cluster.address("pd"), *arguments],
                          env={**os.environ, "ETCDCTL_API": "3"}, stdout=subprocess.PIPE, text=True,
                          check=True).stdout


def put_node(cluster, kind="pumps", **changes):
    node = {**NODE, **changes}
    etcdctl(cluster, "put", f"/tidb-binlog/v1/{kind}/{node['nodeId']}",
            json.dumps(node, separators=(",", ":")))


def stored(cluster, node_id="pump-1", kind="pumps"):
    return etcdctl(cluster, "get", "--print-value-only", f"/tidb-binlog/v1/{kind}/{node_id}").strip()


def lines(result):
    return [re.sub(LINE_HEAD, "", line) for line in result.stdout.splitlines()]


def failed(result, command, error):
    """Exit code 1 and one FATAL line."""
    assert result.returncode == 1, result.stdout
    last = lines(result)[-1]
    assert last.startswith("[FATAL]"), last
    assert f'["fail to execute command"] [command={command}] [error=' in last, last
    assert error in last, last


def test_nodes_are_listed_one_per_line(pd):
    put_node(pd)
    put_node(pd, nodeId="pump-2", state="offline")
    put_node(pd, kind="drainers", nodeId="drainer-1", state="paused")
    out = pd.binlogctl("-cmd", "pumps")
    assert out.returncode == 0
    [line] = out.stdout.splitlines()
    assert re.match(LINE_HEAD + r"\[INFO\] \[\w+\.\w+:\d+\] ", line), line
    assert '["query node"] [type=pump] [node="{NodeID: pump-1, Addr: 127.0.0.1:8250, State: online, ' \
           'MaxCommitTS: 412518831548007863, UpdateTime: 2019-11-13 ' in line
    assert re.search(r"MaxCommitTS: ([0-9]*), ", line).group(1) == "412518831548007863"
    both = pd.binlogctl("-cmd=pumps", "--show-offline-nodes")
    assert sorted(re.findall(r"NodeID: ([^,]*)", both.stdout)) == ["pump-1", "pump-2"]
    assert "[type=drainer]" in pd.binlogctl("-cmd", "drainers").stdout


def test_nothing_registered_prints_nothing(pd):
    out = pd.binlogctl("-cmd", "drainers")
    assert (out.returncode, out.stdout, out.stderr) == (0, "", "")


def test_update_changes_the_state_only(pd):
    put_node(pd)
    out = pd.binlogctl("-cmd", "update-pump", "-node-id", "pump-1", "-state", "paused")
    assert (out.returncode, out.stdout) == (0, "")
    assert stored(pd) == json.dumps({**NODE, "state": "paused"}, separators=(",", ":"))


def test_update_of_what_is_wrong_or_missing(pd):
    put_node(pd)
    failed(pd.binlogctl("-cmd", "update-pump", "-node-id", "pump-1", "-state", "asleep"),
           "update-pump", "state asleep is illegal")
    failed(pd.binlogctl("-cmd", "update-drainer", "-node-id", "x", "-state", "paused"),
           "update-drainer", "key /tidb-binlog/v1/drainers/x in etcd not found")
    assert json.loads(stored(pd)) == NODE


class FakeNode(http.server.ThreadingHTTPServer):
    """A pump's HTTP API that writes down what it is asked."""

    def __init__(self, code):
        self.asked = []
        node = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_PUT(self):
                node.asked.append(self.path)
                body = json.dumps({"message": "m", "code": code, "data": None}, indent=2).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.mark.parametrize("command,path", [("pause-pump", "pause"), ("offline-pump", "close")])
@pytest.mark.parametrize("code", [200, 3])
def test_actions_are_sent_to_the_node(pd, command, path, code):
    node = FakeNode(code)
    put_node(pd, host=f"127.0.0.1:{node.server_address[1]}")
    out = pd.binlogctl("-cmd", command, "-node-id", "pump-1")
    node.shutdown()
    assert out.returncode == 0, out.stdout
    assert node.asked == [f"/state/pump-1/{path}"]
    assert f'["Apply action on node success"] [action={path}] [NodeID=pump-1]' in lines(out)[-1]


@pytest.mark.parametrize("command", ["update-pump", "pause-drainer"])
def test_an_action_on_no_node_is_told(pd, command):
    failed(pd.binlogctl("-cmd", command, "-state", "paused"), command, f"cmd {command} wants -node-id")


def test_why_without_pd_names_another_way(pd):
    pd.pd_process.kill()
    failed(pd.binlogctl("-cmd", "why"), "why", "GET http://<its address>/debug/why")


def test_an_action_nobody_hears_is_an_error(pd):
    put_node(pd, kind="drainers", host="127.0.0.1:1")
    failed(pd.binlogctl("-cmd", "pause-drainer", "-node-id", "pump-1"), "pause-drainer", "127.0.0.1:1")


def test_generate_meta_writes_a_savepoint(pd):
    directory = os.path.join(pd.directory, "position")
    out = pd.binlogctl("-cmd", "generate_meta", "-data-dir", directory)
    assert out.returncode == 0, out.stdout
    assert os.stat(directory).st_mode & 0o777 == 0o700
    with open(os.path.join(directory, "savepoint"), encoding="ascii") as f:
        text = f.read()
    ts = int(re.fullmatch(r"commitTS = (\d+)\n", text).group(1))
    assert f'["save meta"] [meta="commitTS: {ts}"]' in lines(out)[-1]
    again = pd.binlogctl("-cmd", "generate_meta", "-data-dir", directory, "-time-zone", "Asia/Shanghai")
    assert again.returncode == 0
    with open(os.path.join(directory, "savepoint"), "rb") as f:
        content = f.read()
    assert tomllib.loads(content.decode())["commitTS"] > ts
    assert b"+0800 CST" in content


def test_one_living_url_is_enough(pd):
    put_node(pd)
    urls = f"127.0.0.1:1,http://{pd.address('pd')}"
    for command in (["-cmd", "pumps"], ["-cmd", "generate_meta", "-data-dir", pd.directory + "/m"]):
        out = pd.binlogctl("-pd-urls", urls, *command)
        assert out.returncode == 0, out.stdout


def test_encrypt_is_read_by_openssl(cluster):
    key = "a529b7665997f043a30ac8fadcb51d6aa032c226ab5b7750530b12b8c1a16a48"
    out = cluster.binlogctl("-cmd", "encrypt", "-text", "p@ss word")
    assert out.returncode == 0
    warning, line = lines(out)
    assert warning.startswith("[WARN]") and "use the default secret key to encrypt" in warning
    text = re.search(r'\["encrypt text"\] \[encrypted="?([^"\]]*)"?\]', line).group(1)
    raw = base64.b64decode(text)
    assert raw[16:17] == b"@"
    plain = subprocess.run(["openssl", "enc", "-d", "-aes-256-cfb", "-K", key, "-iv", raw[:16].hex()],
                           input=raw[17:], stdout=subprocess.PIPE, check=True).stdout
    assert plain == b"p@ss word"
    failed(cluster.binlogctl("-cmd", "encrypt"), "encrypt", "need to specify the text to be encrypt")


def test_flags_and_exit_codes(cluster):
    version = cluster.binlogctl("-V")
    assert version.returncode == 0
    assert [v.split(":")[0] for v in version.stdout.splitlines()[:3]] == \
        ["Release Version", "Git Commit Hash", "Build TS"]
    help_text = cluster.binlogctl("-h")
    assert (help_text.returncode, help_text.stdout) == (0, "")
    assert "-show-offline-nodes" in help_text.stderr
    wrong = cluster.binlogctl("-nonsense")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "flag provided but not defined: -nonsense" in wrong.stderr
    failed(cluster.binlogctl("-cmd", "dance"), "dance", "cmd dance not supported")
    failed(cluster.binlogctl("-pd-urls", "ftp://a:1"), "pumps",
           "URL scheme must be http, https, unix, or unixs: ftp://a:1")
