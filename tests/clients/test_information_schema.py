"""information_schema and SHOW tell of the same tables what MariaDB tells, in the columns that clients read."""
import pytest

from both import connect, lines, outcome, run_all

SETUP = """
drop database if exists facts;
create database facts character set utf8mb4 collate utf8mb4_bin;
use facts;
create table a_types (id bigint unsigned not null auto_increment primary key, ti tinyint, tu tinyint unsigned,
  b1 tinyint(1), si smallint, mi mediumint, i int not null default 5, iu int(7) unsigned, bi bigint, f float, d double,
  de decimal(20,6), bt bit(12), da date, dt datetime(6), ts timestamp(3) null, tm time(2), c char(10) not null
  default 'x', v varchar(50) comment 'a word', bn binary(4), vb varbinary(20), bl blob, tx text, lt longtext,
  e enum('x','y'), s set('p','q','r'));
create table keyed (a int, b int, c varchar(20) not null, unique key ab (a, b), key c (c(5)), primary key (c))
  comment 'three keys';
create view seen as select a, b from keyed
"""
QUESTIONS = """
select column_name, ordinal_position, is_nullable, data_type, character_maximum_length, character_octet_length,
  numeric_precision, numeric_scale, datetime_precision, character_set_name, collation_name, column_key, extra,
  column_comment from information_schema.columns where table_schema = 'facts' and table_name = 'a_types'
  order by ordinal_position;
select table_name, table_type, table_collation from information_schema.tables where table_schema = 'facts' order by 1;
select table_name, if(is_nullable = 'yes', 1, 0) from information_schema.columns where table_schema = 'facts'
  and column_name in ('A', 'ti') order by 1;
select table_name from information_schema.tables where table_schema like 'Fact_' and table_type = 'base table'
  order by 1;
select table_name, non_unique + 0, index_name, seq_in_index, column_name, sub_part from information_schema.statistics
  where table_schema = 'facts' order by table_name, lower(index_name), seq_in_index;
select table_name, constraint_name, column_name, ordinal_position from information_schema.key_column_usage
  where table_schema = 'facts' order by table_name, lower(constraint_name), ordinal_position;
select table_name, constraint_name, constraint_type from information_schema.table_constraints
  where table_schema = 'facts' order by table_name, lower(constraint_name);
select table_name, is_updatable is null from information_schema.views where table_schema = 'facts';
select schema_name, default_character_set_name, default_collation_name from information_schema.schemata
  where schema_name = 'facts';
select count(*) from information_schema.columns where table_schema = 'information_schema' and table_name = 'TABLES'
  and column_name = 'table_comment';
select engine, support from information_schema.engines where engine = 'InnoDB';
select character_set_name, maxlen from information_schema.character_sets where character_set_name = 'utf8mb4';
show full tables from facts;
show tables from facts like 'ke%';
show databases like 'facts';
show columns from facts.keyed;
show warnings;
show count(*) warnings;
show variables like 'autocommit';
show session variables where variable_name = 'tx_isolation';
show status like 'no_such_status';
show open tables from nothing;
show procedure status where db = 'facts';
show triggers from facts;
show events from facts;
show tables from no_such_database;
show columns from facts.nothing;
show create table facts.nothing;
show index from facts.nothing;
show grants for 'nobody'@'nowhere'
"""


@pytest.fixture
def both(ports):
    connections = [connect(port) for port in ports]
    for connection in connections:
        run_all(connection, lines(SETUP, ";"))
    return connections


def test_questions_of_clients(both):
    differing = []
    for question in lines(QUESTIONS, ";"):
        ours, theirs = (outcome(connection, question) for connection in both)
        if ours != theirs:
            rows = list(zip(ours[1], theirs[1])) if isinstance(ours[1], tuple) and isinstance(theirs[1], tuple) else []
            differing.append((question, ours[0], theirs[0], [pair for pair in rows if pair[0] != pair[1]][:3]))
    assert differing == []


def test_nodes_and_master_status(both):
    tidb = both[0]
    number, rows = outcome(tidb, "show master status")
    assert number == 0 and rows[0][0] == "tidb-binlog" and int(rows[0][1]) > 0
    number, rows = outcome(tidb, "show pump status")
    assert number == 0 and [(r[0], r[2]) for r in rows] == [("pump", "online")]
    assert outcome(tidb, "show drainer status") == (0, ())
