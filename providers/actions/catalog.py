"""The state's catalog, taken over from a file."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils.translation import gettext as _

from mocap_portal.foundation.directory.models import Lea, Organization, Provider
from providers import catalog
from providers.catalog import Listing, Problem
from providers.models import Authorization, AuthorizationKind, Course

from .authorizing import last_day_of_authorization

AT_A_TIME = 2000
KEPT = tuple(name for name in catalog.COURSE_COLUMNS if name != "valid_to")  # what a listing never changes

CourseKey = tuple[int, str, str]  # provider, its code of the course, structure


@dataclass(slots=True)
class ImportResult:
    """What an import did, counted in rows of the file, and what it refused, in the file's order.

    `moved`: listings whose last day changed. `completed`: those of which the file tells more than was known.
    `new_providers` and `authorized`: codes.
    """

    created: int = 0
    moved: int = 0
    completed: int = 0
    unchanged: int = 0
    new_providers: list[str] = field(default_factory=list)
    authorized: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@transaction.atomic
def import_catalog(data: bytes, *, on: dt.date) -> ImportResult:
    """Store the good rows of a catalog file (columns: providers.catalog.REQUIRED); say what is wrong with the others.

    A row that is there already changes nothing; with another last day it moves the end of the listing, and what it
    tells in an optional column (providers.catalog.OPTIONAL) that was unknown completes it. Any other change of a
    listing is refused, because families asked for the course as it was listed: it takes a row that starts on a later
    day. A provider the portal does not know is created, or joins the organization of its name. The
    state's catalog lists authorized providers only, so one without any authorization gets one from the day `on`; a
    district with courses of its own that meet RSMo 162.1250 is approved automatically, with a day of renewal (R-98).

    Raises shared.tabular.UnreadableFile; then nothing is stored.
    """
    result = ImportResult()
    listings: list[Listing] = []
    for row in catalog.read(data):
        if isinstance(row, Listing):
            listings.append(row)
        else:
            result.problems += row
    with connection.cursor() as cursor:
        # One import at a time: two would both find room for the same listing. Readers go on.
        cursor.execute("LOCK TABLE providers_course IN SHARE ROW EXCLUSIVE MODE")
    providers = _providers(listings, result)
    listings = list(_of_these_providers(listings, providers, result))
    _store(listings, providers, result)
    _authorize(listings, providers, result, on=on)
    result.problems.sort(key=lambda problem: problem.row or 0)
    return result


# Providers ----------------------------------------------------------------------------------------


def _providers(listings: Sequence[Listing], result: ImportResult) -> dict[str, Provider]:
    """The providers of the file by code. A new code whose name belongs to another provider is left out."""
    names: dict[str, str] = {}
    for listing in listings:
        names.setdefault(listing.provider_code, listing.provider_name)
    found = Provider.objects.select_related("organization").filter(code__in=names)
    providers = {provider.code: provider for provider in found}
    for code, name in names.items():
        if code in providers:
            continue
        organization, _is_new = Organization.objects.get_or_create(name=name)
        if not Provider.objects.filter(organization=organization).exists():
            providers[code] = Provider.objects.create(organization=organization, code=code)
            result.new_providers.append(code)
    return providers


def _of_these_providers(
    listings: Sequence[Listing], providers: dict[str, Provider], result: ImportResult
) -> Iterator[Listing]:
    """The rows whose provider's code and name belong together, and whose provider is a district where they say so."""
    leas = set(Lea.objects.filter(pk__in=[one.pk for one in providers.values()]).values_list("pk", flat=True))
    for listing in listings:
        provider = providers.get(listing.provider_code)
        if provider is None:
            result.problems.append(
                listing.problem(
                    "provider_code",
                    _("%(name)s has another code in the portal.") % {"name": listing.provider_name},
                    _(
                        "Write the provider's code as the portal has it, or another name if it is another provider."
                    ),
                )
            )
        elif provider.organization.name != listing.provider_name:
            result.problems.append(
                listing.problem(
                    "provider_name",
                    _("In the portal, %(code)s is the code of %(name)s.")
                    % {"code": provider.code, "name": provider.organization.name},
                    _("Write this name, or the code of the provider you mean."),
                )
            )
        elif listing.details.get("lea_offered") and provider.pk not in leas:
            result.problems.append(
                listing.problem(
                    "lea_offered",
                    _("%(name)s is no district in the portal.") % {"name": listing.provider_name},
                    _("Write no, or the name of the district as the portal has it."),
                )
            )
        else:
            yield listing


def _authorize(
    listings: Iterable[Listing], providers: dict[str, Provider], result: ImportResult, *, on: dt.date
) -> None:
    ids = [provider.pk for provider in providers.values()]
    known = set(Authorization.objects.filter(provider__in=ids).values_list("provider", flat=True))
    new = {code: provider for code, provider in providers.items() if provider.pk not in known}
    own = {listing.provider_code for listing in listings if listing.details.get("lea_offered")}
    last_day = last_day_of_authorization(on) if new else on
    Authorization.objects.bulk_create(
        Authorization(
            provider=provider,
            kind=AuthorizationKind.AUTOMATIC if code in own else AuthorizationKind.GRANT,
            valid_from=on,
            valid_to=last_day,
            source=_("RSMo 161.670.3 and 162.1250: a district's own courses")
            if code in own
            else _("Listed in the state's catalog"),
        )
        for code, provider in new.items()
    )
    result.authorized += new


