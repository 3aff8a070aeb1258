"""Changes to a district's contact and to the usual dates of a term."""

import datetime as dt

from django.db import transaction

from mocap_portal.foundation.directory.models import Lea, Term


@transaction.atomic
def change_contact(lea_id: int, *, name: str, email: str, phone: str) -> Lea:
    """Whom families, providers and the state office turn to in this district."""
    lea = Lea.objects.select_for_update(of=("self",)).get(pk=lea_id)
    lea.contact_name, lea.contact_email, lea.contact_phone = name, email, phone
    lea.save(update_fields=["contact_name", "contact_email", "contact_phone"])
    return lea


@transaction.atomic
def change_term(term_id: int, *, starts_on: dt.date, ends_on: dt.date) -> Term:
    """The dates that a term usually has. IntegrityError if it ends before it starts."""
    term = Term.objects.select_for_update().get(pk=term_id)
    term.starts_on, term.ends_on = starts_on, ends_on
    term.save(update_fields=["starts_on", "ends_on"])
    return term
