"""MySQL itself as the downstream: types, documents, DDL, kills and takeovers as they are tested with MariaDB."""
import os

import pytest

import sides
from localcluster.mysql import MySql, NotPackaged, installed_mysql
from test_capture import test_capture_arrives  # noqa: F401
from test_ddl import test_ddl  # noqa: F401
from test_random_changes import test_both_sides_end_equal  # noqa: F401
from test_rows import servers, test_json, test_timestamps_through_time_zones, test_types  # noqa: F401
from test_takeovers import test_failover_to_a_server_that_lost_its_last_second  # noqa: F401
from test_whole_transaction import test_seen_whole_and_killed_in_the_midst  # noqa: F401


@pytest.fixture(scope="module")
def packaged():
    """Debian's unstable suite may be without it for a while; what cannot be fetched is an error."""
    try:
        installed_mysql()
    except NotPackaged as missing:
        pytest.skip(str(missing))


@pytest.fixture(autouse=True)
def downstream(packaged, cluster):
    cluster.mariadb = MySql(os.path.join(cluster.directory, "mysql"), cluster.mariadb.port)


def test_a_password_as_mysql_keeps_it(store):
    """caching_sha2_password, where the password travels encrypted with the server's key."""
    store.start_pump()
    store.mariadb.start()
    store.mariadb.run("create user follower identified by 'a secret'; grant all on *.* to follower; create database app")
    config = store.drainer_config().replace('user = "root"\npassword = ""', 'user = "follower"\npassword = "a secret"')
    store.start_drainer(config=config)
    store.start_tidb()
    with sides.connect(store.ports["tidb"]).cursor() as cursor:
        cursor.execute("create database app")
        cursor.execute("create table app.t (id int primary key)")
        cursor.execute("insert into app.t values (7)")
    store.wait_caught_up(store.pd.tso())
    assert store.mariadb.rows("select * from app.t") == [["7"]]
    assert store.mariadb.rows("select count(*) from information_schema.processlist where user = 'follower'") != [["0"]]
