"""The container files: no engine may be at hand, so their essentials are read."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def test_the_image_runs_as_an_ordinary_user_with_a_health_check() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    stages = [line for line in lines if line.startswith("FROM ")]
    assert len(stages) == 2
    final = lines[lines.index(stages[1]) :]
    assert any(line.startswith("USER 10001") for line in final)
    assert any(line.startswith("HEALTHCHECK") for line in final)
    assert not any("pip install" in line for line in final)


def test_compose_runs_one_web_process_and_two_workers_read_only_on_postgresql() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert services["worker"]["deploy"]["replicas"] == 2
    for name in ("web", "worker"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    assert services["database"]["image"].startswith("postgres:")
    assert "password" not in " ".join(services["database"]["environment"].values()).replace("database_password", "")


def test_compose_keeps_secrets_in_files_and_ports_on_this_machine() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    services = compose["services"]
    for name, service in services.items():
        given = service.get("environment", {})
        assert not any("KEY" in one or "TOKEN" in one or one.endswith("PASSWORD") for one in given), name
        assert all(str(port).startswith("127.0.0.1:") for port in service.get("ports", ())), name
        assert service["restart"] == "unless-stopped", name
    for name in ("web", "worker"):
        assert services[name]["env_file"] == ["loket.env"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]
        assert services[name]["tmpfs"] == ["/tmp"]
        assert services[name]["depends_on"]["database"]["condition"] == "service_healthy"
    assert services["database"]["healthcheck"]["test"]
    assert services["worker"]["ports"] == []
    assert set(compose["secrets"]["database_password"]) == {"file"}


def test_what_operators_must_not_commit_is_not_tracked_and_not_in_the_image() -> None:
    ignored = (ROOT / ".gitignore").read_text().split()
    unpacked = (ROOT / ".dockerignore").read_text().split()
    for secret in ("loket.env", "database_password.txt"):
        assert secret in ignored, secret
        assert secret in unpacked, secret
