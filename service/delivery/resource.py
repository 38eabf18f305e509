"""A media file as a resource: opened and planned for each request, whoever then carries the plan out."""

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from service.delivery.disk import Disk
from service.delivery.record import Delivery, current_delivery
from service.library import MediaFile
from service.semantics.fields import RequestFields
from service.semantics.plan import Plan, Policy, Request, plan


def _notice_nothing(_: Delivery) -> None:
    """Most resources are watched by nobody."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What `opener` opens, served by `policy`; `notice` is told of each delivery once the file is open.

    `route` is the template of its path, for the metrics.
    """

    disk: Disk
    opener: Callable[[], MediaFile]
    policy: Policy
    route: str
    notice: Callable[[Delivery], None] = _notice_nothing

    async def answer(self, method: str, lines: Iterable[tuple[bytes, bytes]]) -> tuple[Plan, MediaFile]:
        """Plan the answer to a GET or HEAD with the header `lines`, or raise what the opener raises.

        The file is open before the header section goes out, and closed when the delivery ends.
        """
        delivery = current_delivery.get()
        delivery.route = self.route
        file = await self.disk.open(self.opener)
        delivery.at_end(file.close)
        self.notice(delivery)
        request = Request(method, RequestFields.from_lines(lines), int(time.time()), secrets.token_hex(16))
        answer = plan(request, file.representation, self.policy)
        delivery.range_kind = answer.range_kind
        delivery.file_size = file.representation.size
        return answer, file
