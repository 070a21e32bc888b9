"""Queries as prepared statements with parameters: of the text protocol (PREPARE, EXECUTE) or the binary one."""
from . import values
from .binary import Statement

# Kinds whose literals stand for themselves as parameters.
KINDS = ("int", "dec", "real", "str", "date", "dt", "time")


class Prepared:
    """A query with parameters in place of the literals of its predicates; executed several times."""

    def __init__(self, rng, query):
        self.rng = rng
        self.query = query
        self.places = [n for n in query.node.walk() if n.literal and n.kind in KINDS]
        self.literals = [n.parts[0] for n in self.places]
        for place in self.places:
            place.parts[0] = "?"
        self.text = str(query.node)

    def draw(self):
        """Other literals for the parameters."""
        self.literals = [values.literal(self.rng, n.kind) if self.rng.random() < 0.9 else "null" for n in self.places]

    def plain(self):
        """The statement with the literals."""
        for place, literal in zip(self.places, self.literals):
            place.parts[0] = literal
        return str(self.query.node)


class TextRunner:
    """PREPARE, SET and EXECUTE as statements."""

    def __init__(self, connection, text):
        self.connection = connection
        self.failed = None
        outcome = connection.run(f"prepare p from {values.quoted(text)}")
        if outcome[0] == "error":
            self.failed = outcome

    def execute(self, literals):
        if literals:
            self.connection.run("set " + ", ".join(f"@p{i} = {literal}" for i, literal in enumerate(literals)))
        using = " using " + ", ".join(f"@p{i}" for i in range(len(literals))) if literals else ""
        return self.connection.run(f"execute p{using}")

    def close(self):
        self.connection.run("deallocate prepare p")


class BinaryRunner:
    """The binary protocol."""

    def __init__(self, connection, text):
        self.statement = Statement(connection)
        self.failed = self.statement.prepare(text)

    def execute(self, literals):
        return self.statement.execute(literals)

    def close(self):
        self.statement.close()
