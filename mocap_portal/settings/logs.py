"""Production's log: one JSON object per line on stdout, in which no person can be recognised.

What a line may hold is listed here; whatever else a library adds is left out. Of an error the kind and the places
in the code are kept but not its sentence, because a database's sentence quotes the row.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

KEPT = frozenset(
    {
        "timestamp",
        "level",
        "logger",
        "event",
        "request_id",
        "request",
        "code",
        "task",
        "task_id",
        "child_task_id",
        "child_task_name",
        "duration_ms",
        "error",
        "places",
    }
)


def reduce_error(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put an exception's kind in `error` and the lines it passed through in `places`."""
    event.pop("error", None)  # django-structlog puts the sentence there
    error = event.pop("exc_info", None)
    if error is True:  # `exception()` was called where the error was caught
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if not isinstance(error, BaseException):
        return event
    event["error"] = f"{type(error).__module__}.{type(error).__qualname__}"
    event["places"] = [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    record = event.get("_record")
    if isinstance(record, logging.LogRecord) and isinstance(record.msg, str):
        event["event"] = record.msg  # with its %s unfilled: they are often filled with the error
    return event


# The links that sign-in sends by mail: whoever reads the log must not be able to follow them.
ONE_TIME_KEY = re.compile(r"(/accounts/(?:password/reset/key|confirm-email)/)[^/]+")


def shorten_address(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep the path of a request; drop its query, in which people's searches are, and one-time keys.

    Django's own lines, about a form without its token for example, have the path in their sentence.
    """
    if isinstance(request := event.get("request"), str):
        event["request"] = request.partition("?")[0]
    for name in ("request", "event"):
        if isinstance(text := event.get(name), str):
            event[name] = ONE_TIME_KEY.sub(r"\1…", text)
    return event


def keep_known(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Leave out every key that is not listed in KEPT."""
    return {key: value for key, value in event.items() if key in KEPT}


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def processors() -> list[Processor]:
    """What structlog does with an event before it becomes a record of Python's logging."""
    return [
        structlog.stdlib.filter_by_level,
        *_shared(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ]


def logging_config() -> dict[str, Any]:
    """Django's LOGGING: everything to stdout through the processors above."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*_shared(), structlog.stdlib.ExtraAdder()],
                "processors": [
                    reduce_error,
                    shorten_address,
                    keep_known,
                    structlog.processors.JSONRenderer(),
                ],
            }
        },
        "handlers": {
            "stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}
        },
        "root": {"handlers": ["stdout"], "level": "INFO"},
        "loggers": {
            # These two say what django-structlog says better, with addresses, arguments and results in the text.
            "django.request": {"level": "CRITICAL"},
            "celery.app.trace": {"level": "CRITICAL"},
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }
