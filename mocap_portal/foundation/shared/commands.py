"""What the portal's own commands have in common: their exit codes, and one JSON object on stdout."""

import json
import sys
from collections.abc import Mapping
from enum import IntEnum
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from .tabular import UnreadableFile


class Exit(IntEnum):
    """How a command ends."""

    CLEAN = 0
    PROBLEMS = 1
    UNREADABLE = 2
    WRONG_USAGE = 64


class PortalCommand(BaseCommand):
    """A command whose answer goes to stdout, as words or as exactly one JSON object; all else goes to stderr."""

    requires_system_checks = ()  # the answer does not depend on them, and they may write

    def run_from_argv(self, argv: list[str]) -> None:
        # argparse ends wrong usage with 2; here 2 says that the input is unreadable.
        self._called_from_command_line = True
        try:
            self.create_parser(argv[0], argv[1]).parse_args(argv[2:])
        except SystemExit as end:
            sys.exit(Exit.WRONG_USAGE if end.code == 2 else end.code)
        super().run_from_argv(argv)

    def read_input(self, file: Path) -> bytes:
        """The bytes of a file. Raises UnreadableFile."""
        try:
            return file.read_bytes()
        except OSError as error:
            raise UnreadableFile(_("The file %(file)s cannot be read.") % {"file": file}) from error

    def answer(self, answer: Mapping[str, Any]) -> None:
        """Print the one JSON object."""
        self.stdout.write(json.dumps(answer, ensure_ascii=False))

    def leave(self, code: Exit, sentence: str) -> NoReturn:
        """End the command with a sentence on stderr."""
        self.stderr.write(sentence)
        sys.exit(code)
