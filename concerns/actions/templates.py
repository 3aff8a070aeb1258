"""Texts with which the office begins an answer."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import ResponseTemplate
from .entering import OnlyTheOffice


class TitleTaken(Refusal):
    sentence = _(
        "Another template has this title. Give this one a title of its own, or change the other one."
    )


@transaction.atomic
def save_template(
    template_id: int | None, *, by: Membership, title: str, category: str, text_en: str, text_es: str
) -> ResponseTemplate:
    """Keep a new template (None) or a changed one. The same twice is one. Raises OnlyTheOffice, TitleTaken."""
    if not by.is_dese:
        raise OnlyTheOffice
    values = {"title": title, "category": category, "text_en": text_en, "text_es": text_es}
    others = ResponseTemplate.objects.select_for_update().filter(is_retired=False, title=title)
    other = others.exclude(pk=template_id or 0).first()
    if other is not None:
        if template_id is None and all(getattr(other, name) == value for name, value in values.items()):
            return other
        raise TitleTaken
    template = ResponseTemplate(is_retired=False)
    if template_id is not None:
        template = ResponseTemplate.objects.select_for_update().get(pk=template_id)
    for name, value in values.items():
        setattr(template, name, value)
    template.save()
    return template


@transaction.atomic
def retire_template(template_id: int, *, retired: bool, by: Membership) -> ResponseTemplate:
    """Offer it no more, or again. Raises OnlyTheOffice, TitleTaken."""
    if not by.is_dese:
        raise OnlyTheOffice
    template = ResponseTemplate.objects.select_for_update().get(pk=template_id)
    if not retired and (
        ResponseTemplate.objects.filter(is_retired=False, title=template.title)
        .exclude(pk=template_id)
        .exists()
    ):
        raise TitleTaken
    template.is_retired = retired
    template.save(update_fields=["is_retired"])
    return template
