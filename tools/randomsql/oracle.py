"""MariaDB as the one to compare with: some prepared statements over views make it crash."""
from sqlcases.record import Connection

LOST = (2006, 2013)


class OracleGone(Exception):
    """MariaDB ended while it executed the statement."""


def lost(outcome):
    return outcome[0] == "error" and outcome[1] in LOST


class Oracle(Connection):
    """A connection to MariaDB."""

    def run(self, sql):
        outcome = super().run(sql)
        if lost(outcome):
            raise OracleGone(sql)
        return outcome
