"""Random tables, changes and queries, run on tidb-server and on MariaDB, and compared.

tree         statements as trees of text, so that a failing one can be cut down
values       column types and literals
schema       tables, views
expressions  expressions over the functions of docs/sql.md
queries      SELECT
changes      INSERT, REPLACE, UPDATE, DELETE
play         a round: schema, then changes and queries on both servers
compare      what counts as the same
oracle       MariaDB, which may crash
forms        the same statement in other words, for MariaDB to check itself
refused      whether both servers refuse a value that one of them did not look at
reduce       cuts a failing statement down

Every round has a seed of its own: `python3 -m randomsql --tidb PORT --mariadb PORT --seed N --rounds 1`
(PYTHONPATH=tools) repeats round N.
"""
