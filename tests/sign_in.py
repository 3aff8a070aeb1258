"""Signed-in test clients."""

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client

from mocap_portal.foundation.accounts.middleware import SESSION_KEY
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.accounts.second_factor import DEMO_METHOD


def sign_in(client: Client, hat: Membership, *, second_factor: bool = True) -> Client:
    """Signs a person in who wears this hat; with the second factor shown, as the demo's one click does it."""
    client.force_login(hat.user)
    session = client.session
    session[SESSION_KEY] = hat.pk
    if second_factor:
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": DEMO_METHOD, "at": 0.0}]
        session["account_authentication_methods_user"] = str(hat.user_id)
    session.save()
    return client
