"""The font and the components of the pages: pinned, checked, without any address, and a build that goes on without."""

from __future__ import annotations

import importlib.util
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "bot" / "web"
BUTTON = """/**
 * @license EUPL-1.2
 * Copyright (c) 2021 Somebody
 */
.nl-button { color: var(--a, red); }
.nl-button--primary, .nl-button--pressed { margin: 0  auto }
.nl-button:where(.nl-button--primary):not(.nl-button--disabled):hover { color: blue }
.nl-button--primary.nl-button--subtle { color: green }
@media (forced-colors: active) { .nl-button { color: ButtonText } .nl-button--pressed { color: red } }
@media print { .nl-button--pressed { color: red } }
.utrecht-table > tr .nl-button, .utrecht-drawer .nl-button { color: red }
"""


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def archive(members: dict[str, str]) -> bytes:
    box = io.BytesIO()
    with tarfile.open(fileobj=box, mode="w:gz") as tar:
        for name, text in {**members, "package/../../escaped": "no", "package/unasked.woff2": "no"}.items():
            about = tarfile.TarInfo(name)
            about.size = len(text.encode())
            tar.addfile(about, io.BytesIO(text.encode()))
    return box.getvalue()


class Shop:
    """Stands where npm stands, with archives of our own making."""

    def __init__(self, **archives: bytes) -> None:
        self.archives = archives
        self.asked: list[list[str]] = []

    def __call__(self, names: list[str], folder: Path) -> None:
        self.asked.append(names)
        for name, raw in self.archives.items():
            (folder / f"{name}-1.0.0.tgz").write_bytes(raw)


@pytest.fixture
def project(tmp_path: Path, hook: ModuleType) -> tuple[Path, Shop]:
    """A project with a font, a button and a table, whose page has a primary button."""
    shop = Shop(
        **{
            "somebody-font": archive({"package/LICENSE": "free", "package/a.woff2": "letters"}),
            "somebody-button-css": archive({"package/LICENSE.md": "EUPL", "package/dist/button.css": BUTTON}),
        }
    )

    def pinned(name: str, **more: Any) -> dict[str, Any]:
        raw = shop.archives["somebody-" + name]
        return {"package": f"@somebody/{name}", "version": "1.0.0", "integrity": hook.integrity(raw), **more}

    packages = [
        pinned("font", licence="OFL-1.1", files={"package/LICENSE": "LICENSE-font.txt", "package/a.woff2": "a.woff2"}),
        pinned(
            "button-css",
            licence="EUPL-1.2",
            files={"package/LICENSE.md": "LICENSE-system.txt"},
            styles={"package/dist/button.css": "components.css"},
        ),
    ]
    (tmp_path / "vendor.lock.json").write_text(json.dumps({"packages": packages}))
    page = tmp_path / "bot" / "web" / "templates" / "page.html"
    page.parent.mkdir(parents=True)
    page.write_text('<button class="nl-button nl-button--primary wide">Ja</button><i class="nl-button--subtle"></i>')
    return tmp_path, shop


def test_what_the_lock_names_is_fetched_in_one_go_and_nothing_else_is_put_in_place(
    project: tuple[Path, Shop], hook: ModuleType
) -> None:
    root, shop = project
    assert hook.fetch(root, shop) is True
    assert shop.asked == [["@somebody/font@1.0.0", "@somebody/button-css@1.0.0"]]
    vendor = root / hook.VENDOR
    names = {"LICENSE-font.txt", "LICENSE-system.txt", "a.woff2", "components.css"}
    assert {path.name for path in vendor.iterdir()} == names | {"manifest.json"}
    kept = json.loads((vendor / "manifest.json").read_text())
    assert [one["licence"] for one in kept["packages"]] == ["OFL-1.1", "EUPL-1.2"]
    assert set(kept["files"]) == names
    assert not (root.parent / "escaped").exists()


def test_of_a_component_only_the_rules_that_match_an_element_of_ours_are_kept(
    project: tuple[Path, Shop], hook: ModuleType
) -> None:
    root, shop = project
    hook.fetch(root, shop)
    head, *rules = (root / hook.VENDOR / "components.css").read_text().partition("*/\n")
    assert "@somebody: packages and versions in manifest.json" in head
    assert "EUPL-1.2" in head
    assert "Copyright (c) 2021 Somebody" in head
    assert "".join(rules[1:]).strip() == (
        ".nl-button{color:var(--a,red)}.nl-button--primary{margin:0 auto}"
        ".nl-button:where(.nl-button--primary):not(.nl-button--disabled):hover{color:blue}"
        "@media (forced-colors: active){.nl-button{color:ButtonText}}"
    )


