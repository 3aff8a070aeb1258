"""Names: what nobody sees is not kept of them."""

import pytest
from django import forms

from mocap_portal.foundation.shared.names import NameField


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Robin\u202enibor", "Robinnibor"),  # turns the direction of all that follows
        ("Ro\u200bbin\u2060 Reyes\ufeff", "Robin Reyes"),  # looks like another Robin Reyes and is not
        ("Robin\nReyes", "Robin Reyes"),
        ("Rene\u0301e", "Ren\u00e9e"),
        ("زهرا\u200cسادات", "زهرا\u200cسادات"),  # the joiner is part of the name
        ("D’Angelo–O'Neil", "D’Angelo–O'Neil"),
    ],
)
def test_a_name_is_what_one_sees_of_it(typed: str, kept: str) -> None:
    assert NameField(max_length=60).clean(typed) == kept


def test_a_name_of_which_nothing_is_seen_is_none() -> None:
    with pytest.raises(forms.ValidationError) as refusal:
        NameField().clean("\u200b\u202e")
    assert refusal.value.code == "required"
