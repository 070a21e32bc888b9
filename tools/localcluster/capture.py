"""Recorded binlogs of a real TiDB (tests/captures) and the player that sends them to pumps as TiDB did."""
import json
import os
import re
import struct
import subprocess
import time
from collections import deque

import grpc

from . import stubs
from .codec import history_key

ROOT = stubs.ROOT


def read_maybe_compressed(path):
    """Bytes of `path` or of `path`.zst."""
    if os.path.exists(path):
        with open(path, "rb") as f:
            return f.read()
    return subprocess.run(["zstd", "-dcq", path + ".zst"], check=True, stdout=subprocess.PIPE).stdout


def split_records(data):
    """Payloads of a file of uint32 lengths and payloads."""
    records, at = [], 0
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        records.append(data[at + 4:at + 4 + length])
        at += 4 + length
    return records


class Capture:
    """One folder of tests/captures."""

    def __init__(self, name):
        self.name = name
        self.folder = os.path.join(ROOT, "tests", "captures", name)
        binlog_type = stubs.load("binlog").Binlog
        self.payloads = split_records(read_maybe_compressed(self._path("write.bin")))
        self.records = [binlog_type.FromString(p) for p in self.payloads]
        self.first_ts = min(r.start_ts for r in self.records)
        self.last_ts = max(max(r.start_ts, r.commit_ts) for r in self.records)
        self.last_commit_ts = max(r.commit_ts for r in self.records)

    def _path(self, name):
        return os.path.join(self.folder, name)

    def pulled(self):
        """What the original pump served, in its order."""
        return split_records(read_maybe_compressed(self._path("pull.bin")))

    def jobs(self):
        return json.loads(read_maybe_compressed(self._path("ddl_history.json")))

    def expected(self):
        """{"schema.table": (rows, create statement)} of the MariaDB that the original drainer filled."""
        folder = self._path("expected/mariadb")
        names = {re.sub(r"\.(tsv|ddl)(\.zst)?$", "", f) for f in os.listdir(folder)}
        return {n: (read_maybe_compressed(os.path.join(folder, n + ".tsv")),
                    read_maybe_compressed(os.path.join(folder, n + ".ddl"))) for n in sorted(names)}


class Player:
    """Sends a capture's records to pumps over gRPC: in order, several in flight, every record of a transaction
    to the same pump, each repeated until taken. As TiDB takes a commit ts only after pump has answered the
    prewrite, a commit waits for the answers to its own prewrite and to those of all that committed before it."""

    WRITE = "/binlog.Pump/WriteBinlog"

    def __init__(self, capture, addresses, cluster_id, in_flight=16, give_up=60):
        self.capture = capture
        self.callers = [stubs.Caller(a) for a in addresses]
        self.cluster_id = cluster_id
        self.in_flight = in_flight
        self.give_up = give_up
        self.messages = stubs.load("pump")
        self.commit_of = {r.start_ts: r.commit_ts for r in capture.records if r.commit_ts}

    def play(self, on_progress=lambda done, total: None):
        waiting = deque()  # (index, future, first try)
        busy = set()       # start ts with a record in flight
        for index, record in enumerate(self.capture.records):
            while waiting and (len(waiting) >= self.in_flight or self._must_wait(record, busy)):
                self._finish(waiting.popleft(), busy)
            waiting.append((index, self._send(index), time.monotonic()))
            busy.add(record.start_ts)
            on_progress(index + 1, len(self.capture.records))
        while waiting:
            self._finish(waiting.popleft(), busy)
        for caller in self.callers:
            caller.close()

    def _must_wait(self, record, busy):
        if record.start_ts in busy:
            return True
        return record.commit_ts and any(
            self.commit_of.get(start_ts, record.commit_ts) < record.commit_ts for start_ts in busy)

    def _send(self, index):
        start_ts = self.capture.records[index].start_ts
        request = self.messages.WriteBinlogReq(clusterID=self.cluster_id,
                                               payload=self.capture.payloads[index])
        caller = self.callers[(start_ts >> 3) % len(self.callers)]
        return caller.unary_future(self.WRITE, request, self.messages.WriteBinlogResp)

    def _finish(self, entry, busy):
        index, future, first_try = entry
        while True:
            try:
                answer = future.result()
                if not answer.errmsg:
                    break
                error = answer.errmsg
            except grpc.RpcError as failure:
                error = f"{failure.code()}: {failure.details()}"
            if time.monotonic() - first_try > self.give_up:
                raise RuntimeError(f"pump took record {index} not even after {self.give_up} s: {error}")
            time.sleep(0.05)
            future = self._send(index)
        busy.discard(self.capture.records[index].start_ts)


def compare_tables(mariadb, expected):
    """Lines that say where the server's tables differ from the expected ones; none when all are equal. What was recorded
    of them is MariaDB's: MySQL words definitions otherwise, and writes documents in its own way."""
    found = {f"{s}.{t}".replace("/", "_"): (s, t) for s, t in mariadb.tables()}
    # The one table with a name that no file name holds.
    names = {n.replace("we`ird-名", "weird-name"): v for n, v in found.items()}
    problems = [f"{n}: missing downstream" for n in sorted(set(expected) - set(names))]
    problems += [f"{n}: not expected downstream" for n in sorted(set(names) - set(expected))]
    for name in sorted(set(expected) & set(names)):
        rows, ddl = expected[name]
        documents = mariadb.json_columns(*names[name])
        if _by_value(mariadb.dump_rows(*names[name]), documents) != _by_value(rows, documents):
            problems.append(f"{name}: rows differ")
        if mariadb.kind == "mariadb" and _comparable(mariadb.create_statement(*names[name])) != _comparable(ddl):
            problems.append(f"{name}: definition differs")
    return problems


def _by_value(rows, documents):
    """The client's lines of rows, with the documents at these positions as values."""
    if not documents:
        return rows
    lines = [line.split("\t") for line in rows.decode("utf-8").split("\n")]
    for cells in lines[1:-1]:
        for at in documents:
            cells[at] = None if cells[at] == "NULL" else json.loads(cells[at].replace("\\\\", "\\"))
    return lines


def _comparable(ddl):
    return re.sub(rb" AUTO_INCREMENT=\d+", b"", ddl)


def history_mutations(jobs):
    """(key, value) of each job of the history, as TiDB keeps them."""
    return [(history_key(j["id"]), json.dumps(j, separators=(",", ":")).encode()) for j in jobs]
