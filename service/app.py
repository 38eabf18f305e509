"""The composition root: settings in, an ASGI application out."""

from collections.abc import Callable
from functools import partial

from hypercorn.typing import ASGIFramework
from quart import Quart, Response, abort, request

from service.build import read_build
from service.catalogue.catalogue import Catalogue
from service.catalogue.facts_cache import FactsCache
from service.delivery.access_log import log_response
from service.delivery.accounting import Accounting, Observer
from service.delivery.disk import Disk
from service.delivery.keeper import Keeper
from service.delivery.limits import Limits
from service.delivery.log_reader import LogReader
from service.delivery.published import Published
from service.delivery.record import current_delivery
from service.delivery.shortcut import Shortcut
from service.drain import Drain
from service.errors import MediaError
from service.library import Library
from service.metrics import LibraryMetrics, Metrics
from service.routes.api import api_routes
from service.routes.decision import decision_routes
from service.routes.embed import embed_routes
from service.routes.library import library_routes
from service.routes.openapi import openapi_routes
from service.routes.operations import operations_routes
from service.routes.page import asset_routes
from service.routes.problems import answer_errors
from service.routes.readiness import Readiness
from service.routes.video import VideoResources, video_routes
from service.routes.watch import watch_routes
from service.semantics.addresses import networks
from service.settings import Settings

_MAX_REQUEST_BODY = 1024  # bytes; no route reads one
_NO_PAGE = "default-src 'none'; frame-ancestors 'none'"  # should a browser take it for one


def create_app(settings: Settings, drain: Drain | None = None) -> tuple[Quart, list[Observer]]:
    """Make the application, and the observers that every delivery is reported to.

    The application reports its own; the server those that never reach an application. Who begins the `drain`
    is the server too.
    """
    drain = drain or Drain()
    app = Quart("service", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=_MAX_REQUEST_BODY, RESPONSE_TIMEOUT=None)
    library = Library(settings.media_root, settings.featured, settings.rescan_interval)
    app.before_serving(library.start)
    app.after_serving(library.stop)
    disk, metrics = _disk(app), Metrics(behind_nginx=settings.behind_nginx)
    metrics.show_limits(settings)
    metrics.registry.register(LibraryMetrics(library))

    resources = VideoResources(settings, library, disk, metrics)
    _register_pages(app, settings, library, metrics)
    app.register_blueprint(video_routes(resources))
    reader = _follow_nginx(app, settings, metrics, drain)
    # one that is about to end leaves the links to its successor, who may see other files or settings
    _guide_nginx(app, settings, resources, lambda: library.is_loaded and not drain.has_begun)
    readiness = Readiness(library, _disk(app), drain)
    app.register_blueprint(operations_routes(readiness, read_build(), metrics, reader))
    answer_errors(app)
    _finish_responses(app)

    # one source of what was delivered: nginx's log, or what this process has sent itself
    observers: list[Observer] = [] if reader else [metrics.observe]
    if settings.access_log:
        observers.append(log_response)
    shortcut: ASGIFramework = Shortcut(app.asgi_app, resources.find)
    if not settings.behind_nginx:
        shortcut = Limits(shortcut, resources.find, settings)
    trusted = networks(settings.trusted_proxies)
    app.asgi_app = Accounting(shortcut, observers, announce=settings.behind_nginx, trusted=trusted).__call__  # type: ignore[method-assign]
    return app, observers


def _disk(app: Quart) -> Disk:
    # one for each purpose: where one hangs, the others go on
    disk = Disk()

    @app.after_serving
    async def close_disk() -> None:
        disk.close()

    return disk


def _register_pages(app: Quart, settings: Settings, library: Library, metrics: Metrics) -> None:
    facts = FactsCache(library)
    app.before_serving(facts.start)
    app.after_serving(facts.stop)
    metrics.slow_starts.set_function(lambda: facts.slow_starts)
    catalogue = Catalogue(library, facts)
    for blueprint in (
        library_routes(settings, catalogue),
        watch_routes(settings, catalogue),
        embed_routes(catalogue),
        api_routes(catalogue),
    ):
        blueprint.before_request(partial(_know_videos, library))
        app.register_blueprint(blueprint)
    app.register_blueprint(openapi_routes())
    app.register_blueprint(asset_routes(_disk(app)))


async def _know_videos(library: Library) -> None:
    # a list that is empty because nobody has looked yet would be a wrong answer
    if not library.is_loaded:
        raise MediaError(library.reason)


def _follow_nginx(app: Quart, settings: Settings, metrics: Metrics, drain: Drain) -> LogReader | None:
    if settings.delivery_log is None:
        return None
    reader = LogReader(settings.delivery_log, metrics, drain)
    app.before_serving(reader.start)
    app.after_serving(reader.stop)
    return reader


def _guide_nginx(
    app: Quart, settings: Settings, resources: VideoResources, can_decide: Callable[[], bool]
) -> None:
    if settings.decisions is None:
        return
    published = Published(settings.decisions, resources.find)
    app.register_blueprint(decision_routes(published, _disk(app), can_decide))
    if settings.decision_lifetime:
        keeper = Keeper(
            published,
            _disk(app),
            lifetime=settings.decision_lifetime,
            grace=settings.decision_grace,
            can_decide=can_decide,
        )
        app.before_serving(keeper.start)
        app.after_serving(keeper.stop)


def _finish_responses(app: Quart) -> None:
    @app.before_request
    async def answer_about_the_server() -> Response | None:
        if request.scope["path"] != "*":
            return None
        return Response(b"", headers={"Allow": "GET, HEAD, OPTIONS"})  # RFC 9110, section 9.3.7

    @app.before_request
    async def know_no_other_spelling() -> None:
        # werkzeug reads `//metrics` as `/metrics`; nginx, which guards that path, does not
        if request.scope["path"].startswith("//"):
            abort(404)

    @app.before_request
    async def name_route() -> None:
        if request.url_rule is not None:
            current_delivery.get().route = request.url_rule.rule

    @app.after_request
    async def complete_headers(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-store")
        if request.blueprint != "video":  # a video may be shown by any site (SECURITY.md)
            response.headers.setdefault("Content-Security-Policy", _NO_PAGE)
            response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if request.method == "OPTIONS" and response.status_code == 200:
            response.headers.pop("Content-Type", None)  # there is no content
            response.headers["Allow"] = ", ".join(sorted(response.allow))  # the same on every replica
        return response
