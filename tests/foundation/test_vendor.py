"""static/vendor: what is kept of npm's packages."""

from pathlib import Path

import pytest

from mocap_portal.foundation.ui import vendor

STYLE_SHEET = """\
@font-face{src:url(../fonts/sans/regular.woff2) format("woff2")}
.a{background:url("../img/file.svg?v=1")}.b{background:url('../img/file.svg#part')}
.c{background:url(data:image/png;base64,AAAA)}.d{background:url()}
/*# sourceMappingURL=uswds.min.css.map */
"""


@pytest.fixture
def node_modules(tmp_path: Path) -> Path:
    """Packages as npm lays them out, with more files than a page loads."""
    files = {
        "css/uswds.min.css": STYLE_SHEET,
        "css/uswds.css": "",
        "js/uswds.min.js": "run()\n//# sourceMappingURL=uswds.min.js.map\n",
        "js/uswds-init.min.js": "init()\n",
        "fonts/sans/regular.woff2": "font",
        "fonts/sans/unused.woff2": "font",
        "img/file.svg": "<svg/>",
        "img/unused.svg": "<svg/>",
    }
    for name, text in files.items():
        path = tmp_path / "node_modules/@uswds/uswds/dist" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "node_modules"


def kept(target: Path) -> set[str]:
    return {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()} - {
        ".built-from"
    }


def test_only_what_a_page_loads_is_kept(node_modules: Path, tmp_path: Path) -> None:
    vendor.prune(node_modules, tmp_path / "vendor")
    assert kept(tmp_path / "vendor") == {
        "uswds/css/uswds.min.css",
        "uswds/js/uswds.min.js",
        "uswds/js/uswds-init.min.js",
        "uswds/fonts/sans/regular.woff2",
        "uswds/img/file.svg",
    }


def test_maps_that_are_not_served_are_not_named(node_modules: Path, tmp_path: Path) -> None:
    vendor.prune(node_modules, tmp_path / "vendor")
    for name in ("css/uswds.min.css", "js/uswds.min.js"):
        assert "sourceMappingURL" not in (tmp_path / "vendor" / "uswds" / name).read_text()


def test_axe_is_kept_where_it_is_installed(node_modules: Path, tmp_path: Path) -> None:
    (node_modules / "axe-core").mkdir()
    (node_modules / "axe-core" / "axe.min.js").write_text("axe")
    vendor.prune(node_modules, tmp_path / "vendor")
    assert (tmp_path / "vendor/axe/axe.min.js").read_text() == "axe"


def test_old_files_go(node_modules: Path, tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "old.js").touch()
    assert not vendor.is_current(tmp_path / "vendor")
    vendor.prune(node_modules, tmp_path / "vendor")
    assert "old.js" not in kept(tmp_path / "vendor")
    assert vendor.is_current(tmp_path / "vendor")


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("js/uswds.min.js", "The npm packages have no uswds.min.js: was package.json given a new version?"),
        ("img/file.svg", "The style sheet names file.svg, but the npm packages do not have it."),
    ],
)
def test_a_missing_file_leaves_the_old_ones(
    node_modules: Path, tmp_path: Path, missing: str, sentence: str
) -> None:
    vendor.prune(node_modules, tmp_path / "vendor")
    before = kept(tmp_path / "vendor")
    (node_modules / "@uswds/uswds/dist" / missing).unlink()
    with pytest.raises(vendor.VendorError) as refused:
        vendor.prune(node_modules, tmp_path / "vendor")
    assert str(refused.value) == sentence
    assert kept(tmp_path / "vendor") == before


def test_the_machines_npm_comes_before_the_wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "npm").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert vendor._npm() == [str(tmp_path / "npm")]
    monkeypatch.setenv("PATH", "")
    node, script = map(Path, vendor._npm())
    assert (node.name, script.name) == ("node", "npm-cli.js")
    assert node.exists()
    assert script.exists()
