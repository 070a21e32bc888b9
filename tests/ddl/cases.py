"""Reads the cases of tests/ddl."""
import os
import re

DIRECTORY = os.path.dirname(os.path.abspath(__file__))


class Case:
    """`steps`: the lines above the first ----; `checks`: (what stands behind ----, lines below)."""

    def __init__(self, where, title):
        self.where, self.title = where, title
        self.steps, self.checks = [], []

    def __str__(self):
        return f"{self.where}: {self.title}"


def read(kind):
    """The cases of all files of tests/ddl/<kind>."""
    cases = []
    folder = os.path.join(DIRECTORY, kind)
    for file in sorted(os.listdir(folder)):
        with open(os.path.join(folder, file), encoding="utf-8") as f:
            cases += parse(f"{kind}/{file}", f.read())
    return cases


def parse(where, text):
    cases = []
    for line in text.split("\n"):
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("== "):
            cases.append(Case(where, line[3:]))
        elif line.startswith("---- "):
            cases[-1].checks.append((line[5:], []))
        elif cases[-1].checks:
            cases[-1].checks[-1][1].append(line)
        else:
            cases[-1].steps.append(line)
    return cases


def statements(case):
    """(statement, must fail) of a case of sql/."""
    text = ""
    for line in case.steps:
        if line.startswith("! "):
            yield line[2:].rstrip(";"), True
            continue
        text += line + "\n"
        if line.rstrip().endswith(";"):
            yield text.strip().rstrip(";"), False
            text = ""
    assert not text, f"{case}: no ; at the end of {text!r}"


def words(text):
    """Values of a row, texts with their quotes."""
    return re.findall(r"'[^']*'|->|\S+", text)
