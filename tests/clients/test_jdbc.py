"""JDBC: what MariaDB's and MySQL's drivers tell of tidb-server is what they tell of a MariaDB; drainer follows."""
import os
import subprocess

import pytest

from both import connect, run_all
from follow import assert_sides_are_equal

HERE = os.path.dirname(os.path.abspath(__file__))
# MySQL's drivers are no Debian packages: Maven fetches them once. 5.1 is what programs of TiDB 3.0's time have.
MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
MYSQL_DRIVERS = {"5.1": ("mysql", "mysql-connector-java", "5.1.49"), "8.0": ("com.mysql", "mysql-connector-j", "8.0.33")}


def mysql_driver(version):
    group, name, full = MYSQL_DRIVERS[version]
    directory = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "tidb-binlog-tests")
    jar = os.path.join(directory, f"{name}-{full}.jar")
    if not os.path.exists(jar):
        done = subprocess.run(["mvn", "-q", "-B", MAVEN_COPY, f"-Dartifact={group}:{name}:{full}",
                               f"-DoutputDirectory={directory}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=600, check=False)
        if done.returncode != 0 or not os.path.exists(jar):
            pytest.fail(f"Maven cannot fetch MySQL's JDBC driver {full} from Maven Central; put it at {jar}, or repeat "
                        f"the test with a network:\n{done.stdout[-2000:]}")
    return jar


def driver(name):
    """(jar, start of its URLs)."""
    if name == "mariadb":
        return "/usr/share/java/mariadb-java-client.jar", "jdbc:mariadb"
    return mysql_driver(name), "jdbc:mysql"


@pytest.fixture
def program(tmp_path):
    """Where the compiled program is."""
    subprocess.run(["javac", "-d", str(tmp_path), os.path.join(HERE, "JdbcClient.java")], check=True, timeout=300)
    return tmp_path


# MySQL's 8.0 logs in to tidb-server with caching_sha2_password without TLS: it asks for the server's RSA key.
SHA2 = "user=sha&password=secret&allowPublicKeyRetrieval=true"


def told(program, name, port, database, user="user=root"):
    jar, scheme = driver(name)
    done = subprocess.run(["java", "-Xshare:auto", "-cp", f"{program}:{jar}", "JdbcClient",
                           f"{scheme}://127.0.0.1:{port}/?{user}&useSSL=false", database],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    failed = [line for line in done.stdout.split("\n") if line.startswith("failed:")]
    assert failed == [], done.stderr[-3000:]
    return done.stdout.split("\n")


@pytest.mark.parametrize("name", ["mariadb", "5.1", "8.0"])
def test_driver(running, program, name):
    with connect(running.ports["tidb"]) as root:
        run_all(root, ["create user sha identified with caching_sha2_password by 'secret'", "grant all on *.* to sha"])
    ours = told(program, name, running.ports["tidb"], "jdbc", SHA2 if name == "8.0" else "user=root")
    # The same program on MariaDB itself, in a database that drainer does not write to.
    theirs = told(program, name, running.mariadb.port, "jdbc_there")
    assert len(ours) > 500
    differing = [pair for pair in zip(ours, [line.replace("jdbc_there", "jdbc") for line in theirs])
                 if pair[0] != pair[1]]
    assert (len(ours), differing) == (len(theirs), [])
    assert_sides_are_equal(running, "jdbc")