def test_what_is_there_is_not_fetched_again_unless_it_was_touched_or_the_pages_use_more(
    project: tuple[Path, Shop], hook: ModuleType
) -> None:
    root, shop = project
    hook.fetch(root, shop)
    assert hook.fetch(root, shop) is False
    assert len(shop.asked) == 1
    (root / hook.VENDOR / "a.woff2").write_text("something else")
    assert hook.fetch(root, shop) is True
    page = root / "bot" / "web" / "templates" / "page.html"
    page.write_text(page.read_text() + '<b class="nl-button nl-button--pressed"></b>')
    assert hook.fetch(root, shop) is True
    assert "pressed" in (root / hook.VENDOR / "components.css").read_text()


def test_another_archive_than_the_locked_one_is_refused_and_changes_nothing(
    project: tuple[Path, Shop], hook: ModuleType
) -> None:
    root, shop = project
    other = Shop(**{**shop.archives, "somebody-button-css": archive({"package/LICENSE.md": "x"})})
    with pytest.raises(hook.NotFetched, match=r"button-css 1\.0\.0 is not what the lock file says"):
        hook.fetch(root, other)
    with pytest.raises(hook.NotFetched, match="npm brought no @somebody/font"):
        hook.fetch(root, Shop())
    assert not (root / hook.VENDOR).exists()


def test_without_npm_or_network_the_build_says_so_and_goes_on(
    project: tuple[Path, Shop], hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _ = project
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    with pytest.raises(hook.NotFetched, match="npm is not here"):
        hook.fetch(root)
    monkeypatch.setattr(shutil, "which", lambda name, path=None: "/bin/false")
    with pytest.raises(hook.NotFetched, match="could not fetch"):
        hook.fetch(root)

    said: list[str] = []

    class App:
        def display_warning(self, text: str) -> None:
            said.append(text)

    made = hook.LookHook(str(root), {}, None, None, str(root), "wheel", App())
    made.initialize("standard", {})
    [line] = said
    assert line.startswith("built without the font and the NL Design System components: npm could not fetch it")


def test_npm_of_the_node_wheel_is_found_beside_python(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert hook.find_npm() == str(npm)


def test_npm_that_hangs_is_given_up(
    project: tuple[Path, Shop], hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hangs(*_: Any, **options: Any) -> None:
        raise subprocess.TimeoutExpired("npm", options["timeout"])

    monkeypatch.setattr(shutil, "which", lambda name: "npm")
    monkeypatch.setattr(subprocess, "run", hangs)
    with pytest.raises(hook.NotFetched, match="TimeoutExpired"):
        hook.fetch(project[0])
    assert hook.PATIENCE <= 15


def test_the_lock_names_versions_sums_and_licences_and_no_address() -> None:
    lock = json.loads((ROOT / "vendor.lock.json").read_text())
    assert "://" not in json.dumps(lock)
    for one in lock["packages"]:
        assert re.fullmatch(r"\d+\.\d+\.\d+", one["version"])
        assert one["integrity"].startswith("sha512-")
        assert one["licence"] in ("EUPL-1.2", "OFL-1.1", "MIT")
        assert any("LICENSE" in ours for ours in one["files"].values())
    [font] = [one for one in lock["packages"] if one["package"].startswith("@fontsource/")]
    assert f"?v={font['version']}" in (WEB / "static" / "fonts.css").read_text()


def test_the_documents_name_every_package_with_its_version_and_licence() -> None:
    lock = json.loads((ROOT / "vendor.lock.json").read_text())["packages"]
    told = (ROOT / "docs" / "dependencies.md").read_text()
    rows = [f"| `{one['package']}` | {one['version']} | {one['licence']} |" for one in lock]
    assert [row for row in rows if row not in told] == []


def test_each_fetched_sheet_has_one_of_ours_to_stand_in_for_it() -> None:
    lock = json.loads((ROOT / "vendor.lock.json").read_text())
    sheets = {sheet for one in lock["packages"] for sheet in one.get("styles", {}).values()}
    assert sheets == {"components.css", "forms.css"}
    assert all((WEB / "static" / sheet).is_file() for sheet in sheets)


@pytest.mark.parametrize(
    ("element", "component"),
    [
        ("button", "nl-button"),
        ("h[1-4]", "nl-heading|sr"),
        ('input[^>]*type="(?:text|password|search|email|tel|number)"', "utrecht-textbox"),
        ('input[^>]*type="checkbox"', "utrecht-checkbox"),
        ("select", "utrecht-select"),
        ("textarea(?! id=.bericht.)", "utrecht-textarea"),
        ("label", "utrecht-form-label|sr"),
        ("table", "utrecht-table"),
    ],
)
def test_pages_are_made_of_components(element: str, component: str) -> None:
    plain = [
        f"{page.name}: {tag}"
        for page in (WEB / "templates").glob("**/*.html")
        for tag in re.findall(rf"<{element}\b(?:\{{\{{.*?\}}\}}|\{{%.*?%\}}|[^>])*>", page.read_text())
        if not re.search(rf'class="[^"]*\b(?:{component})\b', tag)
    ]
    assert plain == []
