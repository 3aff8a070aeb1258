"""The only writers of concerns, of what is said about them and of their files.

Of the office and of whom it asks by name; what the writer does stands in `sending`, files in `filing`.
"""

from .asking import (
    ANSWERING_ROLES,
    NamesTheWriter,
    NotAskedOfYou,
    WaitsAlready,
    WasAnswered,
    WasTakenBack,
    answer,
    ask,
    ask_writer,
    take_question_back,
)
from .assigning import (
    LINKED,
    MOST_TAGS,
    NotOfTheOffice,
    TooManyTags,
    assign,
    link,
    note,
    tag,
    unlink,
    words_of,
)
from .bulk import MOST_AT_ONCE, NothingFits, TooMany, Undone, assign_many, close_many, fits, undo
from .closing import NoWords, StillAsked, close, reopen, write
from .entering import MovedOn, OnlyTheOffice, newest
from .joining import NotOpen, WithItself, join, separate
from .moving import follow_moves
from .rules import EndsBeforeItStarts, OnlyAdministrators, add_rule, end_rule, move_rule
from .sorting import CORRECTED, sort, sort_received
from .templates import TitleTaken, retire_template, save_template

__all__ = [
    "ANSWERING_ROLES",
    "CORRECTED",
    "LINKED",
    "MOST_AT_ONCE",
    "MOST_TAGS",
    "EndsBeforeItStarts",
    "MovedOn",
    "NamesTheWriter",
    "NoWords",
    "NotAskedOfYou",
    "NotOfTheOffice",
    "NotOpen",
    "NothingFits",
    "OnlyAdministrators",
    "OnlyTheOffice",
    "StillAsked",
    "TitleTaken",
    "TooMany",
    "TooManyTags",
    "Undone",
    "WaitsAlready",
    "WasAnswered",
    "WasTakenBack",
    "WithItself",
    "add_rule",
    "answer",
    "ask",
    "ask_writer",
    "assign",
    "assign_many",
    "close",
    "close_many",
    "end_rule",
    "fits",
    "follow_moves",
    "join",
    "link",
    "move_rule",
    "newest",
    "note",
    "reopen",
    "retire_template",
    "save_template",
    "separate",
    "sort",
    "sort_received",
    "tag",
    "take_question_back",
    "undo",
    "unlink",
    "words_of",
    "write",
]
