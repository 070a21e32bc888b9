"""Transactions of wide rows, written to pump as TiDB writes them, and a drainer with little memory to apply them."""
import os
import sys
import zlib
from dataclasses import replace

from localcluster import stubs
from localcluster.codec import record_key, uvarint, varint

sys.path.append(os.path.join(stubs.ROOT, "bench"))
from common import tables, workload  # noqa: E402

TEXT_BYTES = 2000
SCHEMA_VERSION = 2  # after the jobs of the database and of one table
MIB = 1 << 20
MEMORY = 'memory-limit = "64MiB"\nspill-size = "16MiB"\n'
SUMS = "select count(*), sum(k), sum(crc32(c)) from bench.sbtest"
WRITE = "/binlog.Pump/WriteBinlog"


def _of_one_piece(length):
    """Makes a text of a random piece, again and again."""
    return lambda random: b"%020d" % random.randrange(10 ** 20) * (length // 20)


def make_table(key=True, text_bytes=TEXT_BYTES):
    return tables.Table(workload.FIRST_TABLE_ID, "sbtest", [
        tables.integer("k"), replace(tables.varchars("c", text_bytes), make=_of_one_piece(TEXT_BYTES)),
        replace(tables.chars("pad", 60, 20), make=_of_one_piece(20))], keys=[("k", False)], has_primary=key)


class LargeRows(workload.Stream):
    """Rows of two kilobytes that differ. Without a key the row's id is its hidden handle, too."""

    def sums(self):
        rows = self.rows_of().values()
        return [[str(len(rows)), str(sum(r[0] for r in rows)), str(sum(zlib.crc32(r[1]) for r in rows))]]


class Writer:
    """Sends transactions to pump."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.caller = stubs.Caller(cluster.address("pump"))
        self.messages = stubs.load("pump")
        # Requests are made here, since the protobuf library ends at 2 GiB.
        self.call = self.caller.channel.unary_unary(WRITE, request_serializer=lambda raw: raw,
                                                    response_deserializer=self.messages.WriteBinlogResp.FromString)

    def send(self, payload, timeout=120):
        head = self.messages.WriteBinlogReq(clusterID=self.cluster.pd.cluster_id).SerializeToString()
        answer = self.call(b"".join([head, b"\x12", uvarint(len(payload)), payload]), timeout=timeout)
        assert not answer.errmsg

    def write(self, transaction, timeout=120):
        """The transaction's commit ts."""
        _, commit_ts, *payloads = transaction
        for payload in payloads:
            self.send(payload, timeout)
        return commit_ts

    def close(self):
        self.caller.close()


def write(cluster, transaction, timeout=120):
    writer = Writer(cluster)
    try:
        return writer.write(transaction, timeout)
    finally:
        writer.close()


def from_id(count, text_bytes, start_ts, commit_ts):
    """A transaction that inserts rows 1 to `count`, made from their ids; see problems_of()."""
    repeat = text_bytes // 20
    message = bytearray(b"\x08" + uvarint(workload.FIRST_TABLE_ID))
    for i in range(1, count + 1):
        text = b"%020d" % i
        handle = varint(i)
        k = varint(i * 7 % 1000003)
        row = b"".join([b"\x08", handle, b"\x08\x04\x08", k, b"\x08\x06\x02", varint(20 * repeat), text * repeat,
                        b"\x08\x08\x02\x28", text])
        message += b"\x12" + uvarint(len(row)) + row
    message += b"\x3a" + uvarint(count) + bytes(count)
    value_head = b"\x08" + uvarint(SCHEMA_VERSION) + b"\x12" + uvarint(len(message))
    b = stubs.load("binlog")
    fields = {"start_ts": start_ts, "prewrite_key": record_key(workload.FIRST_TABLE_ID, 1), "ddl_job_id": 0,
              "ddl_schema_state": 0}
    head = b.Binlog(tp=b.Prewrite, commit_ts=0, **fields).SerializeToString()
    prewrite = b"".join([head, b"\x2a", uvarint(len(value_head) + len(message)), value_head, message])
    return start_ts, commit_ts, prewrite, b.Binlog(tp=b.Commit, commit_ts=commit_ts, **fields).SerializeToString()


def problems_of(count, text_bytes):
    """SQL that gives 0 when the table holds what from_id() made, each row once."""
    text = "lpad(id,20,'0')"
    return (f"select count(*) <> {count} or min(id) <> 1 or max(id) <> {count} or "
            f"sum(k <> id * 7 mod 1000003 or c <> repeat({text},{text_bytes // 20}) or pad <> {text}) <> 0 "
            "from bench.sbtest")


def peak_mib(process):
    return _status_mib(process, "VmHWM:")


def resident_mib(process):
    return _status_mib(process, "VmRSS:")


def _status_mib(process, name):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) / 1024 for line in f if line.startswith(name))


def start_drainer(cluster, compressor="", memory=MEMORY, syncer=""):
    return cluster.start_drainer(config=memory + cluster.drainer_config(syncer), initial_commit_ts=1,
                                 extra=[f"-compressor={compressor}"])


def start_with_table(cluster, rng, key=True, text_bytes=TEXT_BYTES, **drainer):
    """A cluster with the table, drainer running; a stream of transactions for it."""
    table = make_table(key, text_bytes)
    stream = LargeRows((1700000000000 << 18) + rng.randrange(1 << 18), [table], rng.random())
    cluster.set_clock_before(stream.ts)
    cluster.start_pd()
    cluster.start_tikv()
    cluster.load_history(workload.jobs([table]))
    cluster.start_pump()
    cluster.mariadb.start()
    start_drainer(cluster, **drainer)
    write(cluster, stream.ddl(102, workload.CREATE_DATABASE))
    cluster.wait_caught_up(write(cluster, stream.ddl(104, table.create_sql())))
    return stream


def row_count(cluster):
    return int(cluster.mariadb.rows("select count(*) from bench.sbtest")[0][0])


def mark_count(cluster):
    """Downstream transactions above the checkpoint: each part of a large transaction that is split has a mark."""
    return int(cluster.mariadb.rows("select count(*) from tidb_binlog.checkpoint_mark")[0][0])


def spill_files(cluster):
    return os.listdir(os.path.join(cluster.directory, "drainer.data", "spill"))