# Listings -----------------------------------------------------------------------------------------


class _Listed:
    """All listings of some providers, as stored and as the file adds to them."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self.spans: dict[CourseKey, dict[dt.date, Course]] = defaultdict(dict)
        self.lines: dict[tuple[CourseKey, dt.date], int] = {}
        for course in Course.objects.filter(provider__in=[provider.pk for provider in providers]):
            self.add(course)

    def add(self, course: Course) -> None:
        self.spans[_key(course)][course.valid_from] = course

    def same(self, course: Course) -> Course | None:
        """The listing of this course that starts on the same day."""
        return self.spans[_key(course)].get(course.valid_from)

    def met_by(self, course: Course) -> Course | None:
        """Another listing of this course that has a day in common with this one."""
        others = (
            other for other in self.spans[_key(course)].values() if other.valid_from != course.valid_from
        )
        return next((other for other in others if _overlap(course, other)), None)

    def line_before(self, course: Course, line: int) -> int | None:
        """An earlier line of the file with the same course and first day; None for the first."""
        first = self.lines.setdefault((_key(course), course.valid_from), line)
        return None if first == line else first


def _key(course: Course) -> CourseKey:
    return course.provider_id, course.provider_course_code, course.structure


def _overlap(one: Course, other: Course) -> bool:
    return (one.valid_to or dt.date.max) >= other.valid_from and (
        other.valid_to or dt.date.max
    ) >= one.valid_from


def _store(listings: Iterable[Listing], providers: dict[str, Provider], result: ImportResult) -> None:
    listed = _Listed(providers.values())
    growing: list[tuple[Listing, Course]] = []
    moved: list[Course] = []
    completed: list[Course] = []
    # First what ends sooner: that makes room for what starts after it, wherever in the file it stands.
    for listing in listings:
        course = Course(provider=providers[listing.provider_code], **listing.fields, **listing.details)
        stored = listed.same(course)
        if line := listed.line_before(course, listing.line):
            result.problems.append(_repeated(listing, line))
        elif stored is None:
            growing.append((listing, course))
        elif changes := _changes(listing, stored):
            result.problems += (_changed(listing, stored, name) for name in changes)
        else:
            is_completed = _complete(stored, listing)
            if is_completed:
                completed.append(stored)
            if (course.valid_to or dt.date.max) < (stored.valid_to or dt.date.max):
                stored.valid_to = course.valid_to
                moved.append(stored)
            elif stored.valid_to != course.valid_to:
                growing.append((listing, course))
            elif not is_completed:
                result.unchanged += 1
    new = _grow(growing, listed, moved, result)
    Course.objects.bulk_update(completed, catalog.OPTIONAL, batch_size=AT_A_TIME // 10)
    Course.objects.bulk_update(moved, ["valid_to"], batch_size=AT_A_TIME)
    Course.objects.bulk_create(new, batch_size=AT_A_TIME)
    result.created = len(new)
    result.moved = len(moved)
    result.completed = len(completed)


def _grow(
    growing: Iterable[tuple[Listing, Course]], listed: _Listed, moved: list[Course], result: ImportResult
) -> list[Course]:
    """Let listings last longer, and find the new ones, where no other listing of the course stands in their way."""
    new: list[Course] = []
    for listing, course in growing:
        stored = listed.same(course)
        if other := listed.met_by(course):
            result.problems.append(_overlapping(listing, other))
        elif stored is None:
            listed.add(course)
            new.append(course)
        else:
            stored.valid_to = course.valid_to
            moved.append(stored)
    return new


def _changes(listing: Listing, stored: Course) -> list[str]:
    """The columns in which a row contradicts what is stored. What was unknown contradicts nothing."""
    changed = [name for name in KEPT if getattr(stored, name) != listing.fields[name]]
    for name, value in listing.details.items():
        known = getattr(stored, name)
        if known and known != value:
            changed.append(name)
    return changed


def _complete(stored: Course, listing: Listing) -> bool:
    """Fill in what was unknown; whether there was anything."""
    news = {name: value for name, value in listing.details.items() if getattr(stored, name) != value}
    for name, value in news.items():
        setattr(stored, name, value)
    return bool(news)


def _repeated(listing: Listing, line: int) -> Problem:
    message = _("Line %(line)d lists the same course from the same day.") % {"line": line}
    return listing.problem("provider_course_code", message, _("Keep one of the two lines."))


def _changed(listing: Listing, stored: Course, column: str) -> Problem:
    return listing.problem(
        column,
        _("This course is listed from this day with another value: %(value)s.")
        % {"value": getattr(stored, column)},
        _("End that listing with valid_to, and list the change in a row that starts on a later day."),
    )


def _overlapping(listing: Listing, other: Course) -> Problem:
    days = {"first": other.valid_from.isoformat(), "last": other.valid_to and other.valid_to.isoformat()}
    if other.valid_to:
        message = _("This course is also listed from %(first)s to %(last)s.") % days
    else:
        message = _("This course is also listed from %(first)s on.") % days
    return listing.problem(
        "valid_from", message, _("Let one of the two listings end before the other starts.")
    )
