"""A private MariaDB server, and its tables as text."""
import os
import subprocess

from .process import Process, ProgramFailed, free_port

SYSTEM_SCHEMAS = ("mysql", "information_schema", "performance_schema", "sys", "tidb_binlog")
HEX_TYPES = ("bit", "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob")


class MariaDb:
    """root without a password on 127.0.0.1:<port>; data in <directory>/data."""

    kind = "mariadb"

    def __init__(self, directory, port=None, options=()):
        self.directory = str(directory)
        self.port = port or free_port()
        self.options = list(options)
        os.makedirs(self.directory, exist_ok=True)
        self.process = None

    def start(self, own_session=False):
        # A MariaDB that starts removes the temporary tables of all others that share its directory for them.
        os.makedirs(self._path("tmp"), exist_ok=True)
        if not os.path.isdir(os.path.join(self._path("data"), "mysql")):
            self._initialize()
        self.process = Process("mariadb", self._command() + self.options, self.directory)
        self.process.start(own_session)
        self.process.wait_ready(self.alive, timeout=60)
        return self

    def _path(self, name):
        return os.path.join(self.directory, name)

    def _initialize(self):
        self._run_or_fail(["mariadb-install-db", "--no-defaults", f"--datadir={self._path('data')}", "--user=root",
                           "--auth-root-authentication-method=normal", "--skip-test-db"])

    def _run_or_fail(self, command):
        made = subprocess.run(command, env={**os.environ, "TMPDIR": self._path("tmp")}, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        if made.returncode != 0:
            raise ProgramFailed(f"{command[0]} failed\n{made.stdout}")

    def _command(self):
        return ["/usr/sbin/mariadbd", *self._common_options(), "--innodb-log-file-size=96M"]

    def _common_options(self):
        # Replaying a capture makes hundreds of files' worth of DDL; what is tested is not the server's fsync.
        return ["--no-defaults", f"--datadir={self._path('data')}", f"--tmpdir={self._path('tmp')}", "--user=root",
                f"--port={self.port}", "--bind-address=127.0.0.1",
                f"--socket={self._path('mariadb.sock')}", f"--pid-file={self._path('mariadb.pid')}",
                "--max-allowed-packet=256M", "--innodb-flush-log-at-trx-commit=2",
                "--character-set-server=utf8mb4", "--collation-server=utf8mb4_bin",
                "--skip-name-resolve", "--max-connections=500"]

    def alive(self):
        return self._client(["-e", "select 1"]).returncode == 0

    def stop(self):
        if self.process:
            self.process.terminate(timeout=60)

    def kill(self):
        self.process.kill()

    def _client(self, arguments, **options):
        command = ["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", str(self.port), "-u", "root",
                   "--default-character-set=utf8mb4", "--batch", "--connect-timeout=5"]
        return subprocess.run(command + arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False, **options)

    def run(self, sql, *arguments):
        """Output of `sql` as bytes."""
        result = self._client(["--init-command=set time_zone='+00:00', group_concat_max_len=1000000",
                               *arguments, "-e", sql])
        if result.returncode != 0:
            raise ProgramFailed(f"MariaDB refused {sql!r}: {result.stderr.decode('utf-8', 'replace')}")
        return result.stdout

    def rows(self, sql):
        """Rows of `sql` as lists of str, without escapes."""
        text = self.run(sql, "-N", "--raw").decode("utf-8")
        return [line.split("\t") for line in text.split("\n")[:-1]]

    def tables(self):
        """(schema, table) of everything that is not the server's own."""
        excluded = ",".join(f"'{s}'" for s in SYSTEM_SCHEMAS)
        return [tuple(r) for r in self.rows(
            "select table_schema, table_name from information_schema.tables "
            f"where table_schema not in ({excluded}) order by 1, 2")]

    def dump_rows(self, schema, table):
        """All rows ordered by all columns, binary types as hex; the client's batch format."""
        columns = self.rows(
            "select column_name, data_type from information_schema.columns "
            f"where table_schema={_text(schema)} and table_name={_text(table)} order by ordinal_position")
        shown = [f"hex({_name(c)}) as {_name(c)}" if t in HEX_TYPES else _name(c) for c, t in columns]
        order = ",".join(str(i + 1) for i in range(len(columns)))
        return self.run(f"select {','.join(shown)} from {_name(schema)}.{_name(table)} order by {order}")

    def json_columns(self, schema, table):
        """Positions of the columns whose documents the server writes in its own way; MariaDB keeps their text."""
        types = self.rows("select data_type from information_schema.columns "
                          f"where table_schema={_text(schema)} and table_name={_text(table)} order by ordinal_position")
        return [at for at, (name,) in enumerate(types) if name == "json"]

    def create_statement(self, schema, table):
        return self.run(f"show create table {_name(schema)}.{_name(table)}\\G")


def _name(text):
    return "`" + text.replace("`", "``") + "`"


def _text(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
