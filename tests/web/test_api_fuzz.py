"""Whatever a client sends to the API, the answer is one that its description names, and never a server error."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.web.serving import running

KEY = "sleutel-van-de-gemeente-0123456789"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FEW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)


def test_nothing_a_client_sends_breaks_the_api(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.web.api_clients.BURST", 100_000)
    with running(api_keys=(f"fuzz:{KEY}:600000",)) as desk:
        schema = schemathesis.openapi.from_url(f"{desk.url}/api/v1/openapi.json")
        for found in schema.get_all_operations():
            operation = found.ok()

            @FEW
            @given(case=operation.as_strategy())
            def try_one(case):
                case.call_and_validate(headers={"authorization": f"Bearer {KEY}"}, checks=CHECKS)

            try_one()
