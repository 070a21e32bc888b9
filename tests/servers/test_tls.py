"""pd-server and tikv-server under TLS, and that nothing listens beside it."""
import os
import socket
import ssl
import subprocess
import urllib.error
import urllib.request

import grpc
import pytest

from localcluster import stubs
from localcluster.process import wait_until


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Paths of a CA, and of a certificate for 127.0.0.1 that serves and calls."""
    at = tmp_path_factory.mktemp("tls")
    names = {n: str(at / n) for n in ("ca.pem", "ca.key", "peer.pem", "peer.key", "peer.csr", "ext")}
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test-ca",
            "-keyout", names["ca.key"], "-out", names["ca.pem"])
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=peer", "-keyout", names["peer.key"],
            "-out", names["peer.csr"])
    with open(names["ext"], "w", encoding="ascii") as f:
        f.write("subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n")
    openssl("x509", "-req", "-in", names["peer.csr"], "-CA", names["ca.pem"], "-CAkey", names["ca.key"],
            "-CAcreateserial", "-days", "2", "-extfile", names["ext"], "-out", names["peer.pem"])
    return names


@pytest.fixture
def secure(cluster, certificates):
    """Both servers; gives a function that opens a gRPC channel with the certificate."""
    def read(name):
        with open(certificates[name], "rb") as f:
            return f.read()
    credentials = grpc.ssl_channel_credentials(read("ca.pem"), read("peer.key"), read("peer.pem"))
    url = f"https://{cluster.address('pd')}"
    cluster.pd_process = cluster._process("pd", "pd-server", [
        "--data-dir=pd.data", f"--client-urls={url}", f"--peer-urls=https://{cluster.address('pd-peer')}",
        f"-cacert={certificates['ca.pem']}", f"-cert={certificates['peer.pem']}",
        f"-key={certificates['peer.key']}"]).start()
    config = os.path.join(cluster.directory, "tikv.toml")
    with open(config, "w", encoding="ascii") as f:
        f.write(f"[security]\nca-path = \"{certificates['ca.pem']}\"\n"
                f"cert-path = \"{certificates['peer.pem']}\"\nkey-path = \"{certificates['peer.key']}\"\n")
    cluster.tikv_process = cluster._process("tikv", "tikv-server", [
        f"--pd={cluster.address('pd')}", f"--addr={cluster.address('tikv')}", "--status-addr=",
        "--data-dir=tikv.data", "-C", config]).start()
    channels = []

    def channel(address):
        channels.append(grpc.secure_channel(address, credentials))
        return channels[-1]
    yield channel
    for opened in channels:
        opened.close()


def unary(channel, path, request, response_type):
    return channel.unary_unary(path, request_serializer=lambda m: m.SerializeToString(),
                               response_deserializer=response_type.FromString)(
        request, timeout=10, wait_for_ready=True)


def test_a_cluster_under_tls(cluster, certificates, secure):
    pdpb = stubs.load("pdpb")
    kv = stubs.load("kvrpcpb")
    pd = secure(cluster.address("pd"))
    members = unary(pd, "/pdpb.PD/GetMembers", pdpb.GetMembersRequest(), pdpb.GetMembersResponse)
    assert members.leader.client_urls == [f"https://{cluster.address('pd')}"]
    header = pdpb.RequestHeader(cluster_id=members.header.cluster_id)

    def leader():
        found = unary(pd, "/pdpb.PD/GetRegion", pdpb.GetRegionRequest(header=header),
                      pdpb.GetRegionResponse)
        return found if found.HasField("leader") else None
    region = wait_until(leader, 10, "the store has joined")
    context = kv.Context(region_id=region.region.id, region_epoch=region.region.region_epoch,
                         peer=region.leader)
    answer = unary(secure(cluster.address("tikv")), "/tikvpb.Tikv/KvGet",
                   kv.GetRequest(context=context, key=b"k", version=1), kv.GetResponse)
    assert answer.not_found
    done = subprocess.run(
        ["etcdctl", "--endpoints", f"https://{cluster.address('pd')}", "--cacert", certificates["ca.pem"],
         "--cert", certificates["peer.pem"], "--key", certificates["peer.key"], "member", "list"],
        env={**os.environ, "ETCDCTL_API": "3"}, stdout=subprocess.PIPE, check=True, timeout=20)
    assert f"https://{cluster.address('pd')}".encode() in done.stdout


def test_nothing_is_served_in_the_clear(cluster, certificates, secure):
    pdpb = stubs.load("pdpb")
    unary(secure(cluster.address("pd")), "/pdpb.PD/GetMembers", pdpb.GetMembersRequest(),
          pdpb.GetMembersResponse)
    context = ssl.create_default_context(cafile=certificates["ca.pem"])
    url = f"https://{cluster.address('pd')}/pd/api/v1/members"
    with pytest.raises((urllib.error.URLError, OSError)):
        urllib.request.urlopen(url.replace("https", "http"), timeout=5).read()
    with pytest.raises(grpc.RpcError):
        plain = grpc.insecure_channel(cluster.address("pd"))
        plain.unary_unary("/pdpb.PD/GetMembers")(b"", timeout=3)
    with pytest.raises((urllib.error.URLError, OSError)):  # a client without a certificate
        urllib.request.urlopen(url, context=context, timeout=5).read()
    with pytest.raises(grpc.RpcError):
        with open(certificates["ca.pem"], "rb") as f:
            anonymous = grpc.secure_channel(cluster.address("tikv"), grpc.ssl_channel_credentials(f.read()))
        anonymous.unary_unary("/tikvpb.Tikv/KvGet")(b"", timeout=3)
    context.load_cert_chain(certificates["peer.pem"], certificates["peer.key"])
    assert b"cluster_id" in urllib.request.urlopen(url, context=context, timeout=5).read()
    with socket.socket() as peer_port:
        assert peer_port.connect_ex(("127.0.0.1", cluster.ports["pd-peer"])) != 0
