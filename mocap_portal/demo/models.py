"""What only the demo stores. None of these tables exists in production."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership


class DemoPart(models.Model):
    """A part of the demo that is built; building it again changes nothing."""

    name = models.CharField(max_length=40, unique=True)
    built_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class DemoPerson(models.Model):
    """A hat that anybody who sees the demo may put on with one click. No other hat can be."""

    hat = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(unique=True)
    about = models.CharField(max_length=200, help_text=_("What this person is here for"))

    def __str__(self) -> str:
        return str(self.hat_id)


class DemoMail(models.Model):
    """A mail as it arrived for one person. A second copy of the same mail is dropped, as mail systems do."""

    message_id = models.CharField(max_length=255)
    to = models.EmailField()
    subject = models.CharField(max_length=255)
    body = models.TextField()
    arrived_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message_id", "to"], name="a_mail_arrives_once_per_person")
        ]
        indexes = [models.Index(fields=["to", "-arrived_at"], name="demo_mail_by_person")]

    def __str__(self) -> str:
        return self.subject
