"""pump -check and -print on directories that the original and this pump wrote."""
import json
import os
import shutil
import subprocess

from localcluster import stubs
from localcluster.capture import ROOT, Capture
from replay import play, start_cluster


def run(cluster, *arguments):
    done = subprocess.run([os.path.join(cluster.bin, "pump"), *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    return done.returncode, done.stdout.splitlines(), done.stderr


def tables_of(record):
    """[(table id, inserted, updated, deleted)] as protobuf's own Python sees it."""
    if not record.prewrite_value:
        return []
    value = stubs.load("binlog").PrewriteValue.FromString(record.prewrite_value)
    return [(m.table_id, len(m.inserted_rows), len(m.updated_rows), len(m.deleted_rows)) for m in value.mutations]


def printed_tables(line):
    return [(t["table_id"], t["inserted"], t["updated"], t["deleted"]) for t in line["tables"]]


def flip(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 0x10]))


def test_what_was_sent_is_listed(cluster):
    """Every record of a capture, sent to a pump, is in its listing with the same tables and row counts."""
    capture = Capture("types")
    start_cluster(cluster, capture, drainer=False)
    play(cluster, capture)
    assert cluster.pumps["pump"].terminate() == 0
    data = os.path.join(cluster.directory, "pump.data")
    code, lines, err = run(cluster, "-check", data)
    assert (code, err) == (0, ""), lines
    assert len(lines) == 1 and lines[0].endswith("0 notes, 0 damages")
    code, lines, err = run(cluster, "-print", "..", "-format=json", data)
    assert (code, err) == (0, "")
    listed = [json.loads(line) for line in lines]
    listed = sorted((r["start_ts"], r["commit_ts"], r["tp"], printed_tables(r), r.get("ddl_query", ""))
                    for r in listed if r["type"] != "fake")
    sent = {}
    for r in capture.records:
        if r.start_ts != r.commit_ts:
            sent[r.SerializeToString()] = (r.start_ts, r.commit_ts, r.tp, tables_of(r), r.ddl_query.decode())
    distinct = [row for i, row in enumerate(listed) if i == 0 or row != listed[i - 1]]
    assert distinct == sorted(sent.values())
    one = capture.records[-1]
    code, lines, _ = run(cluster, "-print", str(one.start_ts), data)
    assert code == 0 and lines and all(f" start={one.start_ts} " in line for line in lines)


def test_directory_of_the_original(cluster):
    data = os.path.join(cluster.directory, "original")
    shutil.copytree(os.path.join(ROOT, "tests", "captures", "clustered", "pump.data"), data)
    assert run(cluster, "-check", data)[0] == 0
    assert len(run(cluster, "-print", "..", data)[1]) == 194
    segment = os.path.join(data, "value", "000000.vlog")
    flip(segment, 30000)
    code, lines, _ = run(cluster, "-check", data)
    assert code == 1
    assert any(line.startswith("damage: segment 000000.vlog bytes ") and "between ts" in line for line in lines)
    code, lines, err = run(cluster, "-print", "..", data)
    assert (code, len(lines)) == (1, 193) and "damage: segment 000000.vlog bytes " in err


def test_running_pump_and_bad_words(cluster):
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    data = os.path.join(cluster.directory, "pump.data")
    code, _, err = run(cluster, "-check", data)
    assert code == 2 and "a pump runs on this directory" in err
    assert run(cluster, "-print", "..", data)[0] == 0
    assert run(cluster, "-check", os.path.join(cluster.directory, "none"))[0] == 2
    code, out, _ = run(cluster, "-print", "x..y", data)
    assert code == 1 and "bad range of ts: x..y" in "".join(out)
