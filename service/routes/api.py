"""The library for programs: `/api/videos` and `/api/videos/<id>`."""

from quart import Blueprint, Response, abort, request

from service.catalogue.catalogue import Catalogue
from service.routes.parameters import ParameterError, parse_parameters
from service.routes.resources import describe, describe_page, page_links
from service.routes.validated import validated

JSON = "application/json"


def api_routes(catalogue: Catalogue) -> Blueprint:
    """Make the API; `service/routes/openapi.py` describes it."""
    blueprint = Blueprint("api", __name__)

    @blueprint.get("/api/videos")
    async def get_videos() -> Response:
        query = parse_parameters(request.args).query()
        found = await catalogue.find(query)
        response = validated(describe_page(found, query.limit).model_dump_json(), JSON)
        response.headers["Link"] = page_links("/api/videos", query, found.pages)
        return response

    @blueprint.get("/api/videos/<video_id>")
    async def get_video(video_id: str) -> Response:
        if request.args:
            raise ParameterError((name, "is not a parameter here; there are none") for name in request.args)
        video = await catalogue.video(video_id)
        if video is None:
            abort(404, "there is no video with this id")
        return validated(describe(video).model_dump_json(), JSON)

    return blueprint
