"""Changes to what a district says of itself, and to the usual dates of a term."""

import datetime as dt

from django.db import transaction

from mocap_portal.foundation.directory.models import Lea, RequestWindow, Term


@transaction.atomic
def change_contact(lea_id: int, *, name: str, email: str, phone: str) -> Lea:
    """Whom families, providers and the state office turn to in this district."""
    lea = Lea.objects.select_for_update(of=("self",)).get(pk=lea_id)
    lea.contact_name, lea.contact_email, lea.contact_phone = name, email, phone
    lea.save(update_fields=["contact_name", "contact_email", "contact_phone"])
    return lea


@transaction.atomic
def change_links(
    lea_id: int, *, website: str, guidance_url: str, policy_part_time_url: str, policy_full_time_url: str
) -> Lea:
    """Where families read the district's guidance and its policies (R-143)."""
    lea = Lea.objects.select_for_update(of=("self",)).get(pk=lea_id)
    lea.website, lea.guidance_url = website, guidance_url
    lea.policy_part_time_url, lea.policy_full_time_url = policy_part_time_url, policy_full_time_url
    lea.save(update_fields=["website", "guidance_url", "policy_part_time_url", "policy_full_time_url"])
    return lea


@transaction.atomic
def change_window(
    lea_id: int, term_id: int, *, opens_on: dt.date | None, closes_on: dt.date | None
) -> RequestWindow | None:
    """When the district would like to get requests for a term; no dates: it has no window (R-14).

    IntegrityError if it closes before it opens.
    """
    Lea.objects.select_for_update(of=("self",)).get(pk=lea_id)
    if opens_on is None or closes_on is None:
        RequestWindow.objects.filter(lea=lea_id, term=term_id).delete()
        return None
    window, _is_new = RequestWindow.objects.update_or_create(
        lea_id=lea_id, term_id=term_id, defaults={"opens_on": opens_on, "closes_on": closes_on}
    )
    return window


@transaction.atomic
def change_term(term_id: int, *, starts_on: dt.date, ends_on: dt.date) -> Term:
    """The dates that a term usually has. IntegrityError if it ends before it starts."""
    term = Term.objects.select_for_update().get(pk=term_id)
    term.starts_on, term.ends_on = starts_on, ends_on
    term.save(update_fields=["starts_on", "ends_on"])
    return term
