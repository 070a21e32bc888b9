"""AUTO_INCREMENT: which ids a statement may ask for, so that both sides go on counting alike.

How many ids a statement uses up that fails, or leaves rows out, is each server's own. After such a one rows get their
ids from the statement, until one larger than all before has set both counters.
"""

# More ids than the statements between two of them can use.
STRIDE = 200


def drawn_ids(rng, table, count):
    """Values for the AUTO_INCREMENT column of `count` rows; None: leave it out."""
    if not table.in_step:
        table.counter += STRIDE
        return [str(table.counter + i) for i in range(count)]
    if rng.random() < 0.6:
        return None
    return [rng.choice(["null", "default", "0", str(rng.randint(1, 60)), str(rng.randint(1, 60))]) for _ in range(count)]


def note(table, sql, failed):
    """Notes what `sql` did to the counters of the table; whether LAST_INSERT_ID() is the same on both sides now."""
    if table.auto is None or not sql.startswith(("insert", "replace", "load")):
        return False
    plain = sql.startswith("insert into ") and " values " in sql and "on duplicate key" not in sql
    table.in_step = plain and not failed
    return table.in_step
