"""Work beside a test's own: a thread that lives as long as its `with`, and whose error is the test's."""
import threading


class Background:
    """run() goes on until self.stop is set."""

    def __init__(self):
        self.stop = threading.Event()
        self.error = None
        self.thread = threading.Thread(target=self._guarded)

    def run(self):
        raise NotImplementedError

    def _guarded(self):
        try:
            self.run()
        except Exception as error:  # noqa: handed to the test's thread
            self.error = error

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.finish()

    def finish(self):
        """Waits for the end of run()."""
        self.thread.join()
        if self.error:
            raise self.error
