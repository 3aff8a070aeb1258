# The portal as production runs it: one image for web, worker and beat. Built without any address of a package
# index; pip and npm ask whichever they are configured for.

FROM node:24-bookworm-slim AS front-end
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund

FROM python:3.11-slim-bookworm AS packages
COPY requirements.lock .
RUN python -m venv /srv/packages && /srv/packages/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.11-slim-bookworm
ENV PATH=/srv/packages/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=mocap_portal.settings.production \
    MEDIA_ROOT=/var/lib/portal/media
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/portal portal \
    && mkdir /var/lib/portal/media /var/lib/portal/beat \
    && chown -R portal:portal /var/lib/portal
WORKDIR /srv/portal
COPY --from=packages /srv/packages /srv/packages
COPY . .
# The key and the host of this step are thrown away: collecting files needs settings that start, not the real ones.
RUN --mount=from=front-end,source=/build/node_modules,target=/build/node_modules \
    python -m mocap_portal.foundation.ui.vendor /build/node_modules static/vendor \
    && SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" ALLOWED_HOSTS=build \
       python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q .
USER portal
VOLUME ["/var/lib/portal/media"]
EXPOSE 8000
# As many threads in a worker as its pool has connections (settings/base.py): what comes on top waits, and never fails.
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "mocap_portal.wsgi:application"]
