"""Pump under TLS: everything on one port, certificates replaced while it runs, and no secret anywhere."""
import glob
import json
import os
import shutil
import socket
import ssl
import subprocess
import urllib.request

import grpc
from localcluster import stubs
from localcluster.process import Process, wait_until
from pumpclient import PULL, WRITE
from test_node_ports import secure, start_node, status, write_security  # noqa: F401, a fixture among them


def serial_of(cluster, program="pump"):
    """Serial number of the certificate that the port shows now."""
    host, port = cluster.address(program).split(":")
    with socket.create_connection((host, int(port)), timeout=5) as plain:
        context = cluster.authority.client("node")
        with context.wrap_socket(plain, server_hostname=host) as tls:
            return tls.getpeercert()["serialNumber"]


def read(path):
    with open(path, "rb") as file:
        return file.read()


def cluster_id(cluster):
    pdpb = stubs.load("pdpb")
    members = call(channel_to(cluster, cluster.address("pd")), "/pdpb.PD/GetMembers", pdpb.GetMembersRequest(),
                   pdpb.GetMembersResponse)
    return members.header.cluster_id


def channel_to(cluster, address):
    path = cluster.authority.path
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(
        read(path("ca.pem")), read(path("node.key")), read(path("node.pem"))))


def call(opened, path, request, response_type):
    return opened.unary_unary(path, request_serializer=lambda m: m.SerializeToString(),
                              response_deserializer=response_type.FromString)(
        request, timeout=20, wait_for_ready=True)


def test_grpc_and_http_on_one_port_and_new_certificates(secure):
    start_node(secure, "pump", write_security(secure, "pump", "", ["node"])).wait_ready(
        lambda: status(secure, "pump", "node"), timeout=60)
    messages, binlog = stubs.load("pump"), stubs.load("binlog").Binlog
    own = cluster_id(secure)

    def write(opened, **fields):
        payload = binlog(ddl_job_id=0, ddl_schema_state=0, **fields).SerializeToString()
        call(opened, WRITE, messages.WriteBinlogReq(clusterID=own, payload=payload), messages.WriteBinlogResp)

    now = json.loads(urllib.request.urlopen(f"https://{secure.address('pump')}/status",
                                            context=secure.authority.client("node"), timeout=10).read())["CommitTS"]
    old = channel_to(secure, secure.address("pump"))
    write(old, tp=0, start_ts=now, commit_ts=0, prewrite_key=b"k", prewrite_value=b"\x08\x01")
    before = serial_of(secure)
    secure.authority.issue("node")  # replaces node.pem and node.key
    wait_until(lambda: serial_of(secure) != before, 10, "the port shows the new certificate")
    write(old, tp=1, start_ts=now, commit_ts=now + 1)  # the old connection lives on
    fresh = channel_to(secure, secure.address("pump"))
    stream = fresh.unary_stream(PULL, request_serializer=lambda m: m.SerializeToString(),
                                response_deserializer=messages.PullBinlogResp.FromString)(
        messages.PullBinlogReq(clusterID=own, startFrom=messages.Pos(offset=0)), timeout=30)
    for answer in stream:
        record = binlog.FromString(answer.entity.payload)
        if record.start_ts != record.commit_ts:
            assert (record.start_ts, record.commit_ts) == (now, now + 1)
            break
    assert status(secure, "pump", "stranger") is None
    done = subprocess.run(
        [os.path.join(secure.bin, "binlogctl"), f"-pd-urls=https://{secure.address('pd')}", "-cmd=why",
         f"-ssl-ca={secure.authority.path('ca.pem')}", f"-ssl-cert={secure.authority.path('node.pem')}",
         f"-ssl-key={secure.authority.path('node.key')}"], stdout=subprocess.PIPE, text=True, check=False)
    assert json.loads(done.stdout)["pumps"]["pump"]["nodeID"] == "pump", done.stdout
    old.close()
    fresh.close()
    assert secure.pumps["pump"].terminate() == 0


def key_lines(path):
    """The lines of a private key that are the key."""
    return [line for line in read(path).splitlines() if len(line) > 40 and not line.startswith(b"---")]


def everything_said(cluster):
    """All logs and outputs of pump and binlogctl, and what its pages show."""
    said = b""
    for path in glob.glob(os.path.join(cluster.directory, "*.log")) + glob.glob(os.path.join(cluster.directory, "*.out")):
        said += read(path)
    for page in ("/status", "/drainers", "/debug/why", "/metrics"):
        with urllib.request.urlopen(f"https://{cluster.address('pump')}{page}",
                                    context=cluster.authority.client("node"), timeout=10) as reply:
            said += reply.read()
    return said


def test_secrets_are_nowhere(secure):
    """Keys, and passwords in addresses, in no log, error, page or printed configuration."""
    password = "s3cr3t-of-the-gateway"
    config = write_security(secure, "pump", 'log-level = "debug"\nMetricsInterval = 1\n'
                            f'MetricsAddr = "http://somebody:{password}@127.0.0.1:1"\n')
    start_node(secure, "pump", config).wait_ready(lambda: status(secure, "pump", "node"), timeout=60)
    wait_until(lambda: b"could not push metrics" in read(os.path.join(secure.directory, "pump.log")), 20,
               "the gateway is not there")
    secrets = [password.encode(), *key_lines(secure.authority.path("node.key"))]
    assert len(secrets) > 1
    said = everything_said(secure)
    assert b"start pump..." in said and b'somebody:' not in said
    for secret in secrets:
        assert secret not in said
    # Errors about files and addresses name them, not what is in them.
    broken = os.path.join(secure.directory, "broken")
    os.makedirs(broken)
    for name in ("ca.pem", "node.pem", "node.key"):
        shutil.copy(secure.authority.path(name), broken)
    with open(os.path.join(broken, "node.pem"), "ab") as pem:
        pem.truncate(100)
    toml = read(config).decode().replace(secure.directory + "/", broken + "/")
    toml_path = os.path.join(secure.directory, "broken.toml")
    with open(toml_path, "w", encoding="utf-8") as file:
        file.write(toml)
    for arguments in ([f"-config={toml_path}", f"-pd-urls=https://{secure.address('pd')}"],
                      [f"-pd-urls=http://root:{password}@127.0.0.1"]):
        process = Process("broken", [os.path.join(secure.bin, "pump"), "-addr=127.0.0.1:0", "-data-dir=broken.data",
                                     *arguments], secure.directory).start()
        wait_until(lambda p=process: not p.running() or b"error" in read(p.output), 30, "it says what is wrong")
        process.kill()
        text = read(process.output)
        assert text
        for secret in secrets:
            assert secret not in text
