"""Concerns: sent through the form at a rate, each stored once, and searched for among half a million.

The concerns are planted once and kept in the state folder, by their number. Forms are signed before; every tenth post
sends the form before it once more. Then the office opens its list and looks for a word that is rare, one that is common
and two words, with and without filters, as its page does: htmx asks for the list alone. Beside each a bare page sends
the same statements (see `pages`).

posts: how many were sent, how many forms these were, how many concerns and first entries there are of them (each once,
or the measurement fails), p50_ms and p99_ms from the moment at which a post was due; planted; load_1m: how busy the
machine was before and after; searches: the columns of `pages`, and `found`: how many concerns meet the words.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.urls import reverse
from django.utils import timezone

from concerns import seals
from concerns.models import Concern, Contact, Entry, EntryKind, Format, Writer
from mocap_portal.bench.filling.places import LEAS
from mocap_portal.bench.filling.rows import BASE
from mocap_portal.bench.pages import measure, percentile
from mocap_portal.bench.pages.server import web_server
from mocap_portal.bench.pages.visits import Visit, sign_in
from mocap_portal.command.state import Problem, say
from mocap_portal.foundation import embedded
from mocap_portal.foundation.accounts.models import Membership, Role, User
from mocap_portal.foundation.directory.models import Organization

from . import planted

KEEPS_STATE = True
POST = Path(__file__).with_name("post.py")
TWICE = 10  # every so many posts is the one before once more
WARM_UP = 40
AIM_P99_MS = 50
TOKEN = "m" * 32  # of the browser: the form sends it as well as the cookie
# Places in the vocabulary, the most frequent word first.
RARE, SOME, USUAL, COMMON = 12_000, 900, 300, 40


@dataclass(frozen=True, slots=True)
class Post:
    """A form that is sent: its key, where it goes, what it says."""

    form: uuid.UUID
    path: str
    body: str


def run(
    *, concerns: int = 500_000, posts_per_second: int = 50, seconds: int = 60, searches_per_second: int = 4
) -> dict[str, Any]:
    """Plant, post for so many seconds, search. Raises Problem where a concern is stored twice or not at all."""
    load_before, started = os.getloadavg()[0], time.monotonic()
    say(f"planting {concerns:,} concerns, unless they are there …")
    count = planted.plant(concerns)
    say(f"{count:,} concerns after {time.monotonic() - started:.0f} s")
    posted = post(forms(posts_per_second * seconds, at=timezone.now()), per_second=posts_per_second)
    say(f"posts: p99 {posted['p99_ms']} ms at {posts_per_second} a second (aim {AIM_P99_MS})")
    found = measure(searches(), seconds=min(seconds, 15), per_second=searches_per_second)
    for row in found:
        row["found"] = how_many(row["page"])
    return {
        "name": "concerns",
        "planted": count,
        "posts": posted,
        "load_1m": {"before": round(load_before, 2), "after": round(os.getloadavg()[0], 2)},
        "searches": found,
    }


def forms(number: int, *, at: dt.datetime) -> list[Post]:
    """So many posts, as if each page had been opened a little while ago."""
    chances, said = random.Random(3), planted.texts(number)
    opened, codes = at - dt.timedelta(minutes=5), planted.categories()
    posts: list[Post] = []
    for place, words in zip(range(number), said, strict=False):
        if place % TWICE == TWICE - 1:
            posts.append(posts[-1])
            continue
        seal = seals.new(at=opened)
        read = seals.read(seal)
        assert read is not None
        is_named = place % 2
        answers = {
            "csrfmiddlewaretoken": TOKEN,
            "form": seal,
            "writer": Writer.PARENT,
            "who": "named" if is_named else "anonymous",
            "name": "Wanda Writer" if is_named else "",
            "contact": Contact.EMAIL if is_named else "",
            "email": f"writer-{place}@family.example" if is_named else "",
            "lea": BASE + 1 + chances.randrange(LEAS),
            "what_happened": words,
            "language": "en",
            "format": Format.USUAL,
        }
        path = reverse("concerns:write", args=[chances.choice(codes)])
        posts.append(Post(read.form, path, urlencode(answers)))
    return posts


def post(posts: Sequence[Post], *, per_second: float) -> dict[str, Any]:
    """Send them to a web server and look what is stored. Raises Problem."""
    with tempfile.TemporaryDirectory(prefix="portal-") as folder, web_server(Path(folder)) as port:
        warm_up = forms(WARM_UP, at=timezone.now())
        _send(port, warm_up, per_second=per_second)
        say(f"posting {len(posts):,} forms …")
        started = time.monotonic()
        answers = _send(port, posts, per_second=per_second)
        took = time.monotonic() - started
    if wrong := {int(status) for status, _took in answers if status != 302}:
        raise Problem(f"posts were answered with {sorted(wrong)}, not with the way to the receipt.")
    times = sorted(took for _status, took in answers)
    return stored(posts) | {
        "per_s": round(len(posts) / took, 1),
        "p50_ms": round(percentile(times, 50), 1),
        "p99_ms": round(percentile(times, 99), 1),
    }


def stored(posts: Sequence[Post]) -> dict[str, Any]:
    """How many were sent, and what there is of them. Raises Problem unless each form is one concern with one entry."""
    sent = {one.form for one in posts}
    rows = Concern.objects.filter(form__in=sent)
    first = Entry.objects.filter(concern__in=rows, kind=EntryKind.RECEIVED)
    counts = {"sent": len(posts), "forms": len(sent), "stored": rows.count(), "entries": first.count()}
    if not counts["forms"] == counts["stored"] == counts["entries"]:
        raise Problem(f"not each form is one concern: {counts}.")
    return counts


def _send(port: int, posts: Sequence[Post], *, per_second: float) -> list[tuple[float, float]]:
    plan = {
        "port": port,
        "cookie": f"{settings.CSRF_COOKIE_NAME}={TOKEN}",
        "per_second": per_second,
        "posts": [[one.path, one.body] for one in posts],
    }
    done = subprocess.run(
        [sys.executable, "-I", str(POST)],
        input=json.dumps(plan),
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=embedded.die_with_parent(),
        check=False,
    )
    if done.returncode:
        raise Problem("whoever posts fell ill; what it said is above.")
    return [(status, took) for status, took in json.loads(done.stdout)]


def asked() -> dict[str, dict[str, str]]:
    """What the office looks for, by the name of the row."""
    words = planted.vocabulary()
    every = {"state": "every"}
    some = planted.categories()[0]
    return {
        "inbox": {},
        "rare word": every | {"words": words[RARE]},
        "common word": every | {"words": words[COMMON]},
        "two words": every | {"words": f"{words[USUAL]} {words[SOME]}"},
        "common word, open": {"words": words[COMMON]},
        "common word, category and district": every
        | {"words": words[COMMON], "category": some, "lea": str(BASE + 1)},
        "two words, category": every | {"words": f"{words[USUAL]} {words[SOME]}", "category": some},
    }


def searches() -> dict[str, list[Visit]]:
    """A visit of the office's list for each of `asked`: a search is asked for by htmx, the list itself is a page."""
    office = Organization.objects.get(is_state_office=True)
    user, _is_new = User.objects.get_or_create(
        email="reviewer@measured.example", defaults={"name": "Measured reviewer"}
    )
    hat, _is_new = Membership.objects.get_or_create(
        user=user, organization=office, role=Role.DESE_REVIEWER, defaults={"started_at": timezone.now()}
    )
    hat = Membership.objects.select_related("user").get(pk=hat.pk)
    session, address = sign_in(hat), reverse("concerns:inbox")
    return {
        name: [Visit(f"{address}?{urlencode(query)}", session, is_fragment="words" in query)]
        for name, query in asked().items()
    }


def how_many(name: str) -> int:
    """How many concerns there are with the words of this search, its filters aside."""
    words = asked()[name].get("words")
    if words is None:
        return Concern.objects.open().count()
    query = SearchQuery(words, config="english", search_type="websearch")
    return Concern.objects.filter(search=query).count()
