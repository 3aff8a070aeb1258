"""What every page must pass in a real browser: axe, our own look at contrast, and nothing wider than a phone.

axe answers "incomplete" about color contrast on most pages, because it can't tell what lies behind a text. So
contrast is measured here from computed styles: every text against the first solid color behind it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Page

WCAG_21_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
WIDTHS = {"desk": 1280, "phone": 360}
HEIGHT = 900

AXE = Path(settings.BASE_DIR) / "static" / "vendor" / "axe" / "axe.min.js"
SCRIPTS = Path(__file__).parent / "scripts"


def problems(page: Page) -> list[str]:
    """What is wrong with the page as it is drawn now, one sentence each. Empty when it is fine.

    Waits until all of it has arrived: after a click the browser may have no more than the beginning of a page.
    """
    page.wait_for_load_state()
    return [*axe_violations(page), *faint_texts(page), *too_wide(page)]


def check(page: Page) -> None:
    """Fail with every problem of the page, drawn for a desk and for a phone. Leaves the page at desk width."""
    found = []
    for name in ("phone", "desk"):
        page.set_viewport_size({"width": WIDTHS[name], "height": HEIGHT})
        found += [f"{name}: {problem}" for problem in problems(page)]
    assert not found, f"{page.url}\n" + "\n".join(found)


def axe_violations(page: Page) -> list[str]:
    """axe's violations of WCAG 2.1 A and AA: rule, what it asks for, where."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    options = {"runOnly": {"type": "tag", "values": WCAG_21_AA}, "resultTypes": ["violations"]}
    run = "options => axe.run(document, options).then(result => result.violations)"
    violations: list[dict[str, Any]] = page.evaluate(run, options)
    return [
        f"axe {violation['id']}: {violation['help']} ({node['target']})"
        for violation in violations
        for node in violation["nodes"]
    ]


def faint_texts(page: Page) -> list[str]:
    """Texts with less contrast than 4.5 (3 for large ones) to what is behind them."""
    return _sentences(page, "contrast.js")


def too_wide(page: Page) -> list[str]:
    """What reaches over the right edge of the window, so that people would have to scroll sideways."""
    return _sentences(page, "width.js")


def _sentences(page: Page, script: str) -> list[str]:
    found: list[str] = page.evaluate((SCRIPTS / script).read_text())
    return found
