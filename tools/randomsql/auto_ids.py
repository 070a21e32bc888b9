"""AUTO_INCREMENT: which ids a statement may ask for, so that both sides go on counting alike.

How many ids a statement uses up that fails, or leaves rows out, is each server's own. One that may leave rows out names
its ids; after it, and after a failure, others do so too, until an id larger than all before has set both counters.
"""
import re

# More ids than the statements between two of them can use.
STRIDE = 200


def drawn_ids(rng, table, count, plain):
    """Values for the AUTO_INCREMENT column of `count` rows; None: leave it out. `plain`: an INSERT of all or none."""
    if not plain:
        return [str(rng.randint(1, 60)) for _ in range(count)]
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
    named = table.auto.name in re.split(r"[ (,)]+", sql[:sql.index(" values ")]) if plain else True
    return table.in_step and not named
