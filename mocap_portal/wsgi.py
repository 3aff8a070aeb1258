"""What a web server loads."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mocap_portal.settings.production")

application = get_wsgi_application()

# Every view and form is loaded now, not by the first visitor. All of it stays as long as the server runs, so nothing of
# it is garbage: to look it over again each time held up every visitor of that moment, by 0.3 s.
reverse("home")
gc.collect()
gc.freeze()
