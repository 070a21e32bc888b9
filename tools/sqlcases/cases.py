"""The files of tests/sql: blocks of a statement and its result."""
from dataclasses import dataclass, field
from typing import List, Optional


@dataclass
class Case:
    comments: List[str] = field(default_factory=list)
    statement: List[str] = field(default_factory=list)
    mode: Optional[str] = None  # None: no result is asked for; "", "sorted", "ok", "error"
    result: List[str] = field(default_factory=list)

    @property
    def sql(self):
        return "\n".join(self.statement)

    @property
    def differs(self):
        return any(c.startswith("# differs:") for c in self.comments)

    def text(self):
        lines = self.comments + self.statement
        if self.mode is not None:
            lines = lines + [("---- " + self.mode).rstrip()] + self.result
        return "\n".join(lines) + "\n"


def parse(text):
    """Blocks in order. Comment-only blocks are Cases without a statement."""
    cases = []
    for block in _blocks(text):
        case = Case()
        for line in block:
            if case.mode is not None:
                case.result.append(line)
            elif line.startswith("----"):
                case.mode = line[4:].strip()
            elif line.startswith("#") and not case.statement:
                case.comments.append(line)
            else:
                case.statement.append(line)
        cases.append(case)
    return cases


def _blocks(text):
    block = []
    for line in text.split("\n"):
        if line:
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block




def render(cases):
    return "\n".join(case.text() for case in cases)
