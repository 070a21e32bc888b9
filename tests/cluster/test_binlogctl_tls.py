"""binlogctl with TLS to PD: certificates are checked in both directions."""
import os
import re
import subprocess

import pytest

from localcluster.process import Process


def openssl(directory, *arguments):
    subprocess.run(["openssl", *arguments], cwd=directory, stderr=subprocess.DEVNULL, check=True)


def make_authority(directory, name):
    openssl(directory, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")
    openssl(directory, "req", "-x509", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-days", "30",
            "-out", f"{name}.pem")


def make_certificate(directory, name, authority):
    openssl(directory, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")
    openssl(directory, "req", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-out", f"{name}.csr")
    with open(os.path.join(directory, "san.ext"), "w", encoding="ascii") as f:
        f.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl(directory, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey",
            f"{authority}.key", "-CAcreateserial", "-days", "30", "-extfile", "san.ext", "-out",
            f"{name}.pem")


@pytest.fixture
def secure_pd(cluster):
    directory = cluster.directory
    for authority in ("ca", "stranger"):
        make_authority(directory, authority)
    make_certificate(directory, "binlog", "ca")
    with open(os.path.join(directory, "pd.toml"), "w", encoding="ascii") as f:
        f.write('[security]\ncacert-path = "ca.pem"\ncert-path = "binlog.pem"\nkey-path = "binlog.key"\n'
                'cert-allowed-cn = ["binlog"]\n')
    cluster.pd_process = Process("pd", [
        os.path.join(cluster.bin, "pd-server"), "--name=pd", "--data-dir=pd.data", "-config=pd.toml",
        f"--client-urls=https://{cluster.address('pd')}",
        f"--peer-urls=http://{cluster.address('pd-peer')}"], directory).start()
    return cluster


def run(cluster, ca="ca", own="binlog", command=("-cmd", "pumps")):
    path = lambda name: os.path.join(cluster.directory, name)
    return cluster.binlogctl("-pd-urls", f"https://{cluster.address('pd')}", "-ssl-ca", path(f"{ca}.pem"),
                             "-ssl-cert", path(f"{own}.pem"), "-ssl-key", path(f"{own}.key"), *command)


def test_pd_and_client_show_their_certificates(secure_pd):
    secure_pd.pd_process.wait_ready(lambda: run(secure_pd).returncode == 0)
    update = ("-cmd", "update-pump", "-node-id", "x", "-state", "paused")
    assert "key /tidb-binlog/v1/pumps/x in etcd not found" in run(secure_pd, command=update).stdout
    meta = run(secure_pd, command=("-cmd", "generate_meta", "-data-dir", secure_pd.directory + "/meta"))
    assert meta.returncode == 0, meta.stdout
    assert re.search(r'\["save meta"\] \[meta="commitTS: \d+"\]', meta.stdout)
    # A PD that another authority vouches for, a client with a stranger's certificate, no TLS at all.
    assert run(secure_pd, ca="stranger").returncode == 1
    make_certificate(secure_pd.directory, "other", "ca")
    assert run(secure_pd, own="other").returncode == 1
    assert secure_pd.binlogctl("-cmd", "pumps").returncode == 1
