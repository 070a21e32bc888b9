"""caching_sha2_password: without TLS the password comes encrypted with the server's RSA key."""
import os
import subprocess

import pymysql
import pytest

import wire
from both import connect, outcome, run_all
from wire import ServerError, Wire

SHA2 = "caching_sha2_password"
PASSWORD = "longer than the twenty bytes of the salt"


class Sha2Wire(Wire):
    """Logs in with caching_sha2_password and no password cached: shows each packet of the exchange."""

    def __init__(self, port, user, sent):
        self.sent = sent
        super().__init__(port, user)

    def finish_login(self, password):
        r = wire.Reader(self.check(self.read()))
        assert r.number(1) == 0xfe and r.nul().decode() == SHA2
        self.salt = r.rest()[:20]
        self.write(b"x" * 32)
        assert self.check(self.read()) == b"\x01\x04", "the whole password is asked for"
        self.write(b"\x02")
        assert self.check(self.read()).startswith(b"\x01-----BEGIN PUBLIC KEY-----\n")
        self.write(self.sent)
        return self.ok(self.read())


def test_packets_of_the_exchange(ports):
    port = ports[0]
    with connect(port) as root:
        run_all(root, ["drop user if exists sha", f"create user sha identified with {SHA2} by '{PASSWORD}'"])
    for sent in (b"", b"x" * 256, b"\x02", b"y" * 5000, PASSWORD.encode() + b"\0"):
        with pytest.raises(ServerError) as error:
            Sha2Wire(port, "sha", sent)
        assert error.value.args[0] == 1045
    # A clear text is no answer without TLS, even if the client sends it unasked.
    with pytest.raises(pymysql.MySQLError) as denied:
        connect(port, "sha", password="wrong")
    assert denied.value.args[0] == 1045
    for _ in range(2):
        # The first login sends the password, the second is answered from the cache.
        with connect(port, "sha", password=PASSWORD) as connection:
            assert outcome(connection, "select 1") == (0, ((1,),))


def client(program, port, *arguments, **environment):
    return subprocess.run([program, "--no-defaults", "-h", "127.0.0.1", "-P", str(port), "-u", "sha", "-N", *arguments],
                          env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=60, check=False)


def test_a_changed_password(ports):
    with connect(ports[0]) as root:
        run_all(root, ["drop user if exists sha", f"create user sha identified with {SHA2} by 'secret'"])
        connect(ports[0], "sha", password="secret").close()
        run_all(root, ["alter user sha identified by 'changed'"])
    with pytest.raises(pymysql.MySQLError):
        connect(ports[0], "sha", password="secret")
    connect(ports[0], "sha", password="changed").close()


def test_connector_c_is_refused_without_tls(ports):
    """MariaDB's client library sends the password in the clear, which MySQL does not take either."""
    with connect(ports[0]) as root:
        run_all(root, ["drop user if exists sha", f"create user sha identified with {SHA2} by 'secret'"])
    done = client("mariadb", ports[0], "-e", "select 1", MYSQL_PWD="secret")
    assert done.returncode != 0 and "1045" in done.stderr, done.stderr


def test_over_tls(cluster, secure_port):
    with connect(secure_port) as root:
        run_all(root, ["drop user if exists sha", f"create user sha identified with {SHA2} by 'secret'", "create user 'nothing' identified with "
                       f"{SHA2}"])
    ca = os.path.join(cluster.directory, "ca.pem")
    for password, good in (("wrong", False), ("secret", True), ("secret", True)):
        done = client("mariadb", secure_port, f"--ssl-ca={ca}", "--ssl-verify-server-cert", "-e",
                      "show status like 'Ssl_version'", MYSQL_PWD=password)
        assert (done.returncode == 0) == good, done.stderr
        assert ("TLSv1" in done.stdout) == good
    with connect(secure_port, "nothing", ssl_ca=ca) as connection:
        assert outcome(connection, "select 1") == (0, ((1,),))
