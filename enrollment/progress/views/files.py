"""Reports from a file: what its columns mean, and the place to send one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.shared.tabular import UnreadableFile

from .. import actions
from ..forms.files import ReportFileForm
from ..models import WRITING_ROLES
from ..report_file import COLUMNS, MOST_ROWS
from ..tables import FileProblemTable

MOST_PROBLEMS = 200  # on the page: who has more mends these first


@for_roles(*WRITING_ROLES)
def upload(request: HatRequest) -> HttpResponse:
    """Stores a whole file, or says line by line what is wrong and stores nothing of it."""
    form = ReportFileForm(request.POST or None, request.FILES or None)
    table = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data["file"].read()
        try:
            found = actions.import_reports(data, by=request.hat, at=timezone.now())
        except UnreadableFile as error:
            form.add_error("file", str(error))
        except actions.FileRefused as error:
            form.add_error(
                "file", _("Nothing of this file was stored. Mend the lines below and send it again.")
            )
            table = FileProblemTable(error.problems[:MOST_PROBLEMS])
        else:
            sentence = _(
                "The file is stored. New: %(new)d. Corrected: %(corrected)d. There already: %(same)d."
            )
            messages.success(request, sentence % vars(found))
            return redirect("progress:students")
    context = {"form": form, "columns": COLUMNS, "most_rows": MOST_ROWS, "table": table}
    return render(request, "progress/upload.html", context)
