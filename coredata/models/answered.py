"""What a program was answered, kept for a while."""

from __future__ import annotations

from django.db import models

from mocap_portal.foundation.accounts.models import ApiToken


class AnsweredRequest(models.Model):
    """What was done for a program under a key of its own, and what it was answered.

    Sent again under the same key, it is answered the same and not done again. `asked`: the SHA-256 of what was sent.
    Gone after some hours.
    """

    token = models.ForeignKey(ApiToken, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=200)
    asked = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(default=0)
    location = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="a_key_of_a_token_is_answered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} of token {self.token_id}"
