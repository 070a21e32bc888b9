"""The same statements on tidb-server and on MariaDB: what they end with is compared."""
import pymysql


def connect(port, user="root", **options):
    return pymysql.connect(host="127.0.0.1", port=port, user=user, autocommit=True, **options)


def lines(text, separator="\n"):
    return [line.strip() for line in text.split(separator) if line.strip()]


def outcome(connection, statement):
    """0 and the rows, or the error's number and whether it names a column."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(statement)
            return 0, cursor.fetchall()
        except pymysql.MySQLError as error:
            return error.args[0], "for column" in error.args[1]


def run_all(connection, statements):
    """Each must succeed."""
    for statement in statements:
        assert outcome(connection, statement)[0] == 0, statement
