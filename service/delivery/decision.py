"""What nginx is told about a video, so that it can send the file itself for a while.

nginx sends only what cannot be read in two ways (nginx/http/lanes.conf); everything else, and everything that
is decided against here, it hands to the service.
"""

from service.library import MediaFile
from service.semantics.plan import Policy

STILL = 2
"""Seconds for which a file has to have been left alone: one that is being written is for the service, which
looks before each block; and until its second is over, an entity-tag may come to mean two versions."""


def decide(file: MediaFile, policy: Policy, *, now: int) -> dict[str, str]:
    """Return the header fields of the decision that nginx may send `file`, none when it must not.

    `now` is in seconds since the epoch. The version is for nginx's cache: it differs wherever the answers
    might, also where entity-tags do not.
    """
    thing = file.representation
    if not thing.size or thing.last_modified > now - STILL:
        return {}
    return {
        "X-Video-Last": str(thing.size - 1),
        "X-Video-ETag": str(thing.etag),
        "X-Video-Version": f"{file.version}-{policy.max_partial_size}",
        "X-Video-Cache-Control": policy.cache_control,
    }


def lifetime(seconds: int, grace: int) -> str:
    """Return the Cache-Control of a decision that holds for `seconds` at most (RFC 9111, and RFC 5861).

    nginx counts in whole seconds and goes on to the end of the last one, which is the second less here. In
    the stale part it asks anew in the background while it still uses what it has, so nobody waits.
    """
    if seconds < 2:
        return "no-store"
    fresh = max(1, (seconds - 1) // 2)
    return f"max-age={fresh}, stale-while-revalidate={seconds - 1 - fresh}, stale-if-error={grace}"
