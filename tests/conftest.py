"""Fixtures that more than one folder of tests uses."""

from tests.worker import mail_server, start_worker

__all__ = ["mail_server", "start_worker"]
