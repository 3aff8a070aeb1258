"""A planted state (coredata.synthesis.planting) into an empty portal, for tests, the demo and benchmarks only.

What the directory and the districts' requests say is laid in bulk, past the actions that people use; what districts and
providers send goes the way of every file.
"""

from .laying import lay
from .sending import send
from .tables import State

__all__ = ["State", "lay", "send"]
