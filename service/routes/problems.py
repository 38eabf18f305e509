"""Errors as answers: one line of text, a short page for browsers, problem details (RFC 9457) for programs."""

import json
from collections.abc import Sequence

import structlog
from quart import Quart, Response, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from service.errors import MediaError, MediaNotFoundError
from service.routes.page import protect
from service.routes.parameters import ParameterError
from service.semantics.phrases import phrase, refusal

_log = structlog.get_logger("service.problems")

_PLAIN, _HTML, _PROBLEM, _JSON = "text/plain", "text/html", "application/problem+json", "application/json"
_API = "/api/"
_OFFERED = (_PLAIN, _HTML, _PROBLEM, _JSON)  # in the order of our own preference

Problems = Sequence[tuple[str, str]]
"""Query parameters that are wrong, and why."""


def answer_errors(app: Quart) -> None:
    """Turn every exception that a route lets through into an answer."""

    @app.errorhandler(HTTPException)
    async def answer_http_error(error: HTTPException) -> Response:
        return await problem(error.code or 500, error.description or "the request cannot be answered")

    @app.errorhandler(404)
    async def answer_not_found(error: NotFound) -> Response:
        own = error.description not in {None, NotFound.description}
        return await problem(404, str(error.description) if own else "nothing is served at this address")

    @app.errorhandler(ParameterError)
    async def answer_parameters(error: ParameterError) -> Response:
        return await problem(400, str(error), error.problems)

    @app.errorhandler(405)
    async def answer_method(error: MethodNotAllowed) -> Response:
        allow = ", ".join(sorted(error.valid_methods or ()))
        response = await problem(405, f"this address answers {allow}")
        response.headers["Allow"] = allow
        return response

    @app.errorhandler(MediaNotFoundError)
    async def answer_missing(error: MediaNotFoundError) -> Response:
        _log.warning("media not found", reason=str(error))
        return line(404, "there is no video here at the moment")

    @app.errorhandler(MediaError)
    async def answer_unreadable(error: MediaError) -> Response:
        _log.error("media unreadable", reason=str(error))
        response = line(503, "the video cannot be read at the moment")
        response.headers["Retry-After"] = "10"
        return response

    @app.errorhandler(Exception)
    async def answer_defect(error: Exception) -> Response:
        _log.error("unexpected error", exc_info=error)
        return await problem(500, "an error on our side; it was logged")


async def problem(status: int, reason: str, parameters: Problems = ()) -> Response:
    """Answer with an error in the form that the request's Accept field prefers; the API has one form only."""
    if request.path.startswith(_API):
        return _details(status, reason, parameters)
    wanted = request.accept_mimetypes.best_match(_OFFERED, default=_PLAIN)
    if wanted == _HTML:
        response = await _page(status, reason)
    elif wanted == _PLAIN:
        response = line(status, reason)
    else:
        response = _details(status, reason, parameters)
    response.headers["Vary"] = "Accept"
    return response


def line(status: int, reason: str) -> Response:
    """Answer with an error as one line: what a player has no use for, but a person with curl has."""
    return Response(refusal(status, reason), status, content_type=f"{_PLAIN}; charset=utf-8")


def _details(status: int, reason: str, parameters: Problems) -> Response:
    # without a "type" of its own a problem is about:blank, whose title is the status phrase (RFC 9457, 4.2.1)
    details: dict[str, object] = {"title": phrase(status), "status": status, "detail": reason}
    if parameters:
        details["parameters"] = [{"name": name, "reason": said} for name, said in parameters]
    return Response(json.dumps(details) + "\n", status, content_type=_PROBLEM)


async def _page(status: int, reason: str) -> Response:
    page = await render_template("error.html", status=status, phrase=phrase(status), reason=reason)
    return protect(Response(page, status, content_type=f"{_HTML}; charset=utf-8"))
