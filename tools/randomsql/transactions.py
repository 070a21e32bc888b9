"""BEGIN, COMMIT, ROLLBACK and savepoints."""

NAMES = ("s0", "s1", "s2")


class Transactions:
    """Draws the next statement; `open` says whether a transaction is."""

    def __init__(self, rng):
        self.rng = rng
        self.open = False

    def statement(self):
        """A statement. Only what stands behind BEGIN, savepoints, may name one that is not there: an error."""
        if not self.open:
            self.open = True
            return self.rng.choice(["begin", "start transaction"])
        draw = self.rng.random()
        if draw < 0.4:
            self.open = False
            return self.rng.choice(["commit", "commit", "rollback"])
        name = self.rng.choice(NAMES)
        return self.rng.choice([f"savepoint {name}", f"savepoint {name}", f"rollback to {name}",
                                f"rollback to savepoint {name}", f"release savepoint {name}"])

    def ended(self):
        """A statement was run that commits."""
        self.open = False
