"""Days as a form sends them."""

import datetime as dt


def memorable(name: str, day: dt.date) -> dict[str, str]:
    """A date as the three boxes of a field send it."""
    return {f"{name}_month": str(day.month), f"{name}_day": str(day.day), f"{name}_year": str(day.year)}
