"""How a family asks, step by step: school, student and term, courses, signature. One idea a page.

Everything chosen is stored at once in the draft, so leaving, going back and clicking twice lose nothing.
"""

from .child import child, child_again, child_correct, school, start
from .courses import courses
from .sign import discard, sign

__all__ = ["child", "child_again", "child_correct", "courses", "discard", "school", "sign", "start"]
