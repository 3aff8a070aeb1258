"""Whether an address can still be read by everybody: one GET, followed through its redirects, without signing in."""

import http.client
import ipaddress
import socket
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_noop

SECONDS = 10
MOST_BYTES = 512 * 1024  # a sign-in form stands near the top of its page
HEADERS = {"User-Agent": "mocap-portal", "Accept": "text/html,application/pdf,*/*"}

UNREACHABLE = gettext_noop("It cannot be reached")
SIGN_IN = gettext_noop("It asks to sign in")
NOT_FOUND = gettext_noop("The page is not there any more")
ANOTHER_ANSWER = gettext_noop("It answers with an error")
NOT_PUBLIC = gettext_noop("It does not lead to a public address")


class NotPublic(OSError):
    """The address leads into a private network, or is none that a browser opens."""


class _Redirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(  # type: ignore[no-untyped-def]  # noqa: PLR0917 - as the library calls it
        self, req, fp, code, msg, headers, newurl
    ):
        _refuse_private(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def problem_with(url: str) -> str:
    """Why this address does not open for everybody; empty when it does. Nothing of what it answers is kept."""
    opener = urllib.request.build_opener(_Redirects)
    try:
        _refuse_private(url)
        with opener.open(urllib.request.Request(url, headers=HEADERS), timeout=SECONDS) as answer:  # noqa: S310 - checked
            head = answer.read(MOST_BYTES).lower()
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in {401, 403, 407}:
            return SIGN_IN
        return NOT_FOUND if error.code in {404, 410} else ANOTHER_ANSWER
    except NotPublic:
        return NOT_PUBLIC
    except (OSError, http.client.HTTPException, ValueError):
        return UNREACHABLE
    return SIGN_IN if b'type="password"' in head or b"type='password'" in head else ""


def _refuse_private(url: str) -> None:
    """What a host typed must not make this machine ask its neighbors. Raises NotPublic, OSError."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NotPublic
    if settings.POLICY_LINKS_MAY_BE_PRIVATE:
        return
    port = parts.port or (443 if parts.scheme == "https" else 80)
    for *_rest, address in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM):
        if not ipaddress.ip_address(address[0]).is_global:
            raise NotPublic
