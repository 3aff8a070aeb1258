"""Why an action did not do what it was asked.

Each refusal is a class beside its action and carries one translated sentence: where, what, what to do. A page shows
it as it is; a command prints it.
"""

from django.utils.functional import Promise


class Refusal(Exception):
    """An action refused. Nothing was changed."""

    sentence: str | Promise = ""

    def __init__(self, sentence: str | Promise = "") -> None:
        self.sentence = sentence or self.sentence
        super().__init__(str(self.sentence))
