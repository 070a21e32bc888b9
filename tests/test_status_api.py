"""The status port's paths and shapes, checked against what SQL and the stores say."""
import base64
import json
import urllib.error
import urllib.parse
import urllib.request

import pytest

from localcluster.cluster import Cluster
from localcluster.process import wait_until
from test_server_kills import connect, execute


class Status:
    """GET on the status port."""

    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"

    def reply(self, path, data=None):
        """Code, content type and body."""
        try:
            with urllib.request.urlopen(self.base + path, data=data, timeout=20) as reply:
                return reply.status, reply.headers["Content-Type"], reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers["Content-Type"], error.read().decode()

    def get(self, path):
        code, kind, body = self.reply(path)
        assert (code, kind) == (200, "application/json"), f"{path}: {code} {body}"
        return json.loads(body)

    def refused(self, path):
        code, _, body = self.reply(path)
        assert code == 400, body
        return body


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """One cluster for all of this file's tests, with some tables."""
    cluster = Cluster(tmp_path_factory.mktemp("status"))
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    cluster.start_tidb()
    execute(cluster, "create database app",
            "create table app.t (id int primary key, name varchar(20), at timestamp null, unique key u (name), "
            "key a (at, name))",
            "create table app.parts (a int) partition by range (a) (partition p0 values less than (10), "
            "partition p1 values less than (20))",
            "set time_zone = '+08:00'", "insert into app.t values (7, 'seven', '2020-01-02 03:04:05'), (8, null, null)",
            "insert into app.parts values (3), (13)")
    yield cluster
    cluster.stop()


@pytest.fixture
def status(served):
    return Status(served.ports["tidb-status"])


def table_id(status, name):
    return status.get(f"/schema/app/{name}")["id"]


def test_status_is_one_line(served, status):
    code, kind, body = status.reply("/status")
    assert (code, kind) == (200, "application/json")
    assert "\n" not in body
    answer = json.loads(body)
    assert list(answer) == ["connections", "version", "git_hash"]
    assert answer["version"].startswith("5.7.25-TiDB-v3.0.")
    connections = [connect(served), connect(served)]
    try:
        assert status.get("/status")["connections"] >= 2
    finally:
        for connection in connections:
            connection.close()
    wait_until(lambda: status.get("/status")["connections"] == 0, 30, "everybody has gone")


def test_info(served, status):
    info = status.get("/info")
    assert list(info) == ["is_owner", "version", "git_hash", "ddl_id", "ip", "listening_port", "status_port", "lease"]
    assert info["is_owner"] is True
    assert (info["listening_port"], info["status_port"]) == (served.ports["tidb"], served.ports["tidb-status"])
    everybody = status.get("/info/all")
    assert list(everybody) == ["servers_num", "owner_id", "is_all_server_version_consistent", "all_servers_info"]
    assert (everybody["servers_num"], everybody["owner_id"]) == (1, info["ddl_id"])
    del info["is_owner"]
    assert everybody["all_servers_info"] == {info["ddl_id"]: info}


def test_replies_are_indented_by_one_space(status):
    assert status.reply("/info")[2].startswith('{\n "is_owner": true,\n "version"')


def test_settings(served, status):
    settings = status.get("/settings")
    assert settings["port"] == served.ports["tidb"]
    assert settings["path"] == served.address("pd")
    assert settings["log"]["file"]["filename"] == "tidb.log"
    assert settings["binlog"] == {"enable": True, "write-timeout": "15s", "ignore-error": False, "binlog-socket": "",
                                  "strategy": "range"}
    assert settings["security"]["ssl-key"] == ""
    assert status.reply("/settings", b"tidb_general_log=1")[0] == 200
    assert execute(served, "select @@global.tidb_general_log")[0][0] in (1, "1", "ON")
    assert status.reply("/settings", b"tidb_general_log=0")[0] == 200
    assert status.reply("/settings", b"log_level=loud")[0] == 400


