"""Jobs and binlogs as TiDB writes them, made from the description of a case. Shares no code with drainer."""
import re

from localcluster import stubs
from localcluster.codec import record_key, varint

TYPES = {"int": (3, 11), "bigint": (8, 20), "varchar": (15, 255)}
NOT_NULL, PRIMARY, NO_DEFAULT = 1, 2, 4096
PUBLIC = 5
DROPS = (2, 4, 24, 36)


def datum(value):
    if value is None:
        return b"\x00"
    if isinstance(value, int):
        return b"\x08" + varint(value)
    data = value.encode()
    return b"\x02" + varint(len(data)) + data


def pair(column_id, value):
    return b"\x08" + varint(column_id) + datum(value)


def name(text):
    return {"O": text, "L": text.lower()}


def literal(text):
    if text == "NULL":
        return None
    return text[1:-1] if text.startswith("'") else int(text)


class Column:
    """One column of a form, from `v varchar not null default 'x'`."""

    def __init__(self, text, number):
        words = re.match(r"(\S+) (\w+)(.*)", text.strip())
        self.name, self.kind, options = words.groups()
        self.id = number
        self.is_handle = " pk" in options
        self.flag = (NOT_NULL | PRIMARY if self.is_handle else 0) | (NOT_NULL if "not null" in options else 0)
        self.charset = ("gbk", "gbk_bin") if " gbk" in options else ("utf8mb4", "utf8mb4_bin")
        default = re.search(r"default (\S+)", options)
        self.default = literal(default[1]) if default else None
        if self.flag & NOT_NULL and self.default is None:
            self.flag |= NO_DEFAULT

    def json(self, offset):
        tp, flen = TYPES[self.kind]
        charset = self.charset if self.kind == "varchar" else ("binary", "binary")
        default = None if self.default is None else str(self.default)
        return {"id": self.id, "name": name(self.name), "offset": offset, "origin_default": default,
                "default": default, "default_bit": None, "generated_expr_string": "", "generated_stored": False,
                "dependences": None, "state": PUBLIC, "comment": "", "version": 2,
                "type": {"Tp": tp, "Flag": self.flag, "Flen": flen, "Decimal": 0, "Charset": charset[0],
                         "Collate": charset[1], "Elems": None}}


class Table:
    """A table and its forms, the last being the newest."""

    def __init__(self, table_name, number):
        self.name, self.id = table_name, number
        self.forms = []     # (schema version, table id, columns)
        self.partitions = None
        self.is_sequence = False
        self.last_row = 0

    def add_form(self, version, text):
        before = {c.name: c.id for c in self.columns()}
        used = max((c.id for *_, f in self.forms for c in f), default=0)
        columns = []
        for part in [p for p in text.split(",") if p.strip()]:
            column = Column(part, before.get(part.split()[0], 0))
            if not column.id:
                used += 1
                column.id = used
            columns.append(column)
        self.forms.append((version, self.id, columns))

    def columns(self):
        return self.forms[-1][2] if self.forms else []

    def json(self, state=PUBLIC):
        columns = self.columns()
        info = {"id": self.id, "name": name(self.name), "charset": "utf8mb4", "collate": "utf8mb4_bin",
                "cols": [c.json(i) for i, c in enumerate(columns)], "index_info": None, "fk_info": None,
                "state": state, "pk_is_handle": any(c.is_handle for c in columns), "comment": "", "auto_inc_id": 0,
                "max_col_id": max((c.id for c in columns), default=0), "max_idx_id": 0, "version": 5,
                "partition": None}
        if self.is_sequence:
            info.update(cols=None, sequence={
                "sequence_start": 1, "sequence_cache": True, "sequence_cycle": False, "sequence_min_value": 1,
                "sequence_max_value": 9223372036854775806, "sequence_increment": 1, "sequence_cache_value": 1000,
                "sequence_comment": ""})
        if self.partitions:
            info["partition"] = {"type": 1, "expr": "`id`", "columns": None, "enable": True,
                                 "num": len(self.partitions), "definitions": [
                                     {"id": n, "name": name(f"p{i}"), "less_than": [str(100 * (i + 1))]}
                                     for i, n in enumerate(self.partitions)]}
        return info

    def insert(self, columns, values):
        handle = next((v for c, v in zip(columns, values) if c.is_handle), None)
        if handle is None:
            self.last_row += 1
            handle = self.last_row
        row = b"".join(pair(c.id, v) for c, v in zip(columns, values) if not c.is_handle and v is not None)
        return datum(handle) + (row or b"\x00")

    def full(self, columns, values):
        row = b"".join(pair(c.id, v) for c, v in zip(columns, values))
        return row if any(c.is_handle for c in columns) else row + pair(-1, 1)


