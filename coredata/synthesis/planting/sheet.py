"""A file of a made-up district, to be changed row by row."""

from __future__ import annotations

from collections.abc import Iterator

SEPARATOR = ","  # no made-up value holds one


class Sheet:
    """Rows by column. A row that is taken out leaves its place empty, so that the places of the others hold."""

    def __init__(self, header: str, rows: list[str]) -> None:
        self.columns = {name: place for place, name in enumerate(header.split(SEPARATOR))}
        self.rows: list[str | None] = list(rows)

    def __getitem__(self, place: int) -> dict[str, str]:
        row = self.rows[place]
        if row is None:
            raise KeyError(place)
        return dict(zip(self.columns, row.split(SEPARATOR), strict=True))

    def change(self, places: range | list[int], **cells: str) -> None:
        for place in places:
            row = self.rows[place]
            if row is None:
                raise KeyError(place)
            values = row.split(SEPARATOR)
            for name, value in cells.items():
                values[self.columns[name]] = value
            self.rows[place] = SEPARATOR.join(values)

    def add(self, cells: dict[str, str]) -> int:
        """Put a row at the end; its place. What is not named is empty."""
        assert cells.keys() <= self.columns.keys(), cells.keys() - self.columns.keys()
        self.rows.append(SEPARATOR.join(cells.get(name, "") for name in self.columns))
        return len(self.rows) - 1

    def remove(self, places: range | list[int]) -> None:
        for place in places:
            self.rows[place] = None

    def widen(self, *names: str) -> None:
        """Add empty columns at the end, unless they are there."""
        for name in names:
            if name not in self.columns:
                self.columns[name] = len(self.columns)
                self.rows = [None if row is None else row + SEPARATOR for row in self.rows]

    def __iter__(self) -> Iterator[int]:
        """The places that have a row."""
        return (place for place, row in enumerate(self.rows) if row is not None)

    def having(self, value: str) -> list[int]:
        """The places of the rows in which some column has this value."""
        cell = SEPARATOR + value + SEPARATOR
        return [place for place, row in enumerate(self.rows) if row is not None and cell in row]

    def copy(self) -> Sheet:
        return Sheet(SEPARATOR.join(self.columns), [row for row in self.rows if row is not None])

    def text(self) -> str:
        return (
            "\n".join([SEPARATOR.join(self.columns), *(row for row in self.rows if row is not None)]) + "\n"
        )