def test_schema(served, status):
    assert [db["db_name"]["L"] for db in status.get("/schema")] == ["app", "mysql", "test"]
    assert [t["name"]["O"] for t in status.get("/schema/app")] == ["parts", "t"]
    table = status.get("/schema/app/t")
    assert [c["name"]["O"] for c in table["cols"]] == ["id", "name", "at"]
    assert [i["idx_name"]["O"] for i in table["index_info"]] == ["u", "a"]
    assert status.get(f"/schema?table_id={table['id']}") == table
    by_id = status.get(f"/db-table/{table['id']}")
    assert by_id["db_info"]["db_name"]["O"] == "app" and by_id["table_info"] == table
    part = status.get("/schema/app/parts")["partition"]["definitions"][1]["id"]
    assert status.get(f"/db-table/{part}")["table_info"]["name"]["O"] == "parts"
    assert by_id["schema_version"] > 20
    assert "doesn't exist" in status.refused("/schema/app/nothing")
    assert "Unknown database" in status.refused("/schema/nowhere")
    assert "does not exist" in status.refused("/db-table/999999")


def test_ddl_history(status):
    history = status.get("/ddl/history")
    ids = [job["id"] for job in history]
    assert ids == sorted(ids, reverse=True)
    assert history[0]["query"].startswith("create table app.parts")
    assert history[2]["query"] == "create database app"
    assert [job["id"] for job in status.get("/ddl/history?limit=2")] == ids[:2]
    assert status.refused("/ddl/history?limit=0")


def store_info(served, key):
    """What grpcio gets of a key."""
    tikv = served.tikv()
    try:
        m = tikv.messages
        return tikv.call("MvccGetByKey", m.MvccGetByKeyRequest(context=tikv.context, key=key), m.MvccGetByKeyResponse).info
    finally:
        tikv.close()


def expected_writes(info):
    """As Go's JSON has them: zeros left out, bytes in base64."""
    writes = []
    for write in info.writes:
        one = {"type": write.type, "start_ts": write.start_ts, "commit_ts": write.commit_ts,
               "short_value": base64.b64encode(write.short_value).decode()}
        writes.append({k: v for k, v in one.items() if v})
    return writes


def comparable(number):
    return (number + (1 << 63)).to_bytes(8, "big")


def record_key(table, handle):
    return b"t" + comparable(table) + b"_r" + comparable(handle)


def test_mvcc_of_a_row(served, status):
    key = record_key(table_id(status, "t"), 7)
    answer = status.get("/mvcc/key/app/t/7")
    assert answer["key"] == key.hex().upper()
    writes = answer["value"]["info"]["writes"]
    assert writes == expected_writes(store_info(served, key)) and len(writes) == 1
    assert status.get(f"/mvcc/hex/{key.hex()}") == answer
    assert status.get("/mvcc/key/app/t/99")["value"] == {"info": {}}
    part = status.get("/schema/app/parts")["partition"]["definitions"][1]["id"]
    assert status.get("/mvcc/key/app/parts(p1)/2")["key"] == record_key(part, 2).hex().upper()
    assert "partition p9" in status.refused("/mvcc/key/app/parts(p9)/2")
    assert status.refused("/mvcc/key/app/t/seven")
    assert status.refused("/mvcc/hex/xyz")


def test_mvcc_of_an_index_entry(served, status):
    row = status.get("/mvcc/key/app/t/7")["value"]["info"]["writes"][0]
    # The time is written in the session's zone, and asked for in UTC.
    at = urllib.parse.quote("2020-01-01 19:04:05")
    for path in ("u/7?name=seven", f"a/7?at={at}&name=seven"):
        entry = status.get(f"/mvcc/index/app/t/{path}")["value"]["info"]["writes"]
        assert [(w["start_ts"], w["commit_ts"]) for w in entry] == [(row["start_ts"], row["commit_ts"])], path
    assert status.get("/mvcc/index/app/t/u/7?name=eight")["value"] == {"info": {}}
    assert status.refused("/mvcc/index/app/t/a/7?name=seven") == "Missing value for index column at."
    assert "not found" in status.refused("/mvcc/index/app/t/none/7?name=seven")


