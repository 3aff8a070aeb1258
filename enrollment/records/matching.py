"""Which students of the district a claim may be about. Only suggests: a person decides."""

from django.db.models import Q, QuerySet

from .models import Claim, Student


def candidates(claim: Claim) -> QuerySet[Student]:
    """Current students of the claim's LEA with the same birth date, or the same first and last name."""
    same_name = Q(first_name__iexact=claim.first_name, last_name__iexact=claim.last_name)
    return (
        Student.objects.current()
        .filter(same_name | Q(birth_date=claim.birth_date), lea=claim.school.lea_id)
        .select_related("school")
        .order_by("last_name", "first_name", "pk")
    )
