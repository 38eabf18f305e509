"""Generated answers that a client may keep and ask about again."""

import hashlib
from dataclasses import replace

from quart import Response, abort, request

from service.semantics.etags import EntityTag
from service.semantics.fields import RequestFields
from service.semantics.preconditions import Verdict, evaluate


def validated(text: str, content_type: str) -> Response:
    """Answer with `text`, or with 304 to who has it already; abort with 412 when a precondition fails.

    The entity-tag is made from all bytes of the content, so it is a strong one.
    """
    body = text.encode()
    etag = EntityTag(f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"')
    verdict = _verdict(etag)
    if verdict is Verdict.FAILED:
        abort(412, "a precondition failed: what is here has another entity-tag")
    response = Response(body, content_type=content_type)
    if verdict is Verdict.NOT_MODIFIED:
        response = Response(b"", 304)
        response.headers.clear()
    response.headers["ETag"] = str(etag)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _verdict(etag: EntityTag) -> Verdict:
    # without a Last-Modified the conditions about dates do not apply (RFC 9110, sections 13.1.3 and 13.1.4)
    fields = replace(
        RequestFields.from_lines(request.scope["headers"]), if_modified_since=None, if_unmodified_since=None
    )
    return evaluate(fields, etag, 0, now=0)
