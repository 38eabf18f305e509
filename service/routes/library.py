"""`/`: the featured video in both players, and the library."""

from urllib.parse import urlencode

from quart import Blueprint, Response, abort, request

from service.catalogue.catalogue import Catalogue
from service.catalogue.links import links
from service.catalogue.query import Query
from service.routes.page import render_page
from service.routes.parameters import Parameters, parse_leniently
from service.settings import Settings

SORTS = {
    "name": "Name",
    "title": "Title",
    "-modified": "Newest first",
    "modified": "Oldest first",
    "-size": "Largest first",
    "size": "Smallest first",
    "-duration": "Longest first",
    "duration": "Shortest first",
}
_AROUND = 2  # pages that are linked on both sides of this one


def library_routes(settings: Settings, catalogue: Catalogue) -> Blueprint:
    """Make the page; with a search, an order or a page number it is the library alone."""
    blueprint = Blueprint("library", __name__)

    @blueprint.get("/")
    async def get_library() -> Response:
        parameters = parse_leniently(request.args)
        query = parameters.query()
        found = await catalogue.find(query)
        if query.page > found.pages:
            abort(404, f"the last page of these videos is {found.pages}")
        return await render_page(
            "library.html",
            featured=catalogue.featured if query == Query() else None,
            max_partial_size=settings.max_partial_size,
            found=found,
            query=query,
            sort=parameters.sort,
            sorts=SORTS,
            numbers=page_numbers(found.page, found.pages),
            page_url=lambda page: page_url(parameters, page),
            links=links,
        )

    return blueprint


def page_numbers(page: int, pages: int) -> list[int | None]:
    """Return the numbers of the pages to link, None for a gap."""
    shown = sorted({1, pages, *range(max(1, page - _AROUND), min(pages, page + _AROUND) + 1)})
    numbers: list[int | None] = []
    for number in shown:
        if numbers and number - (numbers[-1] or 0) > 1:
            numbers.append(None)
        numbers.append(number)
    return numbers


def page_url(parameters: Parameters, page: int) -> str:
    """Return the address of another page of the same search."""
    asked = {"q": parameters.q, "sort": parameters.sort, "page": page}
    defaults = {"q": "", "sort": "name", "page": 1}
    said = urlencode({name: value for name, value in asked.items() if value != defaults[name]})
    return f"/?{said}" if said else "/"
