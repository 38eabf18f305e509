"""How many requests a second a client may send: a leaky bucket for each, as nginx's limit_req has it."""

from collections import OrderedDict

_CLIENTS = 8_000  # those that asked last; nginx's zone holds as many


class RequestRate:
    """Admits `rate` requests a second of each client, and as many more at once."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def admits(self, client: str, now: float) -> bool:
        """Say whether a request at `now` (seconds) may be answered; one that may not is not counted."""
        filled, since = self._buckets.pop(client, (-1.0, now))
        filled = max(0.0, filled - (now - since) * self._rate + 1)
        admitted = filled <= self._rate
        self._buckets[client] = (filled if admitted else filled - 1, now)
        if len(self._buckets) > _CLIENTS:
            self._buckets.popitem(last=False)
        return admitted
