"""A statement as a tree: what is drawn can be written, and cut down part by part."""


class Node:
    """`parts` are texts and Nodes. `kind` names what may stand in its place: a Node of the same kind.

    A node with `optional` may be left out whole; one with `literal` is a constant that may be a parameter.
    """

    def __init__(self, kind, *parts, optional=False, literal=False):
        self.kind = kind
        self.parts = list(parts)
        self.optional = optional
        self.literal = literal

    def __str__(self):
        return "".join(str(p) for p in self.parts)

    def children(self):
        return [p for p in self.parts if isinstance(p, Node)]

    def walk(self):
        yield self
        for child in self.children():
            yield from child.walk()


def fill(kind, template, *arguments):
    """A node of `template` with each {} replaced by an argument."""
    texts = template.split("{}")
    parts = [texts[0]]
    for text, argument in zip(texts[1:], arguments):
        parts += [argument, text]
    return Node(kind, *[p for p in parts if p != ""])


def joined(kind, separator, nodes, optional=False):
    """The nodes as a list; all but the first may be left out, with the separator before them."""
    parts = [nodes[0]] if nodes else []
    for node in nodes[1:]:
        parts.append(Node("item", separator, node, optional=True))
    return Node(kind, *parts, optional=optional)
