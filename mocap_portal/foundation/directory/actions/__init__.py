"""Every change to the state's map."""

from .importing import ImportReport, import_directory

__all__ = ["ImportReport", "import_directory"]
