"""Where core data carries no program code (R-106)."""

import datetime as dt

from .models import Agreement, AgreementKind


def program_code_forbidden(*, lea_id: int, provider_id: int, on: dt.date) -> AgreementKind | None:
    """The kind of agreement because of which this LEA reports this provider's courses without a program code.

    None when no such agreement holds on this day: then code 50 or 52 belongs there. `lea_id` and `provider_id` are
    ids of organizations. In a cooperative each of the two LEAs is meant when it is the provider.
    """
    found = Agreement.objects.without_program_code(lea_id=lea_id, provider_id=provider_id, on=on)
    kind = found.order_by("valid_from", "pk").values_list("kind", flat=True).first()
    return AgreementKind(kind) if kind else None
