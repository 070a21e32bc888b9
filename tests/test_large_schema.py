"""Many tables and a long job history: drainer starts fast and small, and knows every table when its rows come."""
import json
import time

import pytest

from large_rows import Writer, peak_mib, resident_mib
from large_schema import LargeSchema, create_table, put
from localcluster import stubs
from localcluster.codec import record_key, varint
from localcluster.process import wait_until


def insert(cluster, writer, schema, i):
    """A transaction that inserts row 7 into table `i`, as TiDB sends it; its commit ts."""
    b = stubs.load("binlog")
    row = b"\x08" + varint(7) + b"\x08" + varint(2) + b"\x02" + varint(5) + b"hello"
    mutation = b.TableMutation(table_id=schema.table_id(i), inserted_rows=[row], sequence=[b.Insert])
    value = b.PrewriteValue(schema_version=schema.schema_version, mutations=[mutation]).SerializeToString()
    fields = {"start_ts": cluster.pd.tso(), "prewrite_key": record_key(schema.table_id(i), 7), "ddl_job_id": 0,
              "ddl_schema_state": 0}
    writer.send(b.Binlog(tp=b.Prewrite, commit_ts=0, prewrite_value=value, **fields).SerializeToString())
    commit_ts = cluster.pd.tso()
    writer.send(b.Binlog(tp=b.Commit, commit_ts=commit_ts, **fields).SerializeToString())
    return commit_ts


def write_checkpoint(cluster, commit_ts, schema_version):
    """As an original drainer leaves it when it has stopped cleanly."""
    text = json.dumps({"consistent": True, "commitTS": commit_ts, "ts-map": {}, "schema-version": schema_version})
    cluster.mariadb.run("create database tidb_binlog; create table tidb_binlog.checkpoint "
                        "(clusterID bigint unsigned primary key, checkPoint mediumtext);"
                        f"insert into tidb_binlog.checkpoint values ({cluster.pd.cluster_id}, '{text}')")


@pytest.mark.parametrize("source", ["snapshot", "history"])
def test_start(cluster, rng, full, source):
    """50 000 tables and 200 000 jobs (without TBL_FULL a tenth of them)."""
    schema = LargeSchema(50000 if full else 5000)
    limit_mib = 400 if full else 100
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    cluster.mariadb.start()
    before_ts = cluster.pd.tso()
    size = put(cluster, schema.history()) + put(cluster, schema.snapshot())
    # Below the first version of the meta there is no snapshot: the history is all there is.
    write_checkpoint(cluster, cluster.pd.tso() if source == "snapshot" else before_ts, schema.schema_version)
    some = sorted({0, *(rng.randrange(schema.tables) for _ in range(20))})
    for i in some:
        database, table = schema.names(i)
        cluster.mariadb.run(f"create database if not exists {database}; use {database}; {create_table(table)}")
    begun = time.monotonic()
    drainer = cluster.start_drainer(wait=False)
    drainer.wait_ready(lambda: cluster.node_state("drainers", "drainer") == "online", timeout=600)
    seconds = time.monotonic() - begun
    started = resident_mib(drainer)
    writer = Writer(cluster)
    for i in some:
        ts = insert(cluster, writer, schema, i)
    writer.close()
    cluster.wait_caught_up(ts, timeout=300)
    for i in some:
        database, table = schema.names(i)
        assert cluster.mariadb.rows(f"select column_1, column_2 from {database}.{table}") == [["7", "hello"]]
    print(f"{source}: {schema.tables} tables, {schema.jobs} jobs, {size >> 20} MiB of JSON: online after {seconds:.1f} s with "
          f"{started:.0f} MiB, peak {peak_mib(drainer):.0f} MiB")
    assert ("load schema snapshot" in cluster.log()) == (source == "snapshot")
    assert peak_mib(drainer) < limit_mib
    wait_until(lambda: cluster.checkpoint_ts() >= ts, 60, "the checkpoint is told")
