"""Every DDL case through pump and drainer into MariaDB: what tidb-server can do, and what only a newer TiDB does."""
import pymysql

import sides
from ddl import cases
from ddl.builder import Builder, literal
from localcluster import stubs
from localcluster.process import wait_until

# Above what tidb-server uses.
FIRST_ID, FIRST_VERSION = 1000000, 100000


class Runner:
    """Drainer, and what it has been told to ignore."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.ignored = []
        self.problems = []
        self.log_begin = 0

    def start_drainer(self, more=""):
        config = self.cluster.drainer_config(f"ignore-txn-commit-ts = {self.ignored}\nworker-count = 4\n{more}")
        self.cluster.start_drainer(config=config)

    def log(self):
        return self.cluster.log()

    def check(self, case, database):
        for question, wanted in case.checks:
            if question.startswith("log "):
                if question[4:] not in self.log()[self.log_begin:]:
                    self.problems.append(f"{case}: not in the log: {question[4:]}")
                continue
            server, _, rest = question.partition(" ")
            if server in ("mariadb", "mysql"):
                if server != self.cluster.mariadb.kind:
                    continue
                question = rest
            try:
                got = ["\t".join(r) for r in self.cluster.mariadb.rows(f"use {database}; {question}")]
            except Exception as error:  # noqa: a refused question is a difference like another
                got = [str(error)]
            if got != wanted:
                self.problems.append(f"{case}: {question}\n  wanted {wanted}\n  got    {got}")

    def finish(self):
        assert not self.problems, f"{len(self.problems)} differences\n" + "\n".join(self.problems)


def run_sql_cases(runner, names):
    cluster = runner.cluster
    upstream = sides.connect(cluster.ports["tidb"])
    for number, case in enumerate(names):
        with upstream.cursor() as cursor:
            cursor.execute(f"create database s{number}")
            cursor.execute(f"use s{number}")
            for statement, must_fail in cases.statements(case):
                try:
                    cursor.execute(statement)
                    assert not must_fail, f"{case}: {statement} succeeded"
                except pymysql.Error as error:
                    assert must_fail, f"{case}: {statement}: {error}"
    cluster.wait_caught_up(cluster.pd.tso())
    downstream = sides.connect(cluster.mariadb.port)
    for number, case in enumerate(names):
        runner.check(case, f"s{number}")
        found = sides.differences(upstream, downstream, [f"s{number}"])
        runner.problems += [f"{case}: {line}" for line in found]


class JobsPlayer:
    """Plays the cases of jobs/: history first, then binlogs, as far as no step has to be waited for."""

    def __init__(self, runner):
        self.runner = runner
        self.cluster = runner.cluster
        self.builder = Builder(FIRST_ID, FIRST_VERSION, self.cluster.pd.tso)
        self.messages = stubs.load("pump")
        self.caller = stubs.Caller(self.cluster.address("pump"))
        self.loaded = 0

    def flush(self):
        self.cluster.load_history(self.builder.jobs[self.loaded:])
        self.loaded = len(self.builder.jobs)
        self.builder.send_all(self._send)

    def _send(self, payload):
        request = self.messages.WriteBinlogReq(clusterID=self.cluster.pd.cluster_id, payload=payload)
        answer = self.caller.unary("/binlog.Pump/WriteBinlog", request, self.messages.WriteBinlogResp)
        assert not answer.errmsg, answer.errmsg

    def wait(self):
        self.flush()
        self.cluster.wait_caught_up(self.builder.last_commit_ts)

    def play(self, number, case):
        self.builder.begin(f"j{number}")
        steps = case.steps
        for at, line in enumerate(steps):
            if line.startswith(" "):
                continue
            changes = []
            for following in steps[at + 1:]:
                if not following.startswith(" "):
                    break
                changes.append(following.strip())
            self._step(case, line, changes)

    def _step(self, case, line, changes):
        verb, _, rest = line.partition(" ")
        kind, _, back = verb.partition("@")
        if verb == "ddl":
            number, _, text = rest.partition(" ")
            self.builder.ddl(int(number), text, changes)
        elif verb == "stops":
            self._expect_stop(case, rest)
        elif verb == "downstream":
            self.wait()
            statement = rest.replace("$database", self.builder.database)
            self.cluster.mariadb.run(statement if statement != rest else f"use {self.builder.database}; {rest}")
        elif kind in ("insert", "update", "delete"):
            table, *values = cases.words(rest)
            split = values.index("->") if "->" in values else len(values)
            old, new = values[:split], values[split + 1:]
            self.builder.row(kind, table, [literal(v) for v in old], [literal(v) for v in new], int(back or 0))
        else:
            raise AssertionError(f"{case}: {line}")

    def _expect_stop(self, case, text):
        self.flush()
        drainer = self.cluster.drainers["drainer"]
        wait_until(lambda: not drainer.running(), 60, f"{case}: drainer stops")
        if text not in self.runner.log()[self.runner.log_begin:]:
            self.runner.problems.append(f"{case}: not in the log: {text}\n{drainer.tail()}")
        self.runner.ignored.append(self.builder.last_ddl_ts)
        self.runner.start_drainer()


def test_rules_are_taken_up_without_a_restart(cluster):
    """Drainer waits at a statement that downstream refuses, until the rules' file rewrites or skips it."""
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    cluster.mariadb.start()
    rules = f"{cluster.directory}/rules.toml"
    with open(rules, "w", encoding="utf-8"):
        pass
    runner = Runner(cluster)
    runner.start_drainer(f'ddl-rules = "{rules}"\nddl-error = "wait"')
    drainer = cluster.drainers["drainer"]
    player = JobsPlayer(runner)
    refused = cases.parse("rules", """
== refused
ddl 3 CREATE TABLE `t` (`id` INT PRIMARY KEY,`a` VARCHAR(20) COLLATE utf8mb4_0900_ai_ci);
  t = id int pk, a varchar
insert t 1 'x'
ddl 7 ALTER TABLE `t` ADD INDEX `e`((LOWER(`a`)));
  t = id int pk, a varchar
insert t 2 'y'
""")[0]
    player.play(0, refused)
    player.flush()

    def waits_for(text):
        wait_until(lambda: any("waiting for a rule" in line and text in line
                               for line in runner.log().split("\n")), 60, f"drainer waits at {text}")

    def add_rule(text):
        with open(rules, "a", encoding="utf-8") as f:
            f.write(text)

    waits_for("utf8mb4_0900_ai_ci")
    assert drainer.running()
    add_rule("[[rule]]\nsql = 'utf8mb4_0900_ai_ci'\naction = 'rewrite'\nwith = 'utf8mb4_general_ci'\n")
    waits_for("LOWER")
    assert cluster.mariadb.rows("select id from j0.t") == [["1"]]
    assert drainer.terminate() == 2, "a stop while it waits is at once, and no success"
    runner.start_drainer(f'ddl-rules = "{rules}"\nddl-error = "wait"')
    add_rule("[[rule]]\ntype = 'add index'\ntable = 't'\naction = 'skip'\n")
    player.wait()
    assert cluster.mariadb.rows("select id from j0.t order by id") == [["1"], ["2"]]


