"""./portal manage build_demo [--people]"""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from mocap_portal.demo.builder import NotTheDemo, build
from mocap_portal.demo.builder.people import PASSWORD
from mocap_portal.demo.models import DemoPerson
from mocap_portal.foundation.shared.commands import Exit, PortalCommand


class Command(PortalCommand):
    help = "Build the demo's districts, people and requests. Running it twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", action="store_true", help="list who can sign in")

    def handle(self, *args: Any, people: bool, **options: Any) -> None:
        try:
            built = build(at=timezone.now())
        except NotTheDemo as error:
            self.leave(Exit.WRONG_USAGE, str(error))
        self.stderr.write(f"Built: {', '.join(built)}." if built else "The demo was built before.")
        if people:
            self.list_people()

    def list_people(self) -> None:
        """Everybody with a card, as a table."""
        rows = [
            (person.hat.user.name, str(person.hat), person.hat.user.email)
            for person in DemoPerson.objects.select_related("hat__user", "hat__organization").order_by(
                "position"
            )
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())
        self.stdout.write(f"Password of each: {PASSWORD}. One click instead: /demo/people/")
