"""Pictures as phones and scanners make them, with all that they write beside the dots."""

import io

from PIL import Image
from PIL.PngImagePlugin import PngInfo

PLACE = b"38.5767"  # where it was taken, as it stands in each of these pictures
MAKER = b"A phone of the tests"

_ORIENTATION, _MAKE, _GPS, _LATITUDE_REF, _LATITUDE, _AREA = 0x0112, 0x010F, 0x8825, 1, 2, 28


def jpeg(*, turned: bool = False) -> bytes:
    """40 by 20 dots, left half red, right half blue; `turned`: the camera was held upright and says so."""
    picture = Image.new("RGB", (40, 20), "red")
    picture.paste("blue", (20, 0, 40, 20))
    exif = Image.Exif()
    exif[_MAKE] = MAKER.decode()
    if turned:
        exif[_ORIENTATION] = 6
    exif[_GPS] = {_LATITUDE_REF: "N", _LATITUDE: (38.0, 34.0, 36.0), _AREA: PLACE}
    xmp = b"<x:xmpmeta><place>" + PLACE + b"</place></x:xmpmeta>"
    kept = io.BytesIO()
    picture.save(kept, "JPEG", exif=exif, xmp=xmp, comment=b"taken at " + PLACE, quality=95)
    return kept.getvalue()


def png() -> bytes:
    """20 by 20 dots, one of them see-through, with texts and with what a phone writes."""
    picture = Image.new("RGBA", (20, 20), (0, 128, 0, 255))
    picture.putpixel((0, 0), (0, 0, 0, 0))
    words = PngInfo()
    words.add_text("Location", PLACE.decode())
    words.add_itxt("XML:com.adobe.xmp", PLACE.decode())
    exif = Image.Exif()
    exif[_MAKE] = MAKER.decode()
    exif[_GPS] = {_AREA: PLACE}
    kept = io.BytesIO()
    picture.save(kept, "PNG", pnginfo=words, exif=exif)
    return kept.getvalue()
