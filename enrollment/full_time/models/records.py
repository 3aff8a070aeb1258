"""The files with which a resident district answers a request for records."""

from django.db import models

from mocap_portal.foundation.shared.history import tracked

from .applications import ApplicationPaper, RecordsKind, RecordsRequest


@tracked()
class RecordsFile(models.Model):
    """One record that was sent: a paper of the application, and which of the records asked for it is."""

    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=17, choices=RecordsKind.choices)
    paper = models.OneToOneField(ApplicationPaper, on_delete=models.CASCADE, related_name="records_file")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "kind"], name="a_record_is_sent_once_for_a_request")
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.request_id}"
