"""A file that cannot be read at all, in one sentence for the person who sent it."""

from __future__ import annotations

from mocap_portal.foundation.shared.tabular import UnreadableFile


class Unusable(UnreadableFile):
    """Nothing of the file can be judged. `rule` is the id of the rule it breaks, None for a file of another sort."""

    def __init__(self, sentence: str, *, rule: str | None = None, column: str | None = None) -> None:
        super().__init__(sentence)
        self.rule = rule
        self.column = column