class Builder:
    """Holds the upstream's schema and gives what each step leaves: jobs and pairs of binlogs."""

    def __init__(self, first_id, first_version, next_ts):
        self.last_id, self.version, self.next_ts = first_id, first_version, next_ts
        self.messages = stubs.load("binlog")
        self.jobs, self.transactions = [], []
        self.last_commit_ts = self.last_ddl_ts = 0
        self.database, self.database_id, self.tables, self.dropped = "", 0, {}, {}
        self.half_done = None

    def new_id(self):
        self.last_id += 1
        return self.last_id

    def begin(self, database):
        """A new case in a new database."""
        self.database, self.tables, self.dropped = database, {}, {}
        self.database_id = self.new_id()
        self.ddl(1, f"CREATE DATABASE `{database}`;", ["database"])

    def send_all(self, send):
        """Gives the binlogs of all transactions since the last call to `send`, as TiDB does: the commit ts is taken when
        the prewrite has been acknowledged. Else pump's time signals could overtake it."""
        b = self.messages
        for fields in self.transactions:
            fields = {"ddl_job_id": 0, "ddl_schema_state": 0, "start_ts": self.next_ts(), **fields}
            send(b.Binlog(tp=b.Prewrite, commit_ts=0, **fields).SerializeToString())
            fields.pop("prewrite_value", None)
            self.last_commit_ts = self.next_ts()
            if fields["ddl_job_id"]:
                self.last_ddl_ts = self.last_commit_ts
            send(b.Binlog(tp=b.Commit, commit_ts=self.last_commit_ts, **fields).SerializeToString())
        self.transactions = []

    # DDL ------------------------------------------------------------------------------------------

    def ddl(self, kind, text, changes):
        text = text.replace("$database", self.database)
        if changes == ["done"]:
            self._send_ddl(text, self._end_half())
            return
        self.version += 1
        job = {"id": self.new_id(), "type": kind, "schema_id": self.database_id, "table_id": 0, "state": 6,
               "err": None, "schema_state": 0 if kind in DROPS else 5, "query": text.rstrip(";"), "version": 1,
               "binlog": {"SchemaVersion": self.version, "DBInfo": None, "TableInfo": None, "FinishedTS": 0,
                          "MultipleTableInfos": None}}
        for change in changes:
            if change.startswith("job "):
                self._override(job, change[4:])
            else:
                self._change(job, change.removeprefix("half "))
        if kind in (47, 60):
            job["table_id"] = 0
        if not job.pop("nohistory", None):
            self.jobs.append(job)
        if changes and changes[0].startswith("half "):
            self._send_ddl(text, self._begin_half(job))
        else:
            self._send_ddl(text, job)

    def _send_ddl(self, text, job):
        self.transactions.append({"prewrite_key": b"m_ddl", "ddl_query": text.encode(), "ddl_job_id": job["id"],
                                  "ddl_schema_state": job["schema_state"]})

    def _begin_half(self, job):
        """The history has the job with its end; the first binlog comes two versions before."""
        job["binlog"]["SchemaVersion"] += 2
        job["schema_state"] = 0
        self.half_done = job
        return {**job, "schema_state": 1}

    def _end_half(self):
        self.version = self.half_done["binlog"]["SchemaVersion"]
        return self.half_done

    def _override(self, job, text):
        for key, value in re.findall(r"(\w+)=(\"[^\"]*\"|\S+)", text):
            value = value.strip('"') if not re.fullmatch(r"-?\d+", value) else int(value)
            if key == "version":
                job["binlog"]["SchemaVersion"] = value
            elif key == "table":
                job["table_id"] = self.tables[value].id
            else:
                job[key] = value

    def _change(self, job, change):
        verb, *rest = change.split()
        if verb == "database":
            self.database = rest[0] if rest else self.database
            job["binlog"]["DBInfo"] = {"id": self.database_id, "db_name": name(self.database), "charset": "utf8mb4",
                                       "collate": "utf8mb4_bin", "state": PUBLIC}
        elif verb == "drop":
            table = self.dropped[rest[0]] = self.tables.pop(rest[0])
            job["table_id"] = table.id
            job["binlog"]["TableInfo"] = table.json(state=0)
        elif verb == "back":
            table = self.tables[rest[0]] = self.dropped.pop(rest[0])
            self._is_in_job(job, table)
        elif verb == "rename":
            table = self.tables[rest[1]] = self.tables.pop(rest[0])
            table.name = rest[1]
            self._is_in_job(job, table)
        else:
            self._new_form(job, change)

    def _new_form(self, job, change):
        head, _, form = change.partition(" =")
        table_name, *options = head.split()
        if table_name not in self.tables:
            self.tables[table_name] = Table(table_name, self.new_id())
        table = self.tables[table_name]
        table.is_sequence = job["type"] in (34, 35)
        job["table_id"] = table.id
        if "@new" in options:
            table.id = self.new_id()
        partitions = re.search(r"; partitions (\d+)", form)
        if partitions:
            table.partitions = [self.new_id() for _ in range(int(partitions[1]))]
        exchanged = re.search(r"; exchange (\d+) (\S+)", form)
        if exchanged:
            other, place = self.tables[exchanged[2]], int(exchanged[1])
            job["table_id"] = other.id
            table.partitions[place], other.id = other.id, table.partitions[place]
        columns = re.sub(r";.*", "", form)
        table.add_form(self.version, columns)
        self._is_in_job(job, table, keep_id=True)

    @staticmethod
    def _is_in_job(job, table, keep_id=False):
        if not keep_id:
            job["table_id"] = table.id
        job["binlog"]["TableInfo"] = table.json()
        if job["type"] in (47, 60):
            job["binlog"]["MultipleTableInfos"] = (job["binlog"]["MultipleTableInfos"] or []) + [table.json()]
        if job["type"] == 60:
            job["binlog"]["TableInfo"] = None

    # rows -----------------------------------------------------------------------------------------

    def row(self, verb, table_name, values, new_values=None, back=0):
        table = self.tables[table_name]
        version, table_id, columns = table.forms[-1 - back]
        b = self.messages
        fields = {"table_id": table_id if back else table.id}
        if verb == "insert":
            fields.update(inserted_rows=[table.insert(columns, values)], sequence=[b.Insert])
        elif verb == "update":
            both = table.full(columns, values) + table.full(columns, new_values)
            fields.update(updated_rows=[both], sequence=[b.Update])
        else:
            fields.update(deleted_rows=[table.full(columns, values)], sequence=[b.DeleteRow])
        value = b.PrewriteValue(schema_version=version if back else self.version,
                                mutations=[b.TableMutation(**fields)])
        self.transactions.append({"prewrite_key": record_key(table.id, 1), "prewrite_value": value.SerializeToString()})
