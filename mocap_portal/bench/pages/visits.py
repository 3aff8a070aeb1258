"""Who looks at which page: signed-in people with sessions like those of the web server, and addresses with rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import CharField, Count, Q
from django.db.models.functions import MD5, Cast
from django.http import HttpRequest
from django.urls import reverse

from enrollment.part_time.models import CourseRequest, CourseRequestQuerySet, RequestState
from mocap_portal.bench.filling.places import LARGE
from mocap_portal.bench.filling.rows import BASE
from mocap_portal.foundation.accounts import second_factor
from mocap_portal.foundation.accounts.middleware import SESSION_KEY
from mocap_portal.foundation.accounts.models import Membership, Role, User

# What people look for: one word, two, a part of one, a provider, a slip of the finger, nothing.
WORDS = [
    "algebra", "english 10", "spanish", "ap biology", "chem", "world geography", "invented online academy 7", "honors",
    "computer science", "algebre", "health", "photo", "personal finance", "math", "",
]  # fmt: skip
OTHER_DISTRICTS = 5
REQUESTS_EACH = 8  # of one counselor
FAMILIES = 40


@dataclass(frozen=True)
class Visit:
    """An address and the session of who opens it; no session for a visitor. `is_fragment`: htmx asks for a part."""

    path: str
    session: str = ""
    is_fragment: bool = False

    def headers(self, cookie: str) -> dict[str, str]:
        """What the browser sends with it; `cookie` is the name of that with the session."""
        session = {"Cookie": f"{cookie}={self.session}"} if self.session else {}
        return session | ({"HX-Request": "true"} if self.is_fragment else {})


def all_visits() -> dict[str, list[Visit]]:
    """The visits of each page that is measured, in turns. Every second inbox is that of the large district."""
    counselors = [_counselor(BASE + LARGE), *map(_counselor, _other_districts())]
    sessions = {hat.pk: sign_in(hat) for hat in counselors}
    turns = [hat for other in counselors[1:] for hat in (counselors[0], other)]
    return {
        "catalog search": [
            Visit(f"{reverse('providers:catalog')}?{urlencode({'q': words})}") for words in WORDS
        ],
        "inbox": [Visit(reverse("part_time:inbox"), sessions[hat.pk]) for hat in turns],
        "request page": [
            Visit(reverse("part_time:review", args=[pk]), sessions[hat.pk])
            for hat in counselors
            for pk in _half_waiting(CourseRequest.objects.reviewable_by(hat), REQUESTS_EACH)
        ],
        "family status": [_status(pk) for pk in _half_waiting(CourseRequest.objects.all(), FAMILIES)],
    }


def sign_in(hat: Membership) -> str:
    """The key of a session in which this person wears this hat, with the second factor set up and shown for staff."""
    request: Any = HttpRequest()
    request.session = SessionStore()
    login(request, hat.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    record_authentication(request, hat.user, "password")
    if hat.is_staff:
        if not second_factor.is_set(hat.user):
            TOTP.activate(hat.user, generate_totp_secret())
        record_authentication(request, hat.user, "mfa", type="totp")
    request.session[SESSION_KEY] = hat.pk
    request.session.save()
    return str(request.session.session_key)


def _other_districts() -> list[int]:
    """Besides the large district those in which most requests wait."""
    others = CourseRequest.objects.exclude(lea=BASE + LARGE).values("lea")
    waiting = Count("pk", filter=Q(state=RequestState.SUBMITTED))
    return [
        row["lea"] for row in others.annotate(waiting=waiting).order_by("-waiting", "lea")[:OTHER_DISTRICTS]
    ]


def _counselor(lea_id: int) -> Membership:
    hats = Membership.objects.in_organization(lea_id, Role.COUNSELOR).select_related("user")
    return hats.order_by("pk")[0]


def _half_waiting(requests: CourseRequestQuerySet, count: int) -> list[int]:
    """So many of these requests from anywhere among them: half of them wait, half are decided, as far as there are."""
    anywhere = requests.annotate(place=MD5(Cast("pk", CharField()))).order_by("place")
    return [
        pk
        for state in (RequestState.SUBMITTED, RequestState.DECIDED)
        for pk in anywhere.filter(state=state).values_list("pk", flat=True)[: count // 2]
    ]


def _status(pk: int) -> Visit:
    user = User.objects.get(pk=CourseRequest.objects.values_list("claim__claimant", flat=True).get(pk=pk))
    hat = Membership.objects.active().select_related("user").get(user=user, role=Role.PARENT)
    return Visit(reverse("part_time:status", args=[pk]), sign_in(hat))
