"""The shows of ./quickstart: the walkthrough (default), a recording of a real TiDB, a private MariaDB."""
import argparse
import signal
import sys

from quickstart import capture, mariadb, walkthrough

COMMANDS = {"walkthrough": walkthrough, "capture": capture, "mariadb": mariadb}
DEFAULT = "walkthrough"


def main():
    parser = argparse.ArgumentParser(prog="./quickstart", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    for name, module in COMMANDS.items():
        module.add_arguments(commands.add_parser(name, help=module.__doc__.splitlines()[0]))
    COMMANDS[DEFAULT].add_arguments(parser)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    return COMMANDS[options.command or DEFAULT].run(options)


if __name__ == "__main__":
    sys.exit(main())
