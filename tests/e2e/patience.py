"""A viewer slower than any response timeout, reading beside all the other tests.

Quart gives a whole response 60 seconds by default (RESPONSE_TIMEOUT) and then drops it without a word; a film
takes longer than that to watch. To catch it, or anything like it on the way, somebody has to
read for more than a minute: in the background, so that it costs the suite no minute of its own.
"""

import threading
import time

from tests.e2e.viewers import Viewer

PATIENCE = 66


class PatientViewer:
    """Begins at once; `finish()` waits for it."""

    def __init__(self, base_url: str, expected: bytes) -> None:
        self.seconds = 0.0
        self.read_slowly = 0
        self.error: BaseException | None = None
        self._base_url = base_url
        self._expected = expected
        self._thread = threading.Thread(target=self._watch, name="patient viewer", daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        began = time.monotonic()
        try:
            with Viewer(self._base_url) as viewer:
                beginning = viewer.dawdle(PATIENCE, step=16384)
                self.read_slowly = len(beginning)
                assert beginning + viewer.rest() == self._expected, "other bytes than the film's"
        except BaseException as error:  # noqa: BLE001 (it is raised again by whoever waits)
            self.error = error
        self.seconds = time.monotonic() - began

    def finish(self) -> None:
        self._thread.join(PATIENCE + 30)
        assert not self._thread.is_alive(), "still reading"
        if self.error is not None:
            raise self.error
