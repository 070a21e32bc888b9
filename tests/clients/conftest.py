"""What the tests with clients start: a tidb-server and a MariaDB beside it, nothing between them."""
import pytest

from localcluster.certificates import Authority
from private_cluster import private_cluster


@pytest.fixture(scope="module")
def ports(request):
    """(tidb-server's port, MariaDB's port). Both serve all tests of a file: what a test makes it drops before."""
    failed_before = request.session.testsfailed
    with private_cluster(lambda: request.session.testsfailed > failed_before) as cluster:
        cluster.start_pd()
        cluster.start_tikv()
        cluster.start_pump()
        cluster.start_tidb()
        cluster.mariadb.start()
        yield cluster.ports["tidb"], cluster.mariadb.port


@pytest.fixture
def secure_port(cluster):
    """Of a tidb-server that offers TLS; its CA is ca.pem in the cluster's directory."""
    authority = Authority(cluster.directory)
    authority.issue("server")
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    cluster.start_tidb(config=f'store = "tikv"\npath = "{cluster.address("pd")}"\nlease = "1s"\n'
                       '[log.file]\nfilename = "tidb.log"\n[binlog]\nenable = true\n'
                       f'[security]\nssl-cert = "{authority.path("server.pem")}"\n'
                       f'ssl-key = "{authority.path("server.key")}"\n')
    return cluster.ports["tidb"]
