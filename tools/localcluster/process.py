"""One child process with its log file: start, wait until ready, stop, kill, show the end of its log."""
import os
import random
import signal
import socket
import subprocess
import time


class ProgramFailed(Exception):
    """A program ended or did not become ready; the text holds the end of its log."""


_reservations = []


def free_port():
    """A port that nobody has and that is given to nobody else on this machine until this process ends: the program that
    is to listen there may take seconds until it does. For the same reason not one of those that the system gives to
    outgoing connections (from 32768 on)."""
    choose = random.SystemRandom()
    while True:
        port = choose.randrange(21000, 32768)
        if _reserve(port) and not port_is_busy(port):
            return port


def _reserve(port):
    """Takes the port's name among all processes that ask here: an abstract socket, which goes with its process."""
    reservation = socket.socket(socket.AF_UNIX)
    try:
        reservation.bind(f"\0tidb-binlog-test-port-{port}")
    except OSError:
        reservation.close()
        return False
    _reservations.append(reservation)
    return True


def port_is_busy(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
            return False
        except OSError:
            return True


def wait_until(condition, timeout, what, poll=0.05):
    """Waits for `condition()` to be true; what it returned is given back."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"gave up after {timeout} s waiting until {what}")
        time.sleep(poll)


class Process:
    """A program in the foreground of its own process group; output goes to <dir>/<name>.out."""

    def __init__(self, name, argv, directory, env=None):
        self.name = name
        self.argv = [str(a) for a in argv]
        self.directory = str(directory)
        self.env = {**os.environ, **(env or {})}
        self.output = os.path.join(self.directory, f"{name}.out")
        self.popen = None

    def start(self, own_session=False):
        """In a session of its own it lives on when this program's terminal goes."""
        with open(self.output, "ab") as out:
            self.popen = subprocess.Popen(self.argv, cwd=self.directory, env=self.env, stdout=out,
                                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                          start_new_session=own_session)
        return self

    @property
    def pid(self):
        return self.popen.pid

    def running(self):
        return self.popen is not None and self.popen.poll() is None

    def wait_ready(self, ready, timeout=30):
        """Waits until `ready()`; a program that ended meanwhile is an error at once."""
        def check():
            if not self.running():
                raise ProgramFailed(f"{self.name} ended with code {self.popen.returncode}\n{self.tail()}")
            return ready()
        try:
            return wait_until(check, timeout, f"{self.name} is ready")
        except TimeoutError as error:
            raise ProgramFailed(f"{error}\n{self.tail()}") from error

    def wait(self, timeout=30):
        """Waits for the end; gives the exit code."""
        try:
            return self.popen.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise ProgramFailed(f"{self.name} did not end in {timeout} s\n{self.tail()}") from error

    def terminate(self, timeout=30):
        if self.running():
            self.popen.send_signal(signal.SIGTERM)
        return self.wait(timeout) if self.popen else None

    def kill(self):
        if self.running():
            self.popen.kill()
        if self.popen:
            self.popen.wait()

    def logs(self):
        """Paths of everything this program logs to."""
        own_log = os.path.join(self.directory, f"{self.name}.log")
        return [p for p in (own_log, self.output) if os.path.exists(p)]

    def tail(self, lines=25):
        text = []
        for path in self.logs():
            with open(path, "rb") as f:
                end = f.read()[-20000:].decode("utf-8", "replace").splitlines()[-lines:]
            text += [f"--- end of {path}"] + end
        return "\n".join(text)
