"""Reads letters back from their PDF."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf


def open_pdf(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


def roles(node: Any) -> Iterator[str]:
    """Roles of the structure tree in reading order, with the language where it is not the letter's."""
    if isinstance(node, pikepdf.Array):
        for child in node.as_list():
            yield from roles(child)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield f"{node.S} {node.Lang}" if "/Lang" in node else str(node.S)
        yield from roles(node.get("/K"))


def pdf_text(data: bytes) -> str:
    """The text of a PDF as a screen reader gets it: glyphs back to characters by the fonts' own ToUnicode tables."""
    pages = []
    for page in open_pdf(data).pages:
        tables = {
            str(name): to_unicode(font.ToUnicode.read_bytes().decode())
            for name, font in page.resources.Font.as_dict().items()
        }
        characters: dict[str, str] = {}
        words = []
        for instruction in pikepdf.parse_content_stream(page):
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                continue
            operands, operator = instruction.operands, instruction.operator
            if str(operator) == "Tf":
                characters = tables[str(operands[0])]
            elif str(operator) in {"Tj", "TJ"}:
                shown = operands[0].as_list() if str(operator) == "TJ" else [operands[0]]
                for part in shown:
                    if isinstance(part, pikepdf.String):
                        codes = bytes(part).hex()
                        words += [characters[codes[i : i + 4]] for i in range(0, len(codes), 4)]
            elif str(operator) == "ET":
                words.append(" ")
        pages.append("".join(words))
    return re.sub(r"\s+", " ", " ".join(pages))


def to_unicode(table: str) -> dict[str, str]:
    found = {}
    for section in re.findall(r"beginbfchar(.+?)endbfchar", table, re.DOTALL):
        for code, text in re.findall(r"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>", section):
            found[code.lower()] = bytes.fromhex(text).decode("utf-16-be")
    for section in re.findall(r"beginbfrange(.+?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(
            r"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>", section
        ):
            for step in range(int(last, 16) - int(first, 16) + 1):
                start = bytes.fromhex(text).decode("utf-16-be")
                found[f"{int(first, 16) + step:04x}"] = start[:-1] + chr(ord(start[-1]) + step)
    return found
