"""The files for Kubernetes and for the public register of software: no cluster may be at hand, so they are read."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

import bot.health
from bot.settings import Settings, name_of

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"


def objects() -> list[dict[str, Any]]:
    return [one for file in sorted(FOLDER.glob("*.yaml")) for one in yaml.safe_load_all(file.read_text()) if one]


def pods() -> dict[str, dict[str, Any]]:
    """Name of the workload -> the spec of its pod."""
    found = {}
    for one in objects():
        if one["kind"] == "Deployment":
            found[one["metadata"]["name"]] = one["spec"]["template"]["spec"]
        elif one["kind"] == "CronJob":
            found[one["metadata"]["name"]] = one["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return found


def test_one_web_process_and_two_workers_and_no_volume_to_claim() -> None:
    replicas = {one["metadata"]["name"]: one["spec"]["replicas"] for one in objects() if one["kind"] == "Deployment"}
    assert replicas == {"ontwikkelloket-web": 1, "ontwikkelloket-worker": 2}
    assert not [one for one in objects() if one["kind"] == "PersistentVolumeClaim"]
    assert [pod["containers"][0]["args"] for pod in pods().values()] == [["serve"], ["worker"], ["retention"]]


@pytest.mark.parametrize("name", ["ontwikkelloket-web", "ontwikkelloket-worker", "ontwikkelloket-retention"])
def test_every_pod_is_an_ordinary_user_on_a_root_it_cannot_write(name: str) -> None:
    pod = pods()[name]
    [container] = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == 10001
    assert pod["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False  # Kubernetes would add LOKET_ variables that the desk refuses
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert [mount["mountPath"] for mount in container["volumeMounts"]] == ["/tmp"]


def test_probes_ask_what_the_desk_answers() -> None:
    for name in ("ontwikkelloket-web", "ontwikkelloket-worker"):
        [container] = pods()[name]["containers"]
        asked = {kind: container[kind]["httpGet"]["path"] for kind in ("livenessProbe", "readinessProbe")}
        assert asked == {"livenessProbe": "/healthz", "readinessProbe": "/readyz"}
        assert set(asked.values()) <= set(bot.health.PATHS)


def test_services_find_the_pods() -> None:
    labels = [one["spec"]["template"]["metadata"]["labels"] for one in objects() if one["kind"] == "Deployment"]
    services = [one["spec"]["selector"] for one in objects() if one["kind"] == "Service"]
    assert len(services) == 2
    assert all(selector in labels for selector in services)


def test_settings_exist_and_secrets_stand_apart() -> None:
    known = {name_of(one.name): one for one in fields(Settings)}
    config = next(one for one in objects() if one["kind"] == "ConfigMap")["data"]
    secret = next(one for one in objects() if one["kind"] == "Secret")["stringData"]
    ours = {name for name in (*config, *secret) if name.startswith("LOKET_")}
    assert ours <= set(known)
    assert all(known[name].repr for name in config if name in known)
    assert not any(known[name].repr for name in secret)
    assert all("<" in value for value in secret.values())  # a template, never a real secret


def test_the_public_register_can_read_what_this_is() -> None:
    found = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    assert str(found["publiccodeYmlVersion"]) == "0.4"
    needed = {"name", "url", "platforms", "developmentStatus", "softwareType", "legal", "maintenance", "localisation"}
    assert needed <= set(found)
    assert found["legal"]["license"] == "EUPL-1.2"
    for language in ("nl", "en"):
        text = found["description"][language]
        assert len(text["shortDescription"]) <= 150
        assert 150 <= len(text["longDescription"]) <= 10_000
        assert text["features"]
