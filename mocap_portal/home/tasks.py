"""What runs by itself for the whole portal; when, says CELERY_BEAT_SCHEDULE."""

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from . import health, nights, reviews


@shared_task(name="home.heartbeat")
def heartbeat() -> None:
    """A worker lives and beat reaches it; health asks when that was last so."""
    cache.set(health.HEARTBEAT_KEY, timezone.now().isoformat(), timeout=None)


@shared_task(name="home.chase_nights")
def chase_nights() -> list[str]:
    """Run the night that has begun, and those missed before it. Returns their dates; most often there is none."""
    missed = nights.missed(timezone.now())
    for night in missed:
        nights.run(night, at=timezone.now())
    return [night.isoformat() for night in missed]


@shared_task(name="home.review_roles")
def review_roles() -> None:
    """Ask for the yearly review of roles when its day has come, and remind of those that are open."""
    reviews.run(at=timezone.now())
