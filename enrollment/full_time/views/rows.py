"""Rows that several seats look at."""

from django.db.models import Prefetch

from ..models import (
    Determination,
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
        "enrollment",
    ).prefetch_related(
        Prefetch("inputs", ResidentInput.objects.select_related("by__user").order_by("at", "pk")),
        Prefetch("records_requests", RecordsRequest.objects.order_by("asked_at", "pk")),
        Prefetch("reviews", ProgramReview.objects.select_related("clock").order_by("asked_at", "pk")),
        Prefetch("determinations", Determination.objects.order_by("decided_at", "pk")),
    )