def test_tables_go_elsewhere(cluster):
    """Two tables become one, a database another; DDL and rows follow, before and after a restart."""
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    cluster.mariadb.start()
    cluster.mariadb.run("create database merged")
    runner = Runner(cluster)
    routes = "".join(f"[[syncer.table-migrate-rule]]\n{source}\n{target}\n" for source, target in (
        ('source = {schema = "j0", table = "shard*"}', 'target = {schema = "merged", table = "all"}'),
        ('source = {schema = "j0"}', 'target = {schema = "other"}')))
    runner.start_drainer(routes)
    player = JobsPlayer(runner)
    steps = cases.parse("routes", """
== routes
ddl 3 CREATE TABLE `shard1` (`id` INT PRIMARY KEY);
  shard1 = id int pk
ddl 3 CREATE TABLE `shard2` (`id` INT PRIMARY KEY);
  shard2 = id int pk
ddl 3 CREATE TABLE `t` (`id` INT PRIMARY KEY);
  t = id int pk
insert shard1 1
insert shard2 2
insert t 3
ddl 5 ALTER TABLE `shard1` ADD COLUMN `v` INT DEFAULT 5;
  shard1 = id int pk, v int default 5
ddl 5 ALTER TABLE `shard2` ADD COLUMN `v` INT DEFAULT 5;
  shard2 = id int pk, v int default 5
insert shard2 4 6
update shard1 1 5 -> 1 7
""")[0]
    player.play(0, steps)
    player.wait()
    assert cluster.drainers["drainer"].terminate() == 0
    runner.start_drainer(routes)
    player.builder.row("delete", "shard2", [2, 5])
    player.wait()
    assert cluster.mariadb.rows("select * from merged.`all` order by id") == [["1", "7"], ["4", "6"]]
    assert cluster.mariadb.rows("select * from other.t") == [["3"]]
    assert cluster.mariadb.rows("show databases like 'j0'") == []


def test_ddl(cluster):
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    cluster.mariadb.start()
    runner = Runner(cluster)
    runner.start_drainer()
    cluster.start_tidb()
    run_sql_cases(runner, cases.read("sql"))
    cluster.tidb_process.terminate()
    player = JobsPlayer(runner)
    played = cases.read("jobs")
    for number, case in enumerate(played):
        player.play(number, case)
    player.wait()
    for number, case in enumerate(played):
        runner.check(case, f"j{number}")
    runner.finish()
