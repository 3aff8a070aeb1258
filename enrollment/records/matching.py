"""Which students of the district a claim may be about. Only suggests: a person decides."""

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Lower

from .models import Claim, Student


def candidates(claim: Claim) -> QuerySet[Student]:
    """Current students of the claim's LEA with the same first and last name; then those with the same birth date."""
    same_name = Q(first_name__iexact=claim.first_name, last_name__iexact=claim.last_name)
    return (
        Student.objects.current()
        .filter(same_name | Q(birth_date=claim.birth_date), lea=claim.school.lea_id)
        .select_related("school")
        .annotate(is_namesake=ExpressionWrapper(same_name, output_field=BooleanField()))
        .order_by("-is_namesake", Lower("last_name"), Lower("first_name"), "pk")
    )
