"""The description of the API: valid, complete, and true of what the service answers."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.services import Services
from service.storage.sites import Site
from service.usecases import score
from tests.fakes import DOUBTFUL, FakeScorer
from tests.web.publisher import Publisher, accepted

# PostgreSQL is the stricter of the two about what it is asked.
pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="module")

# Every documented operation, and whose key opens it.
OPERATIONS = {
    "POST /api/v1/replies": "api_key",
    "GET /api/v1/replies": "api_key",
    "GET /api/v1/replies/{reply_id}": "api_key",
    "GET /api/v1/threads/{thread_id}/replies": None,
    "GET /api/v1/threads/replies": None,
    "PATCH /api/v1/threads/{thread_id}": "api_key",
    "POST /api/v1/moderation/sessions": None,
    "DELETE /api/v1/moderation/sessions": "moderator_token",
    "GET /api/v1/moderation/replies": "moderator_token",
    "GET /api/v1/moderation/replies/{reply_id}": "moderator_token",
    "POST /api/v1/moderation/replies/{reply_id}/decisions": "moderator_token",
}
SECURITY = {"api_key": [{"apiKey": []}], "moderator_token": [{"session": []}], None: None}
EXAMPLES = 25
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    allow_header_conformance,
]


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    read: dict[str, Any] = client.get("/api/openapi.json").json
    return read


@pytest.fixture
def described(app: Flask) -> Any:
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app)


def test_the_document_is_valid_openapi(described: Any, document: dict[str, Any]) -> None:
    described.validate()

    assert document["openapi"].startswith("3.1.")
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_route_of_the_api_is_documented(app: Flask, document: dict[str, Any]) -> None:
    routes = {
        f"{method} {_as_documented(rule.rule)}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert routes == set(_operations(document)) == set(OPERATIONS)


def _as_documented(rule: str) -> str:
    return rule.replace("<uuid:", "{").replace(">", "}")


def _operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method != "parameters"
    }


def test_every_view_says_who_may_use_it(app: Flask) -> None:
    silent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], "audience")
    ]

    assert silent == []


def test_every_operation_says_which_key_it_needs(document: dict[str, Any]) -> None:
    needed = {label: operation.get("security") for label, operation in _operations(document).items()}

    assert needed == {label: SECURITY[key] for label, key in OPERATIONS.items()}


def test_every_operation_has_a_summary_and_its_problems(document: dict[str, Any]) -> None:
    for label, operation in _operations(document).items():
        assert operation["summary"], label
        problems = [each for status, each in operation["responses"].items() if status.startswith(("4", "5"))]
        assert problems, label
        assert all(list(each["content"]) == ["application/problem+json"] for each in problems), label


def test_nothing_is_documented_that_is_not_used(document: dict[str, Any]) -> None:
    text = str(document)

    unused = [name for name in document["components"]["schemas"] if f"'#/components/schemas/{name}'" not in text]

    assert unused == []


def test_building_the_application_twice_describes_it_alike(
    client: FlaskClient, services: Services, document: dict[str, Any]
) -> None:
    from service.app import create_app

    assert create_app(services).test_client().get("/api/openapi.json").json == document


def test_swagger_ui_comes_from_this_server_alone(client: FlaskClient) -> None:
    page = client.get("/api/docs")

    assert page.status_code == 200
    assert "https://" not in page.text.replace("https://www.w3.org", "")
    for asset in ("/static/vendor/swagger-ui/swagger-ui-bundle.js", "/static/vendor/swagger-ui/swagger-ui.css"):
        assert asset in page.text
        assert client.get(asset).status_code == 200


@pytest.fixture
def stored(publisher: Publisher, services: Services, scorer: FakeScorer) -> dict[str, str]:
    """Ids of a held reply and its thread, for paths."""
    scorer.default = DOUBTFUL
    receipt = accepted(publisher.hand_in())
    score.score_pending(services)
    return {"reply_id": receipt["id"], "thread_id": receipt["thread"]}


@pytest.mark.parametrize("mode", list(GenerationMode), ids=["good", "bad"])
@pytest.mark.parametrize(("label", "key"), OPERATIONS.items(), ids=list(OPERATIONS))
def test_the_service_answers_as_documented(
    described: Any, label: str, key: str | None, mode: GenerationMode, request: pytest.FixtureRequest
) -> None:
    operation = _operation(described, label)

    _ask(operation.as_strategy(mode), mode, headers=_headers(key, request))


@pytest.mark.parametrize(
    ("label", "key"), [(label, key) for label, key in OPERATIONS.items() if "_id}" in label], ids=lambda each: str(each)
)
def test_the_service_answers_as_documented_about_what_there_is(
    described: Any, stored: dict[str, str], label: str, key: str | None, request: pytest.FixtureRequest
) -> None:
    operation = _operation(described, label)
    known = {each.name: stored[each.name] for each in operation.path_parameters}

    _ask(operation.as_strategy(path_parameters=known), GenerationMode.POSITIVE, headers=_headers(key, request))


@pytest.mark.parametrize("label", [label for label in OPERATIONS if label.endswith(("threads/replies", "ion/replies"))])
def test_the_service_answers_as_documented_about_a_site_there_is(
    described: Any, stored: dict[str, str], site: Site, label: str, request: pytest.FixtureRequest
) -> None:
    operation = _operation(described, label)
    named = site.site_key if "threads" in label else site.name

    def at_the_site(case: Any) -> Any:
        case.query = {**(case.query or {}), "site": named}
        return case

    _ask(
        operation.as_strategy().map(at_the_site),
        GenerationMode.POSITIVE,
        headers=_headers(OPERATIONS[label], request),
    )


def _operation(described: Any, label: str) -> Any:
    return next(each.ok() for each in described.get_all_operations() if each.ok().label == label)


def _headers(key: str | None, request: pytest.FixtureRequest) -> dict[str, str]:
    return {"Authorization": f"Bearer {request.getfixturevalue(key)}"} if key else {}


def _ask(cases: Any, mode: GenerationMode, *, headers: dict[str, str]) -> None:
    expected = [*CHECKS, negative_data_rejection] if mode.is_negative else CHECKS

    @seed(2026)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=expected)

    ask()
