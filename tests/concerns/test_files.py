"""Files of strangers: by their bytes, pictures without the place where they were taken, and what a scanner says."""

import hashlib
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from concerns import files
from concerns.models import ScanState
from mocap_portal.foundation.papers.actions import FileEmpty, FileTooLarge
from mocap_portal.foundation.shared.refusals import Refusal
from tests.concerns import pictures
from tests.concerns.clamd import SIGN, scanner
from tests.factories.papers import HEIC, PDF


def keep(content: bytes, name: str = "paper.pdf") -> files.Kept:
    return files.keep(SimpleUploadedFile(name, content, content_type="text/html"))


def test_a_pdf_is_kept_byte_for_byte() -> None:
    kept = keep(PDF, "My school's letter.pdf")
    assert kept == files.Kept(
        PDF, "My school's letter.pdf", "application/pdf", len(PDF), hashlib.sha256(PDF).hexdigest()
    )
    assert kept.ending == "pdf"


def test_a_jpeg_keeps_its_dots_and_nothing_else() -> None:
    content = pictures.jpeg()
    assert (
        content.count(pictures.PLACE) == 3 and pictures.MAKER in content
    )  # else the test would prove nothing
    kept = keep(content, "IMG_0001.png")
    assert pictures.PLACE not in kept.bytes and pictures.MAKER not in kept.bytes
    assert (kept.content_type, kept.ending) == ("image/jpeg", "jpg")
    assert (kept.size, kept.sha256) == (len(kept.bytes), hashlib.sha256(kept.bytes).hexdigest())
    with Image.open(io.BytesIO(kept.bytes)) as picture:
        assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (40, 20), {})
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        red, blue = picture.getpixel((5, 10)), picture.getpixel((35, 10))
    assert isinstance(red, tuple) and isinstance(blue, tuple)
    assert red[0] - red[2] > 225 and blue[2] - blue[0] > 225


def test_a_picture_taken_upright_stays_upright_without_its_note() -> None:
    with Image.open(io.BytesIO(keep(pictures.jpeg(turned=True)).bytes)) as picture:
        assert picture.size == (20, 40)
        top = picture.getpixel((10, 5))
    assert isinstance(top, tuple) and top[0] > 240


