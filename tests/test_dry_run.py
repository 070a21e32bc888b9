"""drainer -check-config and -dry-run: what they print, their exit codes, and that nothing is changed."""
import os
import subprocess

import sides


def run(cluster, *arguments, config=""):
    path = os.path.join(cluster.directory, "look.toml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(config or cluster.drainer_config())
    result = subprocess.run([os.path.join(cluster.bin, "drainer"), f"-config={path}", "-node-id=look", "-data-dir=look.data",
                             f"-pd-urls=http://{cluster.address('pd')}", *arguments],
                            cwd=cluster.directory, capture_output=True, text=True, timeout=120, check=False)
    return result.returncode, result.stdout + result.stderr


def test_check_config(cluster):
    assert run(cluster, "-check-config") == (0, "the configuration is good\n")
    code, text = run(cluster, "-check-config", config="[syncer]\nworker-cuont = 3\n")
    assert code == 1 and "syncer.worker-cuont" in text
    code, text = run(cluster, "-check-config", config='[syncer]\ndb-type = "oracle"\n')
    assert code == 1 and "oracle" in text
    code, text = run(cluster, "-check-config", config='[syncer]\nddl-rules = "/nowhere"\n')
    assert code == 1 and "/nowhere" in text


def test_dry_run(cluster):
    code, text = run(cluster, "-dry-run")
    assert code == 1 and "fatal" in text, "nothing runs"
    cluster.start_pd()
    cluster.start_tikv()
    cluster.mariadb.start()
    code, text = run(cluster, "-dry-run")
    assert code == 1 and "there is no pump" in text
    cluster.start_pump()
    cluster.start_tidb()
    code, text = run(cluster, "-dry-run")
    assert code == 0 and "\n0 fatal, 0 warnings\n" in text, text
    with sides.connect(cluster.ports["tidb"]).cursor() as cursor:
        cursor.execute("create database d")
        cursor.execute("create table d.t (id int primary key)")
        cursor.execute("create table d.k (k varchar(10) primary key)")
        cursor.execute("create table d.n (v int)")
    cluster.mariadb.run("create database d; create table d.k (k varchar(10) collate utf8mb4_general_ci primary key); "
                        "create table d.n (v int)")
    before = cluster.mariadb.rows("show databases")
    code, text = run(cluster, "-dry-run")
    assert code == 1, text
    assert "`d`.`t`" in text and "missing downstream" in text
    assert "PRIMARY(k) compares by utf8mb4_general_ci" in text
    assert "no unique key on either side" in text
    assert text.split("\n")[0].startswith("fatal") and "1 fatal, 2 warnings" in text
    assert cluster.mariadb.rows("show databases") == before
    assert cluster.node_state("drainers", "look") is None
    cluster.mariadb.run("create table d.t (id int primary key)")
    assert run(cluster, "-dry-run")[0] == 0
