"""The description of the API: it is valid, and what is answered is what it says."""

import json

import pytest
from quart import Quart
from quart.typing import TestClientProtocol as Client

from service.routes.openapi import document
from service.routes.parameters import Parameters


async def test_the_document_is_served_as_json(client: Client) -> None:
    response = await client.get("/openapi.json")
    assert response.headers["Content-Type"] == "application/json"
    assert json.loads(await response.get_data()) == document()


async def test_it_describes_every_route_of_the_api(app: Quart) -> None:
    routes = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert {path.replace("{id}", "<video_id>") for path in document()["paths"]} == routes


def test_it_describes_every_parameter() -> None:
    parameters = document()["paths"]["/api/videos"]["get"]["parameters"]
    assert [one["name"] for one in parameters if one["in"] == "query"] == list(Parameters.model_fields)


@pytest.mark.parametrize("method", ["get", "head"])
def test_every_parameter_has_a_meaning(method: str) -> None:
    for path in document()["paths"].values():
        assert all(one["description"] for one in path[method]["parameters"])


def test_every_reference_leads_somewhere() -> None:
    names = {part.partition('"')[0] for part in json.dumps(document()).split("#/components/schemas/")[1:]}
    assert names <= document()["components"]["schemas"].keys()
