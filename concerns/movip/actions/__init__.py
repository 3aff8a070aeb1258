"""The only writers of requests for old transcripts, of their papers, and of the archive."""

from .answering import (
    FactsChanged,
    NothingChosen,
    hand_out,
    issue,
    miss,
    recall,
    save_own,
    send_on,
)
from .archive import ImportReport, import_archive
from .asking import Asked, ConsentMissing, TooManyPapers, add_paper, ask
from .checking import ProofMissing, ask_proof, assign, check_identity, close, reopen, uncheck_identity
from .looking import NotOfTheSearch, RowsChanged, choose, look_elsewhere, search_archive
from .papers import NeverOpened, open_paper, scan_paper
from .steps import NotPossibleNow

__all__ = [
    "Asked",
    "ConsentMissing",
    "FactsChanged",
    "ImportReport",
    "NeverOpened",
    "NotOfTheSearch",
    "NotPossibleNow",
    "NothingChosen",
    "ProofMissing",
    "RowsChanged",
    "TooManyPapers",
    "add_paper",
    "ask",
    "ask_proof",
    "assign",
    "check_identity",
    "choose",
    "close",
    "hand_out",
    "import_archive",
    "issue",
    "look_elsewhere",
    "miss",
    "open_paper",
    "recall",
    "reopen",
    "save_own",
    "scan_paper",
    "search_archive",
    "send_on",
    "uncheck_identity",
]
