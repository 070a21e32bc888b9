"""LOAD DATA LOCAL beside other connections."""
import os
import threading

from both import connect, outcome, run_all


def test_a_repeated_statement_asks_for_the_file_once(ports, tmp_path):
    """The row that it replaces is changed while the client sends the file: the statement is repeated, the exchange not."""
    loader, other = connect(ports[0], local_infile=True), connect(ports[0])
    run_all(other, ["create database if not exists loaded", "create table loaded.t (id int primary key, v varchar(20))",
                    "insert into loaded.t values (1, 'old')"])
    pipe = str(tmp_path / "file")
    os.mkfifo(pipe)
    ends = []
    load = threading.Thread(target=lambda: ends.append(
        outcome(loader, f"load data local infile '{pipe}' replace into table loaded.t")))
    load.start()
    # Opened when the client has been asked for it, so the statement's snapshot is older than the update.
    with open(pipe, "w", encoding="utf-8") as file:
        run_all(other, ["update loaded.t set v = 'changed' where id = 1"])
        file.write("".join(f"{i}\trow {i}\n" for i in range(1, 1001)))
    load.join()
    assert ends == [(0, ())]
    assert outcome(loader, "select count(*), min(v), max(v) from loaded.t where v like 'row %'") == \
        (0, ((1000, "row 1", "row 999"),))
    run_all(other, ["drop database loaded"])
