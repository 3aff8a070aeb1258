"""The portal's roof: settings, addresses, the home pages, the demo."""

from mocap_portal.celery import app as celery_app

__all__ = ["celery_app"]
