"""docs/known-bugs.md names tests that exist."""
import glob
import os
import re

from localcluster.stubs import ROOT


def unit_tests():
    names = set()
    for path in glob.glob(os.path.join(ROOT, "src", "**", "*_test.cc"), recursive=True):
        with open(path, encoding="utf-8") as f:
            names.update(".".join(m) for m in re.findall(r"^TEST(?:_[FP])?\((\w+),\s*(\w+)\)", f.read(), re.M))
    return names


def test_every_named_test_exists():
    with open(os.path.join(ROOT, "docs", "known-bugs.md"), encoding="utf-8") as f:
        text = f.read()
    named = set(re.findall(r"`([A-Z]\w+\.[A-Z]\w+)`", text))
    assert len(named) > 80
    assert not named - unit_tests()
    files = set(re.findall(r"\b(test_\w+\.py)\b", text))
    assert not {f for f in files if not os.path.exists(os.path.join(ROOT, "tests", f))}
