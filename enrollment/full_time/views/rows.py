"""Rows that several seats look at."""

from django.db.models import Prefetch, QuerySet

from mocap_portal.foundation.accounts.models import Membership

from ..models import (
    ApplicationState,
    Determination,
    ProgramApplication,
    ProgramApplicationQuerySet,
    ProgramReview,
    RecordsRequest,
    ResidentInput,
)


def with_stations(applications: ProgramApplicationQuerySet) -> ProgramApplicationQuerySet:
    """Applications with all that their page shows, in so many queries however many there are."""
    return applications.select_related(
        "program__host__organization",
        "term__school_year",
        "claim__school__lea__organization",
        "resident_lea__organization",
        "input_clock",
        "survey",
        "enrollment__resident_lea__organization",
    ).prefetch_related(
        Prefetch("inputs", ResidentInput.objects.select_related("by__user").order_by("at", "pk")),
        Prefetch("records_requests", RecordsRequest.objects.order_by("asked_at", "pk")),
        Prefetch("reviews", ProgramReview.objects.select_related("clock").order_by("asked_at", "pk")),
        Prefetch("determinations", Determination.objects.order_by("decided_at", "pk")),
    )


def applications_for(hat: Membership) -> QuerySet[ProgramApplication]:
    """What was sent, as far as this hat sees it."""
    return (
        ProgramApplication.objects.visible_to(hat)
        .exclude(state=ApplicationState.DRAFT)
        .select_related(
            "claim",
            "program__host__organization",
            "resident_lea__organization",
            "enrollment__resident_lea__organization",
        )
    )


def acted_on_by(hat: Membership) -> QuerySet[ProgramApplication]:
    """Of these, none about a child of this person's own."""
    return applications_for(hat).filter(pk__in=ProgramApplication.objects.about_others(hat).values("pk"))
