"""What is refused because it would be too much, and the word for why in the logs and in the metrics.

nginx says the same in nginx/http/refusals.conf; a test compares the two.
"""

from dataclasses import dataclass

DELIVERIES = "deliveries"
CLIENT_DELIVERIES = "client_deliveries"
CLIENT_REQUESTS = "client_requests"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer: its status, after how many seconds to try again, and why."""

    status: int
    retry_after: int
    text: str


REFUSALS = {
    DELIVERIES: Refusal(503, 10, "as many deliveries as this origin has room for are under way"),
    CLIENT_DELIVERIES: Refusal(429, 2, "as many deliveries to your address as it may have are under way"),
    CLIENT_REQUESTS: Refusal(429, 1, "your address asks more often than it may"),
}
"""By reason, which stands in the place of the lane that the request would have taken."""

_BY_STATUS = {"408": "slow_request", "413": "body_size", "414": "uri_size", "431": "header_size"}

REASONS = (*REFUSALS, *_BY_STATUS.values())
"""All that there are."""


def reason(lane: str, status: str) -> str | None:
    """Say why a response was a refusal; None for one that was none."""
    return lane if lane in REFUSALS else _BY_STATUS.get(status)
