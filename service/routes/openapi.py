"""`/openapi.json`: the description of the API, made from the models that parse and write it."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema
from quart import Blueprint, Response

from service import __version__
from service.routes.api import JSON
from service.routes.parameters import Parameters
from service.routes.resources import PageResource, VideoResource
from service.routes.validated import validated

_REF = "#/components/schemas/"
Json = dict[str, Any]


class ParameterProblem(BaseModel):
    """A query parameter that is wrong."""

    model_config = ConfigDict(extra="forbid")

    name: str
    reason: str


class Problem(BaseModel):
    """An error (RFC 9457); its type is about:blank."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(description="What the status code means")
    status: int = Field(ge=400, le=599)
    detail: str
    parameters: list[ParameterProblem] = Field(default=[], description="Of a 400: what is wrong with which")


def openapi_routes() -> Blueprint:
    """Make `/openapi.json`."""
    blueprint = Blueprint("openapi", __name__)
    text = json.dumps(document(), indent=1)

    @blueprint.get("/openapi.json")
    async def get_description() -> Response:
        return validated(text, JSON)

    return blueprint


def document() -> Json:
    """Return the description, an OpenAPI 3.1 document."""
    models = [(PageResource, "serialization"), (VideoResource, "serialization"), (Problem, "validation")]
    _, schemas = models_json_schema(models, ref_template=_REF + "{model}")  # type: ignore[arg-type]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Video origin",
            "version": __version__,
            "description": "The library of videos. Every answer has an ETag, and can be asked for again "
            "with If-None-Match. Addresses are relative to this origin.",
        },
        "paths": {
            "/api/videos": _resource(
                "Videos", "a page of the library", PageResource, _query(), {"Link": _LINK}
            ),
            "/api/videos/{id}": _resource("Video", "a video", VideoResource, [_ID]),
        },
        "components": {"schemas": schemas["$defs"]},
    }


def _resource(
    name: str, summary: str, model: type[BaseModel], parameters: list[Json], headers: Mapping[str, Json] = {}
) -> Json:
    said = {"ETag": _ETAG, "Cache-Control": _CACHE_CONTROL, **headers}
    operations = {}
    for method, verb in (("get", "Get"), ("head", "Look at")):
        content = {JSON: {"schema": _reference(model)}}
        answers = {"200": {"description": summary.capitalize(), "headers": said, "content": content}}
        answers["304"] = {"description": "It is still what If-None-Match names", "headers": said}
        operations[method] = {
            "operationId": f"{method}{name}",
            "summary": f"{verb} {summary}",
            "parameters": [*parameters, *_CONDITIONS],
            "responses": answers | _refusals(with_content=method == "get", missing=parameters == [_ID]),
        }
        if method == "head":
            del answers["200"]["content"]
    return operations


def _refusals(*, with_content: bool, missing: bool) -> Json:
    reasons = {
        "400": "A query parameter is unknown or invalid",
        **({"404": "There is no video with this id"} if missing else {}),
        "412": "If-Match names something else",
    }
    content = (
        {"content": {"application/problem+json": {"schema": _reference(Problem)}}} if with_content else {}
    )
    return {status: {"description": reason, **content} for status, reason in reasons.items()}


def _query() -> list[Json]:
    schema = Parameters.model_json_schema()
    return [
        {
            "name": name,
            "in": "query",
            "description": said.pop("description"),
            "schema": _without_null({key: value for key, value in said.items() if key != "title"}),
        }
        for name, said in schema["properties"].items()
    ]


def _without_null(schema: Json) -> Json:
    # a parameter that may be left out is not one that may be null
    if "anyOf" in schema:
        (one,) = [choice for choice in schema["anyOf"] if choice != {"type": "null"}]
        return dict(one)
    return schema


def _reference(model: type[BaseModel]) -> Json:
    return {"$ref": _REF + model.__name__}


def _text(description: str, **schema: Any) -> Json:
    return {"description": description, "schema": {"type": "string", **schema}}


_TAG = r'^(W/)?"[!#-~]*"$'
_ETAG = {**_text("The strong entity-tag of this very answer", pattern=_TAG), "required": True}
_CACHE_CONTROL = {**_text("Keep it, and ask before using it again", const="no-cache"), "required": True}
_LINK = {**_text("first, prev, next and last page, as far as there are any (RFC 8288)"), "required": True}
_ID = {"name": "id", "in": "path", "required": True, **_text("The video's id, percent-encoded", minLength=1)}
_CONDITIONS = [
    {
        "name": "If-None-Match",
        "in": "header",
        **_text("Answer in full only if the entity-tag is none of these (RFC 9110): `*`, or tags in quotes"),
    }
]
