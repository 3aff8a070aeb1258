"""Every rule of the house and the tests that prove it: which have none, and docs/rules.md."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mocap_portal.command.state import PACKAGES, ROOT
from mocap_portal.foundation.shared.rules import InvalidRules, Rule, load_rules

DOCUMENT = "docs/rules.md"
_INTRODUCTION = """\
# Rules

Written by `./portal check --write-rules` from every `rules.toml` and from the tests that name a rule. Do not edit.
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """A test that says which rule it proves: `tests/test_clock.py::test_silence`."""

    rule_id: str
    test: str


def problems(root: Path = ROOT) -> list[str]:
    """One sentence per rule without a test, per test of a rule that is nowhere, and when docs/rules.md is old."""
    try:
        rules = _all_rules(root)
    except InvalidRules as error:
        return [str(error)]
    proofs = list(find_proofs(root / "tests"))
    proven = {proof.rule_id for proof in proofs}
    found = [f"{rule.id} has no test: {rule.sentence}" for rule in rules.values() if rule.id not in proven]
    found += [
        f"{proof.test} proves {proof.rule_id}, which is in no rules.toml."
        for proof in proofs
        if proof.rule_id not in rules
    ]
    document = root / DOCUMENT
    if not document.exists() or document.read_text(encoding="utf-8") != render(rules, proofs):
        found.append(f"{DOCUMENT} is not up to date: run ./portal check --write-rules.")
    return found


def write(root: Path = ROOT) -> None:
    """Write docs/rules.md. Raises InvalidRules."""
    document = root / DOCUMENT
    document.parent.mkdir(exist_ok=True)
    document.write_text(render(_all_rules(root), list(find_proofs(root / "tests"))), encoding="utf-8")


def find_proofs(folder: Path) -> Iterator[Proof]:
    """Every `@pytest.mark.rule("R-15")` on a test function or class below `folder`, read without running anything."""
    for path in sorted(folder.rglob("test_*.py")):
        name = path.relative_to(folder.parent).as_posix()
        yield from _proofs_in(ast.parse(path.read_text(encoding="utf-8")).body, name)


def _proofs_in(body: list[ast.stmt], prefix: str) -> Iterator[Proof]:
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        name = f"{prefix}::{node.name}"
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.rule":
                for argument in decorator.args:
                    yield Proof(rule_id=str(ast.literal_eval(argument)), test=name)
        if isinstance(node, ast.ClassDef):
            yield from _proofs_in(node.body, name)


def render(rules: Mapping[str, Rule], proofs: list[Proof]) -> str:
    """docs/rules.md as text: one section per rule, by letter and number."""
    sections = [_INTRODUCTION]
    for rule in sorted(rules.values(), key=lambda rule: (rule.id[0], int(re.sub(r"\D", "", rule.id)))):
        tests = [f"- `{proof.test}`" for proof in proofs if proof.rule_id == rule.id] or ["- none"]
        held = _when_held(rule)
        lines = [
            f"## {rule.id}",
            "",
            rule.sentence,
            "",
            f"Source: {rule.source}{held}",
            "",
            "Proved by:",
            "",
            *tests,
        ]
        sections.append("\n".join(lines) + "\n")
    return "\n".join(sections)


def _when_held(rule: Rule) -> str:
    match rule.valid_from, rule.valid_to:
        case None, None:
            return ""
        case start, None:
            return f" (from {start})"
        case None, end:
            return f" (until {end})"
        case start, end:
            return f" (from {start} until {end})"


def _all_rules(root: Path) -> dict[str, Rule]:
    """Of every rules.toml, and of the catalogue of mismatches, which its app reads more strictly than is done here."""
    rules = load_rules(_files(root, "rules.toml"))
    for path in _files(root, "mismatches.toml"):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["mismatch"]:
            rules[entry["id"]] = Rule(entry["id"], entry["sentence"], entry["source"])
    return rules


def _files(root: Path, name: str) -> list[Path]:
    return sorted(path for package in PACKAGES for path in (root / package).rglob(name))