def test_a_png_keeps_its_dots_and_nothing_else() -> None:
    content = pictures.png()
    assert pictures.PLACE in content and pictures.MAKER in content
    kept = keep(content)
    assert kept.content_type == "image/png"
    chunks = {kept.bytes[place - 4 : place] for place in range(12, len(kept.bytes))}
    assert not chunks & {b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME", b"iCCP", b"pHYs"}
    with Image.open(io.BytesIO(kept.bytes)) as picture:
        assert (picture.size, picture.info) == ((20, 20), {})
        assert (picture.getpixel((0, 0)), picture.getpixel((1, 1))) == ((0, 0, 0, 0), (0, 128, 0, 255))


def test_what_hides_behind_a_picture_is_gone() -> None:
    kept = keep(pictures.jpeg() + b"<script>alert(1)</script>")
    assert b"<script>" not in kept.bytes


def test_a_picture_with_a_see_through_color_keeps_it() -> None:
    picture = Image.new("P", (4, 4), 0)
    picture.putpalette([255, 0, 0, 0, 255, 0])
    content = io.BytesIO()
    picture.save(content, "PNG", transparency=0)
    with Image.open(io.BytesIO(keep(content.getvalue()).bytes)) as kept:
        assert kept.convert("RGBA").getpixel((0, 0)) == (255, 0, 0, 0)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", FileEmpty),
        (b"%PDF-" + b" " * (10 * 1024 * 1024), FileTooLarge),
        (b"<html><script>alert(1)</script>", files.WrongKind),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", files.WrongKind),
        (b"PK\x03\x04" + b"\0" * 40, files.WrongKind),
        (b"MZ\x90\0" + b"\0" * 40, files.WrongKind),
        (b"GIF89a" + b"\0" * 40, files.WrongKind),
        (HEIC, files.PhonePicture),
        (b"\xff\xd8\xff\xe0" + b"\0" * 40, files.DamagedPicture),
        (pictures.jpeg()[:-200], files.DamagedPicture),
        (pictures.png()[:60], files.DamagedPicture),
        (b"\x89PNG\r\n\x1a\n<script>", files.DamagedPicture),
    ],
)
def test_other_files_are_refused_with_one_sentence(content: bytes, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as error:
        keep(content)
    assert str(error.value.sentence).endswith(".")


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says it has so many dots."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + rows + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [7_746, 10_000, 100_000, 2**31 - 1])
def test_a_picture_of_too_many_dots_is_never_opened(side: int) -> None:
    with pytest.raises(files.TooManyDots):
        keep(bomb(side, side))


def test_names_stay_on_one_line_and_are_never_paths() -> None:
    assert keep(PDF, "a\r\nBcc: x@example.org\u202efdp.exe").name == "a  Bcc: x@example.orgfdp.exe"
    assert keep(PDF, "../../etc/passwd").name == "passwd"
    assert len(keep(PDF, "x" * 300 + ".pdf").name) == 120
    assert keep(PDF, "\u202e").name == "pdf"


@hypothesis_settings(max_examples=150)
@given(data=st.data(), kind=st.sampled_from([pictures.jpeg(), pictures.png()]))
def test_bytes_turned_over_are_refused_or_cleaned(data: st.DataObject, kind: bytes) -> None:
    content = bytearray(kind)
    for place in data.draw(st.lists(st.integers(8, len(kind) - 1), min_size=1, max_size=8)):
        content[place] = data.draw(st.integers(0, 255))
    try:
        kept = keep(bytes(content))
    except Refusal:
        return
    assert pictures.PLACE not in kept.bytes


def test_without_a_scanner_a_file_is_unscanned(settings: Any) -> None:
    settings.CLAMD_ADDRESS = ""
    assert files.scan(PDF) == ScanState.UNSCANNED


def test_a_scanner_reads_the_whole_file_and_says_clean(settings: Any) -> None:
    large = PDF + bytes(range(256)) * 1000
    with scanner(settings) as asked:
        assert files.scan(large) == ScanState.CLEAN
        assert asked.received == [large]


def test_a_virus_is_found(settings: Any) -> None:
    with scanner(settings):
        assert files.scan(PDF + SIGN) == ScanState.INFECTED


def test_a_scanner_at_a_socket_of_this_machine(settings: Any, tmp_path: Path) -> None:
    with scanner(settings, path=str(tmp_path / "clamd.ctl")) as asked:
        assert files.scan(PDF) == ScanState.CLEAN
        assert asked.received == [PDF]


def test_a_file_too_large_for_the_scanner_waits(settings: Any) -> None:
    with scanner(settings) as asked:
        asked.most_bytes = 1000
        assert files.scan(b"%PDF-" + b" " * 3_000_000) == ScanState.WAITING


@pytest.mark.parametrize("answer", [b"UNKNOWN COMMAND\0", b"\0", b"stream: OK but not really\0", b"x" * 9000])
def test_an_answer_that_is_none_is_never_clean(settings: Any, answer: bytes) -> None:
    with scanner(settings) as asked:
        asked.answer = answer
        assert files.scan(PDF) == ScanState.WAITING


def test_a_scanner_that_says_nothing_is_waited_for_no_longer_than_asked(settings: Any) -> None:
    with scanner(settings) as asked:
        asked.is_silent, settings.CLAMD_SECONDS = True, 0.2
        assert files.scan(PDF) == ScanState.WAITING


@pytest.mark.parametrize("address", ["127.0.0.1:1", "127.0.0.1:port", "nothing", "/nowhere/clamd.ctl"])
def test_a_scanner_that_is_not_there_lets_a_file_wait(settings: Any, address: str) -> None:
    settings.CLAMD_ADDRESS, settings.CLAMD_SECONDS = address, 1
    assert files.scan(PDF) == ScanState.WAITING
