"""Variables that change what statements do: each script ends on tidb-server as it does on MariaDB."""
import pytest

from both import connect, lines, outcome, run_all

TABLES = """
create table t (id int primary key, n int, m int, key (n));
insert into t values (1,1,1), (2,2,2), (3,3,3);
create table u (id int primary key, k int, z int, key (k));
insert into u values (1,1,1), (2,2,2)
"""

READ_ONLY = """
start transaction read only
insert into t values (10,3,3)
update t set n = 1
update t set n = 1 where 1 = 0
delete from t
replace into t values (1,1,1)
select * from t where id = 1 for update
select * from t where id = 1 lock in share mode
select count(*) from t
create table x (id int)
insert into t values (11,3,3)
start transaction read only
commit and chain
insert into t values (12,3,3)
rollback and chain
insert into t values (12,3,3)
rollback
insert into t values (12,3,3)
start transaction read only
begin
insert into t values (13,3,3)
commit
set session transaction read only
select @@tx_read_only
insert into t values (14,6,6)
create table x2 (id int)
create user x3
start transaction
insert into t values (14,6,6)
rollback
start transaction read write
insert into t values (14,7,7)
commit
set session transaction read write
set transaction read only
select @@tx_read_only
insert into t values (15,8,8)
insert into t values (15,8,8)
set transaction read only
select count(*) from t
insert into t values (16,8,8)
set transaction read only
begin
insert into t values (17,9,9)
commit
begin
insert into t values (17,9,9)
set transaction read only
set session transaction read only
insert into t values (18,9,9)
commit
insert into t values (19,9,9)
set tx_read_only = 0
set tx_read_only = 1
insert into t values (19,9,9)
set tx_read_only = default
set autocommit = 0
set session transaction read only
select count(*) from t
insert into t values (20,1,1)
set session transaction read write
insert into t values (20,1,1)
commit
insert into t values (20,1,1)
rollback
set autocommit = 1
select id from t order by id
"""

SAFE_UPDATES = """
set sql_safe_updates = 1
update t set m = 1
update t set m = 1 where m = 1
update t set m = 1 where n = 1
update t set m = 1 where n > 0
update t set m = 1 where id > 0
update t set m = 1 where n is not null
update t set m = 1 where id + 0 = 1
update t set m = 1 where n = 1 or m = 1
update t set m = 1 limit 1
update t set m = 1 where m = 1 limit 1
update t set m = 1 order by id limit 1
update t set m = 1 where 1 = 1
update t set m = 1 where id in (select id from u)
update t set m = 1 where id in (1, 2)
update t set m = 1 where id = (select max(id) from u)
update t set m = 1 where id = 1 and exists (select 1 from u where z = 7)
delete from u
delete from u where 1 = 1
delete from u where z = 1
delete from u where k = 100
delete from u where id = 100
delete from u where z = 5 limit 1
update t, u set t.m = 1
update t, u set t.m = 1 where t.id = 1 and u.id = 1
update t, u set t.m = 1 where t.id = 1
update t join u on t.id = u.id set t.m = 1 where u.id = 1
update t join u on t.id = u.id set t.m = 1 where t.id = 1
delete t from t join u on t.id = u.id where u.z = 100
delete t from t join u on t.id = u.id where t.id = 100
delete t from t where t.id = 100
delete t from t where t.m = 100
replace into t values (1,1,1)
insert into t values (1,1,1) on duplicate key update m = 2
set sql_safe_updates = 0
delete from u
select id, m from t order by id
"""

SELECT_LIMIT = """
set sql_select_limit = 1
select id from t order by id
select id from t order by id limit 2
(select id from t where id = 1) union all (select id from t where id = 2)
select count(*) from (select id from t) d
select id from t where id in (select id from t) order by id
insert into u select id + 10, n, m from t
update t set m = 5
set sql_select_limit = 0
select id from t
prepare s from 'select id from t'
execute s
set sql_select_limit = default
execute s
select count(*) from u
select sum(m) from t
select @@sql_select_limit
"""


@pytest.mark.parametrize("script", [READ_ONLY, SAFE_UPDATES, SELECT_LIMIT],
                         ids=["read only", "safe updates", "select limit"])
def test_scripts_end_as_on_mariadb(ports, script):
    seen = []
    for port in ports:
        with connect(port) as connection:
            run_all(connection, ["drop database if exists vars", "drop user if exists x3", "create database vars", "use vars", *lines(TABLES, ";")])
            seen.append([outcome(connection, statement) for statement in lines(script)])
    differing = [(s, ours, theirs) for s, ours, theirs in zip(lines(script), *seen) if ours != theirs]
    assert differing == []


# (connection, statement). Two connections, one after the other; on both servers the same is read.
ISOLATION = [
    (1, "set session transaction isolation level read committed"), (1, "begin"), (1, "select m from t where id = 1"),
    (2, "update t set m = 10 where id = 1"), (1, "select m from t where id = 1"),
    (1, "set @seen = (select m from t where id = 1)"), (1, "select @seen"),
    (1, "update t set m = m + 1 where id = 1"), (1, "select m from t where id = 1"),
    (2, "select m from t where id = 1"), (2, "insert into t values (4,4,4)"), (1, "select count(*) from t"),
    (1, "commit"), (2, "select m from t where id = 1"),
    (1, "set session transaction isolation level repeatable read"), (1, "begin"), (1, "select m from t where id = 1"),
    (2, "update t set m = 20 where id = 1"), (1, "select m from t where id = 1"), (1, "commit"),
    (1, "set transaction isolation level read committed"), (1, "select @@tx_isolation"),
    (1, "set transaction isolation level read committed"), (1, "begin"), (1, "select m from t where id = 1"),
    (2, "update t set m = 30 where id = 1"), (1, "select m from t where id = 1"), (1, "commit"),
    (1, "begin"), (1, "select m from t where id = 1"), (2, "update t set m = 40 where id = 1"),
    (1, "select m from t where id = 1"), (1, "commit"),
    (1, "set tx_isolation = 'READ-COMMITTED'"), (1, "set autocommit = 0"), (1, "select m from t where id = 1"),
    (2, "update t set m = 50 where id = 1"), (1, "select m from t where id = 1"), (1, "commit"),
]


def test_read_committed(ports):
    seen = []
    for port in ports:
        with connect(port) as one, connect(port) as two:
            run_all(one, ["drop database if exists vars", "drop user if exists x3", "create database vars", "use vars", *lines(TABLES, ";")])
            run_all(two, ["use vars"])
            seen.append([outcome(one if who == 1 else two, statement) for who, statement in ISOLATION])
    differing = [(s, ours, theirs) for s, ours, theirs in zip(ISOLATION, *seen) if ours != theirs]
    assert differing == []


def test_optimistic_transactions_read_at_one_snapshot(ports):
    """READ COMMITTED says nothing to them, as in TiDB."""
    with connect(ports[0]) as one, connect(ports[0]) as two:
        run_all(one, ["drop database if exists vars", "drop user if exists x3", "create database vars", "use vars", *lines(TABLES, ";"),
                      "set session transaction isolation level read committed", "begin optimistic"])
        assert outcome(one, "select m from t where id = 1") == (0, ((1,),))
        run_all(two, ["update vars.t set m = 10 where id = 1"])
        assert outcome(one, "select m from t where id = 1") == (0, ((1,),))
