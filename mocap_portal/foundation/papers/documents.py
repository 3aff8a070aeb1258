"""Which files are taken: by their bytes, never by their name.

>>> kind_of(b"%PDF-1.7 ...")
'application/pdf'
"""

PDF, PNG, JPEG, HEIC = "application/pdf", "image/png", "image/jpeg", "image/heic"

ENDINGS = {PDF: "pdf", PNG: "png", JPEG: "jpg", HEIC: "heic"}
MOST_BYTES = 10 * 1024 * 1024  # a scan of some pages; more is a picture that nobody can send on by mail
HEAD = 1024  # PDF readers look for the mark in the first kilobyte
HEIC_BRANDS = {b"heic", b"heix", b"mif1"}  # what phones of one maker take pictures in


def kind_of(head: bytes) -> str | None:
    """The content type of a file that begins with these bytes; None for a kind that is not taken."""
    if b"%PDF-" in head[:HEAD]:
        return PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return HEIC
    return None
