"""Whatever a program sends, the API answers with a status that it documents, and never falls over."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decroche.interop.api.urls import PREFIX, api
from tests.interop.test_api import World

SOUND = {200, 201, 204, 400, 401, 403, 404, 405, 409, 422, 429}
SCHEMA = api.get_openapi_schema(path_prefix=PREFIX)
PARTS = SCHEMA["components"]["schemas"]
# A few zones by name: drawing from all of them walks the disk's whole zone folder at every draw.
ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in ("UTC", "Europe/Paris", "America/Martinique", "Pacific/Kiritimati", "Asia/Kathmandu")
    ]
)
OPERATIONS = sorted((method, path) for path, verbs in SCHEMA["paths"].items() for method in verbs)


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Draw what a schema asks for, at its edges too; or the same with something else altogether here and there."""
    return st.one_of(_drawn(schema, _sound), _drawn(schema, _perhaps_odd))


def _perhaps_odd(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.one_of(_sound(schema), _sound(schema), _sound(schema), _odd())


def _odd() -> st.SearchStrategy[Any]:
    return st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=30), st.just("\x00"),
        st.just([]), st.just({}), st.just("9999-12-31T23:59:59Z"), st.just("0001-01-01"), st.just(2**63),
    )  # fmt: skip


def _sound(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    return _drawn(schema, _sound)


def _drawn(
    schema: dict[str, Any], part: Callable[[dict[str, Any]], st.SearchStrategy[Any]]
) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _drawn(PARTS[schema["$ref"].rpartition("/")[2]], part)
    if "anyOf" in schema:
        return st.one_of(*(_drawn(each, part) for each in schema["anyOf"]))
    if schema.get("type") == "object":
        return st.fixed_dictionaries(
            {name: part(each) for name, each in schema.get("properties", {}).items()}
        )
    if schema.get("type") == "array":
        return st.lists(part(schema.get("items", {})), max_size=4)
    return st.sampled_from(schema["enum"]) if "enum" in schema else _plain(schema)


def _plain(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    forms = {
        "date": st.dates(min_value=date(1990, 1, 1), max_value=date(2110, 1, 1)),
        "date-time": st.datetimes(timezones=ZONES),
        "time": st.times(timezones=st.one_of(st.none(), ZONES)),
    }
    if schema.get("format") in forms:
        return forms[schema["format"]].map(lambda moment: moment.isoformat())
    kinds = {
        "integer": st.integers(schema.get("minimum", -5), min(schema.get("maximum", 500), 2**40)),
        "boolean": st.booleans(),
        "null": st.none(),
        "string": st.text(max_size=40),
    }
    return kinds.get(schema.get("type", ""), _odd())


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda each: each)
def test_anything_at_all_is_answered_soundly(method: str, path: str) -> None:
    world = World()
    ids = {
        "visit_type_id": world.visit_type.pk,
        "practitioner_id": world.practitioner.pk,
        "site_id": world.site.pk,
    }
    ids |= {"practice_id": world.practice.pk, "patient_id": world.patient.pk}
    operation = SCHEMA["paths"][path][method]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")

    @settings(max_examples=8, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def ask(data: st.DataObject) -> None:
        query = []
        address = path
        for parameter in operation.get("parameters", []):
            name = parameter["name"]
            value = data.draw(
                st.one_of(st.just(ids[name]), values(parameter["schema"]))
                if name in ids
                else values(parameter["schema"])
            )
            if parameter["in"] == "path":
                address = address.replace(
                    f"{{{name}}}", str(value if isinstance(value, int) and value > 0 else 1)
                )
            elif value is not None:
                several = value if isinstance(value, list) else [value]
                query.append((name, [str(each) for each in several]))
        sent = data.draw(values(body)) if body else None
        if isinstance(sent, dict):
            sent |= {name: ids[name] for name in sent if name in ids and data.draw(st.booleans())}
        answer = world.call.client.generic(
            method.upper(),
            address,
            json.dumps(sent) if sent is not None else "",
            content_type="application/json",
            headers={"authorization": f"Bearer {world.made.token}"},
            query_params=dict(query),
        )
        assert answer.status_code in SOUND, (method, address, query, sent, answer.content[:500])

    ask()
