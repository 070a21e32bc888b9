"""An interactive bash on a terminal of its own: commands are typed, what they print is shown and checked."""
import os
import re
import sys

import pexpect

from localcluster.process import ProgramFailed

PROMPT = "[binlog]$ "
CLIENT_PROMPTS = {"tidb": r"TiDB \[[^\]\r\n]*\]> ", "mariadb": r"MariaDB \[[^\]\r\n]*\]> "}


class Shell:
    """Owner of the bash and of everything it started in the foreground."""

    def __init__(self, directory, path):
        environment = {**os.environ, "PS1": PROMPT, "TERM": "dumb", "INPUTRC": "/dev/null", "HISTFILE": "",
                       "PATH": path, "MYSQL_HISTFILE": "/dev/null"}
        self.child = pexpect.spawn("/bin/bash", ["--noprofile", "--norc", "-i"], cwd=directory,
                                   env=environment, encoding="utf-8", codec_errors="replace", timeout=60,
                                   dimensions=(50, 250))
        self.child.logfile_read = sys.stdout
        self._expect(re.escape(PROMPT), "the shell's prompt")

    def run(self, command, *expected, timeout=60):
        """Types `command`, waits for its end; every one of `expected` (patterns) must be in what it printed."""
        return self._type(command, re.escape(PROMPT), expected, timeout)

    def client(self, command, which):
        """Starts an SQL client, which then takes statements."""
        return Client(self, command, CLIENT_PROMPTS[which])

    def _type(self, line, prompt, expected, timeout=60):
        self.child.sendline(line)
        output = self._expect(r"\r\n(?:.*\r\n)?" + prompt, f"`{line}` ends", timeout)
        for pattern in expected:
            if not re.search(pattern, output, re.DOTALL):
                raise ProgramFailed(f"`{line}` did not print what it should: {pattern}")
        return output

    def _expect(self, pattern, what, timeout=60):
        try:
            self.child.expect(pattern, timeout=timeout)
        except (pexpect.TIMEOUT, pexpect.EOF) as error:
            raise ProgramFailed(f"gave up after {timeout} s waiting until {what}") from error
        return self.child.before + self.child.after

    def close(self):
        self.child.logfile_read = None
        self.child.close(force=True)


class Client:
    """A `mysql` inside of the shell."""

    def __init__(self, shell, command, prompt):
        self.shell = shell
        self.prompt = prompt
        shell._type(command, prompt, [])

    def run(self, statement, *expected):
        return self.shell._type(statement, self.prompt, expected)

    def quit(self):
        self.shell._type("exit", re.escape(PROMPT), [])
