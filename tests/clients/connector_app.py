"""What programs do with MySQL Connector/Python, told line by line.

    connector_app.py <port> <pure or c>
"""
import datetime
import decimal
import sys

import mysql.connector
from mysql.connector import errorcode

TYPES = ("create table types (id bigint unsigned auto_increment primary key, i int, f float, d double, de decimal(20,6), "
         "b bit(12), da date, dt datetime(6), ts timestamp(3) null, tm time(2), y year, c char(10), v varchar(50), "
         "vb varbinary(20), bl blob, tx text, e enum('x','y'), s set('p','q','r'), j json)")
VALUES = (-5, 1.5, -2.25e100, decimal.Decimal("-12345678901234.567891"), 0xabc, datetime.date(2020, 2, 29),
          datetime.datetime(2020, 2, 29, 23, 59, 58, 123456), datetime.datetime(2021, 3, 4, 5, 6, 7, 890000),
          datetime.timedelta(hours=12, minutes=34, seconds=56, microseconds=780000), 2024, "char", "v\u00e4r\U0001f600'\\",
          b"\x00\xff'\\", bytes(range(256)), "t" * 3000, "y", "p,r", '{"a": [1, null]}')


def all_types(connection):
    cursor = connection.cursor()
    cursor.execute(TYPES)
    insert = "insert into types values (null, " + ", ".join(["%s"] * len(VALUES)) + ")"
    for values in (VALUES, (None,) * len(VALUES)):
        cursor.execute(insert, values)
        print("inserted", cursor.rowcount, cursor.lastrowid)
    # The C extension has no right code for prepared floats and times.
    prepared = connection.cursor(prepared=PURE)
    for values in (VALUES, (None,) * len(VALUES)):
        prepared.execute(insert, values)
        print("prepared", prepared.rowcount, prepared.lastrowid)
    for reader in (cursor, prepared):
        reader.execute("select * from types where id >= %s order by id", (1,))
        for row in reader.fetchall():
            for value in row:
                # Of texts and blobs the driver makes str or bytes by flags that TiDB does not send.
                if isinstance(value, str):
                    value = value.encode("utf-8")
                elif isinstance(value, set):
                    value = sorted(value)
                print("  ", bytes(value)[:100] if isinstance(value, (bytes, bytearray)) else repr(value))
        print([c[0] for c in reader.description])
    cursor.close()
    prepared.close()
    connection.commit()


def transactions(connection):
    cursor = connection.cursor(dictionary=True)
    cursor.execute("create table txn (id int primary key, n int)")
    connection.start_transaction(isolation_level="READ COMMITTED")
    cursor.execute("insert into txn values (1, 1)")
    connection.rollback()
    # The driver takes MariaDB for 5.5, which has none.
    cursor.execute("start transaction read only")
    try:
        cursor.execute("insert into txn values (1, 1)")
    except mysql.connector.Error as error:
        print("read only", error.errno, error.sqlstate)
    connection.rollback()
    cursor.executemany("insert into txn values (%s, %s)", [(i, i * i) for i in range(2, 200)])
    print("many", cursor.rowcount)
    connection.commit()
    try:
        cursor.execute("insert into txn values (2, 2)")
    except mysql.connector.IntegrityError as error:
        print("duplicate", error.errno == errorcode.ER_DUP_ENTRY, error.sqlstate)
    cursor.execute("update txn set n = n + 1 where id < %(limit)s", {"limit": 10})
    print("updated", cursor.rowcount, connection.in_transaction)
    connection.commit()
    cursor.execute("select count(*) as c, sum(n) as s from txn")
    print(cursor.fetchone())


def several(connection):
    cursor = connection.cursor()
    for result in cursor.execute("select 1; update txn set n = 0 where id = 2; select 'x', null", multi=True):
        print("result", result.fetchall() if result.with_rows else result.rowcount)
    cursor.execute("select id from txn order by id")
    print(cursor.fetchmany(3), cursor.fetchone())
    cursor.fetchall()
    connection.get_warnings = True
    cursor.execute("select cast('12x' as signed)")
    print(cursor.fetchall(), [w[:2] for w in cursor.fetchwarnings()])
    connection.get_warnings = False
    for wrong in ("select nothing", "select * from nothing", "selec"):
        try:
            cursor.execute(wrong)
        except mysql.connector.ProgrammingError as error:
            print(error.errno, error.sqlstate)


def the_connection(connection):
    cursor = connection.cursor()
    cursor.execute("set @a = 1")
    connection.cmd_reset_connection()
    cursor = connection.cursor()
    cursor.execute("select @a, database()")
    print(cursor.fetchall())
    connection.cmd_change_user(username="root", password="", database="connector")
    connection.ping()
    print(connection.is_connected(), connection.charset, connection.autocommit)
    connection.autocommit = True
    connection.time_zone = "+02:00"
    cursor = connection.cursor()
    cursor.execute("select from_unixtime(0), @@autocommit")
    print(cursor.fetchall(), connection.time_zone, sorted(connection.sql_mode.split(","))[:1] != [])


def main():
    options = {"host": "127.0.0.1", "port": int(sys.argv[1]), "user": "root", "use_pure": PURE}
    with mysql.connector.connect(**options) as connection:
        cursor = connection.cursor()
        cursor.execute("drop database if exists connector")
        cursor.execute("create database connector")
        cursor.execute("set global time_zone = '+00:00'")
    with mysql.connector.connect(database="connector", allow_local_infile=True, **options) as connection:
        for step in (all_types, transactions, several, the_connection):
            print("==", step.__name__)
            step(connection)


if __name__ == "__main__":
    PURE = sys.argv[2] == "pure"
    main()
