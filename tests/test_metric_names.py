"""The series that the original's dashboards and alert rules ask for are there, of the same kind, and move."""
import re

from localcluster.cluster import http_get
from localcluster.process import wait_until
from test_server_kills import execute

# Name, kind, labels; with a star those that cannot but move when transactions go through.
PUMP = """
rpc_duration_seconds histogram method="WriteBinlog",label="succ" *
rpc_duration_seconds histogram method="PullBinlogs",label="succ"
loss_binlog_count counter
storage_gc_ts gauge
storage_done_gc_ts gauge
storage_deleted_kv_total counter
storage_storage_size_bytes gauge type="capacity" *
storage_storage_size_bytes gauge type="available" *
storage_max_commit_ts gauge *
storage_query_tikv_count counter
storage_error_count counter type="write_binlog"
storage_error_count counter type="feed_pre_write_value"
storage_write_binlog_size histogram type="single" *
storage_write_binlog_size histogram type="batch" *
storage_write_binlog_duration_time histogram type="batch" *
storage_write_binlog_duration_time histogram type="fsync" *
storage_slow_chaser_count counter type="turned_on"
"""
DRAINER = """
pump_position gauge nodeID="pump" *
ddl_jobs_total counter *
event counter type="DDL" *
event counter type="Insert" *
event counter type="Update" *
event counter type="Delete" *
checkpoint_tso gauge *
checkpoint_delay_seconds histogram *
execute_duration_time histogram *
query_duration_time histogram type="exec" *
query_duration_time histogram type="commit" *
binlog_reach_duration_time histogram nodeID="pump" *
read_binlog_size histogram nodeID="pump" *
queue_size gauge name="syncer_input"
"""


def missing(text, namespace, wanted):
    """Lines of `wanted` that the page does not fulfil."""
    out = []
    for line in wanted.strip().splitlines():
        name, kind, *rest = line.split()
        name = namespace + name
        moves, labels = "*" in rest, next((part for part in rest if part != "*"), "")
        sample = name + ("_count" if kind == "histogram" else "") + ("{" + labels + "}" if labels else "")
        value = re.search(rf"^{re.escape(sample)} (\S+)$", text, re.M)
        has_kind = f"\n# TYPE {name} {kind}\n" in text
        has_buckets = kind != "histogram" or f"\n{name}_bucket{{" in text
        if not (value and has_kind and has_buckets and (float(value[1]) > 0 or not moves)):
            out.append(line)
    return out


def test_names_of_the_original(running):
    execute(running, "create database d", "create table d.t (id int primary key, v int)", "insert into d.t values (1, 1), (2, 2)",
            "update d.t set v = 3 where id = 1", "delete from d.t where id = 2")
    running.wait_caught_up(running.pd.tso())
    for node, namespace, wanted in (("pump", "binlog_pump_", PUMP), ("drainer", "binlog_drainer_", DRAINER)):
        page = f"http://{running.address(node)}/metrics"
        # Some are taken every few seconds.
        wait_until(lambda: not missing(http_get(page), namespace, wanted), 40, f"{page} has all")  # pylint: disable=cell-var-from-loop
    assert "binlog_drainer_slow_chaser_catchup_time_seconds_count" in http_get(f"http://{running.address('pump')}/metrics")