def test_mvcc_of_a_transaction(served, status):
    row = status.get("/mvcc/key/app/t/7")
    start_ts = row["value"]["info"]["writes"][0]["start_ts"]
    of_table = status.get(f"/mvcc/txn/{start_ts}/app/t")
    assert status.get(f"/mvcc/txn/{start_ts}") == of_table
    key = base64.b64decode(of_table["key"])
    assert key.startswith(b"t" + comparable(table_id(status, "t")) + b"_i"), "index entries stand before rows"
    assert of_table["info"]["writes"][0]["start_ts"] == start_ts
    assert status.get("/mvcc/txn/12345") is None
    assert "outside of the table" in status.refused(f"/mvcc/txn/{start_ts}/app/parts")
    assert status.refused("/mvcc/txn/now")


def test_mvcc_shows_locks_and_long_values(served, status):
    tikv = served.tikv()
    table = table_id(status, "t")
    long, locked = record_key(table, 1000), record_key(table, 1001)
    value = b"v" * 300
    tikv.write([(long, value)])
    start_ts = served.pd.tso()
    tikv.prewrite([(locked, b"short")], start_ts, ttl=3000)
    try:
        info = status.get("/mvcc/key/app/t/1000")["value"]["info"]
        assert info["values"] == [{"start_ts": info["writes"][0]["start_ts"],
                                   "value": base64.b64encode(value).decode()}]
        lock = status.get("/mvcc/key/app/t/1001")["value"]["info"]["lock"]
        assert lock == {"start_ts": start_ts, "primary": base64.b64encode(locked).decode(),
                        "short_value": base64.b64encode(b"short").decode()}
    finally:
        tikv.rollback([locked], start_ts)
        tikv.close()


def region(served):
    """The only one, as PD's HTTP API has it."""
    with urllib.request.urlopen(f"http://{served.address('pd')}/pd/api/v1/regions", timeout=10) as reply:
        return json.loads(reply.read())["regions"][0]


def test_regions(served, status):
    known = region(served)
    meta = status.get("/regions/meta")
    assert [r["region_id"] for r in meta] == [known["id"]]
    assert meta[0]["region_epoch"] == {"conf_ver": known["epoch"]["conf_ver"], "version": known["epoch"]["version"]}
    assert meta[0]["leader"] == meta[0]["peers"][0] == {k: known["peers"][0][k] for k in ("id", "store_id")}
    table = status.get("/tables/app/t/regions")
    assert (table["name"], table["id"]) == ("t", table_id(status, "t"))
    assert table["record_regions"] == meta
    assert [(i["name"], i["regions"]) for i in table["indices"]] == [("u", meta), ("a", meta)]
    assert [p["name"] for p in status.get("/tables/app/parts/regions")] == ["p0", "p1"]
    assert "doesn't exist" in status.refused("/tables/app/nothing/regions")
    frames = status.get(f"/regions/{known['id']}")["frames"]
    ours = [(f["is_record"], f.get("index_name")) for f in frames if (f["db_name"], f["table_name"]) == ("app", "t")]
    assert ours == [(False, "u"), (False, "a"), (True, None)]
    assert status.refused("/regions/999999")


def test_binlog_recover_and_the_rest(status):
    assert status.reply("/binlog/recover")[::2] == (200, "")
    assert status.get("/binlog/recover?op=status") == {"Skipped": False, "SkippedCommitterCounter": 0}
    code, _, body = status.reply("/metrics")
    assert code == 200 and "# TYPE process_start_time_seconds gauge" in body
    assert status.reply("/nothing")[::2] == (404, "404 page not found\n")
    assert status.reply("/ddl/owner/resign", b"")[2] == '"success!"'
