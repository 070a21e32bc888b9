"""Cuts a failing statement down while it goes on failing."""
from .tree import Node

SIMPLE = {"int": ("1", "null"), "dec": ("1.5", "null"), "real": ("1e0", "null"), "str": ("'a'", "null"),
          "bool": ("1", "0"), "dt": ("timestamp '2020-01-31 12:30:45'",), "date": ("date '2020-01-31'",),
          "time": ("time '12:30:45'",)}
TRIES = 400


def _candidates(node, parent, index):
    """Smaller things that may stand in the node's place."""
    if node.optional:
        yield Node(node.kind)
    for text in SIMPLE.get(node.kind, ()):
        if len(node.parts) != 1 or node.parts[0] != text:
            if isinstance(parent.parts[index], Node) and len(str(node)) > len(text):
                yield Node(node.kind, text)
    for below in node.walk():
        if below is not node and below.kind == node.kind and node.kind in SIMPLE:
            yield below


def _one_step(root, fails, budget):
    """Makes one smaller change that still fails; whether there was one."""
    for parent in list(root.walk()):
        for index, part in enumerate(parent.parts):
            if not isinstance(part, Node):
                continue
            for candidate in _candidates(part, parent, index):
                if len(str(candidate)) >= len(str(part)):
                    continue
                budget[0] -= 1
                if budget[0] < 0:
                    return False
                parent.parts[index] = candidate
                if fails():
                    return True
                parent.parts[index] = part
    return False


def reduce(root, fails):
    """Changes the root to a small statement for which `fails()` still holds."""
    holder = Node("root", root)
    budget = [TRIES]
    while _one_step(holder, fails, budget):
        pass
