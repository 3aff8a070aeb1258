"""The applications that a page about one of them may be about."""

from django.db.models import QuerySet

from mocap_portal.foundation.accounts.models import Membership

from ..models import ApplicationState, ProgramApplication


def applications_for(hat: Membership) -> QuerySet[ProgramApplication]:
    """What was sent, as far as this hat sees it."""
    return (
        ProgramApplication.objects.visible_to(hat)
        .exclude(state=ApplicationState.DRAFT)
        .select_related("claim", "program__host__organization", "resident_lea__organization")
    )


def acted_on_by(hat: Membership) -> QuerySet[ProgramApplication]:
    """Of these, none about a child of this person's own."""
    return applications_for(hat).filter(pk__in=ProgramApplication.objects.about_others(hat).values("pk"))
