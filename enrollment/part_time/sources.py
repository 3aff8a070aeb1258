"""Where a request was sent from, so that a burst can be seen and nobody's address is kept."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def source_key(request: HttpRequest) -> str:
    """A keyed hash of the visitor's address; empty where it is unknown. How many proxies to trust is a setting."""
    try:
        address = get_adapter(request).get_client_ip(request)
    except PermissionDenied:  # behind a proxy that is not set up: no reason to refuse a family
        return ""
    return salted_hmac("part_time.source", address, algorithm="sha256").hexdigest()
