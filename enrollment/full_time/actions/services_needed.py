"""Whether a program may decide yet about a student with an IEP or a 504 plan, and what is missing (R-41).

Reads only.
"""

from django.utils.translation import gettext as _

from ..models import FindingOutcome, ProgramApplication, ServicesAgreement, ServicesFinding, Side


def finding_missing(application: ProgramApplication) -> str | None:
    """The step that has to come before a refusal, as a sentence: the team has found whether the student can be served.

    An agreement is not needed: whoever is not admitted is not served.
    """
    if application.has_iep_or_504 is False or ServicesFinding.objects.standing(application.pk):
        return None
    return _(
        "The finding of the IEP or 504 team is missing. A student with a plan is not refused before the team has met."
    )


def services_missing(application: ProgramApplication) -> str | None:
    """The step that has to come before an admission, as a sentence; None when nothing about services is missing.

    Nothing is, when the family says that there is no plan and no team found otherwise, when the team's newest finding
    is *not needed*, or when an agreement is signed by both sides.
    """
    finding = ServicesFinding.objects.standing(application.pk)
    if finding is None:
        if application.has_iep_or_504 is False:
            return None
        return _("The finding of the IEP or 504 team is missing. Record what the team found.")
    if finding.outcome == FindingOutcome.NOT_NEEDED or ServicesAgreement.objects.standing(application.pk):
        return None
    agreement = ServicesAgreement.objects.newest(application.pk)
    if agreement is None:
        return _(
            "The services agreement is missing. Host and resident district agree who serves the student, and sign."
        )
    return unsigned_words(agreement)


def unsigned_words(agreement: ServicesAgreement) -> str:
    """Whose signature a version waits for, that is not signed by both sides."""
    both = _(
        "Version %(version)d of the services agreement waits for the signatures of host and resident district."
    )
    one = {
        Side.HOST: _("Version %(version)d of the services agreement waits for the signature of the host."),
        Side.RESIDENT: _(
            "Version %(version)d of the services agreement waits for the signature of the resident district."
        ),
    }
    sentence = both if len(agreement.unsigned) > 1 else one[agreement.unsigned[0]]
    return sentence % {"version": agreement.version}
