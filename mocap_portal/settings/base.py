"""What every way of running the portal shares. Values that differ come from the environment."""

from pathlib import Path
from urllib.parse import unquote

import environ
import pgtrigger
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parents[2]

DEBUG = False
DEMO = False  # one-click people, the mailbox page: never in production

ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
PORTAL_URL = env.str("PORTAL_URL", default="http://localhost:8000")  # links in mails start here

INSTALLED_APPS = [
    "mocap_portal.foundation.accounts.admin_config.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "template_partials",
    "mocap_portal.foundation.ui",
    "mocap_portal.foundation.directory",
    "mocap_portal.foundation.accounts",
    "mocap_portal.foundation.clocks",
    "mocap_portal.foundation.papers",
    "providers",
    "enrollment.records",
    "enrollment.part_time",
    "enrollment.registration",
    "enrollment.full_time",
    "enrollment.transfers",
    "enrollment.attendance",
    "enrollment.progress",
    "enrollment.membership",
    "enrollment.certification",
    "coredata",
    "coredata.reconcile",
    "coredata.june",
    "concerns",
    "concerns.movip",
    "concerns.patterns",
    "concerns.retention",
    "mocap_portal.home",
    "mocap_portal.state_map",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mocap_portal.foundation.shared.headers.PrivacyHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mocap_portal.foundation.accounts.middleware.HatMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "mocap_portal.urls"
WSGI_APPLICATION = "mocap_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mocap_portal.foundation.ui.context.page",
                "mocap_portal.home.menu.nav",  # after the one above, whose menu is empty
            ],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.Jinja2"  # a page of filters has hundreds of options

# Database, cache, tasks ---------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default="postgresql:///mocap_portal")}
DATABASES["default"]["HOST"] = unquote(DATABASES["default"]["HOST"])  # %2F: the folder of a Unix socket
DATABASES["default"]["ATOMIC_REQUESTS"] = False  # an action opens its own transaction
# The temporary tables in which a whole state is compared; the server takes no more of it than it needs.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
    "options", f"-c temp_buffers={env.str('DATABASE_TEMP_BUFFERS', default='256MB')}"
)
if env.bool("DATABASE_POOL", default=False):  # the web server; a forked worker keeps plain connections
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 4, "timeout": 10}
elif seconds := env.int(
    "DATABASE_CONN_MAX_AGE", default=0
):  # the worker: what a connection has planned is not lost
    DATABASES["default"] |= {"CONN_MAX_AGE": seconds, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://"),
    }
}

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # a killed worker's task is delivered again; every task may run twice
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300}
CELERY_TIMEZONE = "America/Chicago"

# People -------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

# allauth limits tries per address and account by itself, and tells nobody whether an account exists.
# Its own stay. These are for the pages that anybody may open, by the address they are asked from; a school shares one,
# so nobody waits longer than five minutes.
ACCOUNT_RATE_LIMITS = {
    "check_letter": "20/5m/ip",  # codes of attendance letters
    "send_concern": env.str("CONCERN_RATE", default="20/5m/ip"),
    "open_concern": "20/5m/ip",  # numbers and secrets of concerns
    "go_on_with_concern": "30/5m/ip",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "mocap_portal.foundation.accounts.forms.SignInForm",
    "signup": "mocap_portal.foundation.accounts.forms.SignUpForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True  # one address per person; the old one holds until the new one is verified
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password or second factor is told by mail
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "mocap_portal.foundation.accounts.vault.SecondFactorAdapter"
MFA_TOTP_ISSUER = "MOCAP portal"
MFA_TOTP_TOLERANCE = 1  # phones' clocks are up to half a minute off
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 8
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Words, time, looks -------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "mocap_portal" / "locale"]
FORMAT_MODULE_PATH = "mocap_portal.locale"
TIME_ZONE = "America/Chicago"  # a due day ends at midnight in Missouri
USE_TZ = True
FORMS_URLFIELD_ASSUME_HTTPS = True

CRISPY_ALLOWED_TEMPLATE_PACKS = ["uswds"]
CRISPY_TEMPLATE_PACK = "uswds"
DJANGO_TABLES2_TEMPLATE = "components/table.html"
DJANGO_TABLES2_TABLE_ATTRS = {"class": "usa-table usa-table--borderless usa-table--stacked portal-table"}

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "media"))
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700  # letters name children
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# History, mail, logs ------------------------------------------------------------------------------

PGHISTORY_LEVEL = pgtrigger.core.Statement  # bulk writes are history too

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="MOCAP portal <no-reply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 30  # seconds; the outbox holds a row while it waits for the mail server

# Core data files ----------------------------------------------------------------------------------

CORE_DATA_MOST_BYTES = env.int(
    "CORE_DATA_MOST_BYTES", default=150_000_000
)  # the largest district sends about 60 MB
CORE_DATA_MOST_COLUMNS = env.int("CORE_DATA_MOST_COLUMNS", default=300)  # Student Core has about 110
CORE_DATA_LONGEST_LINE = env.int("CORE_DATA_LONGEST_LINE", default=100_000)  # characters
# Whether a provider's report without errors and warnings is accepted without a reviewer.
PROVIDER_REPORTS_ACCEPT_CLEAN = env.bool("PROVIDER_REPORTS_ACCEPT_CLEAN", default=False)
# Approvals, October, June and provider reports are compared each night, and for so long after a school year has ended.
RECONCILE_DAYS_AFTER_YEAR = env.int("RECONCILE_DAYS_AFTER_YEAR", default=120)
RECONCILE_LEAS_AT_ONCE = env.int("RECONCILE_LEAS_AT_ONCE", default=300)  # in one transaction
RECONCILE_PIECES_AT_ONCE = env.int("RECONCILE_PIECES_AT_ONCE", default=2)  # each on a connection of its own
# How many days a side has to answer in the room of a mismatch before it goes to the MOCAP office.
RECONCILE_SILENCE_DAYS = env.int("RECONCILE_SILENCE_DAYS", default=14)

# Files of strangers ---------------------------------------------------------------------------------

# The virus scanner: host:port or the path of a Unix socket. Without one, files are kept and called unscanned.
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="")
CLAMD_SECONDS = env.float("CLAMD_SECONDS", default=20.0)  # how long its answer is waited for

# Concerns -------------------------------------------------------------------------------------------

CONCERN_OPEN_MINUTES = env.int("CONCERN_OPEN_MINUTES", default=30)  # a browser reads what it opened or sent
CONCERN_LEAST_SECONDS = env.int(
    "CONCERN_LEAST_SECONDS", default=5
)  # nobody reads and fills in the form faster
CONCERN_MOST_HOURS = env.int("CONCERN_MOST_HOURS", default=24)  # how long an opened form can be sent
CONCERN_REOPEN_DAYS = env.int("CONCERN_REOPEN_DAYS", default=60)  # calendar days after it was closed

# Old transcripts --------------------------------------------------------------------------------------

TRANSCRIPT_OPEN_MINUTES = env.int("TRANSCRIPT_OPEN_MINUTES", default=30)  # after number and secret were typed
ACCOUNT_RATE_LIMITS |= {  # of one source
    "ask_transcript": "20/h/ip",
    "open_transcript": "20/5m/ip",
    "check_transcript": "20/5m/ip",
}

# What providers' programs ask --------------------------------------------------------------------------

API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=60)  # of one token
API_KEY_HOURS = env.int("API_KEY_HOURS", default=24)  # how long an Idempotency-Key keeps its answer

# Full-time programs -------------------------------------------------------------------------------

# Whether the nightly look at programs' policies may open addresses of this machine and its network.
POLICY_LINKS_MAY_BE_PRIVATE = env.bool("POLICY_LINKS_MAY_BE_PRIVATE", default=False)

# What runs by itself (times in CELERY_TIMEZONE) ------------------------------------------------------

# From when on the work of a night is done, Central time.
NIGHT_STARTS = env.str("NIGHT_STARTS", default="02:00")

CELERY_BEAT_SCHEDULE = {
    "send what waits in the outbox": {"task": "papers.send_waiting", "schedule": 60.0},
    # Once a day per person: the later tries are for mornings on which nothing ran.
    "send the mails of the day": {
        "task": "papers.send_digests",
        "schedule": crontab(hour="6-17", minute="30"),
    },
    "scan files of concerns": {
        "task": "concerns.tasks.scan_waiting",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "tell moved due days": {"task": "enrollment.part_time.tasks.tell_moves", "schedule": 60.0},
    "sort concerns": {
        "task": "concerns.tasks.sort_received",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "tell moved days of concerns": {"task": "concerns.tasks.tell_moves", "schedule": 60.0},
    "mail about drafts": {
        "task": "enrollment.part_time.tasks.remind_drafts",
        "schedule": crontab(hour="9-17", minute="15"),
    },
    "forget what was not sent": {
        "task": "enrollment.part_time.tasks.forget_unfinished",
        "schedule": crontab(hour="3", minute="45"),
    },
    "ask for notices of cessation": {
        "task": "enrollment.certification.tasks.open_cessations",
        "schedule": 60.0,
    },
    "tell moved days to confirm": {"task": "enrollment.registration.tasks.tell_moves", "schedule": 60.0},
    "tell moved days of programs": {"task": "enrollment.full_time.tasks.tell_moves", "schedule": 60.0},
    "tell moved days to send options": {"task": "enrollment.attendance.tasks.tell_moves", "schedule": 60.0},
    # Before the mails of the day; each due point is told of once.
    "tell of overdue progress reports": {
        "task": "enrollment.progress.tasks.chase_reports",
        "schedule": crontab(hour="3-6", minute="25"),
    },
    "plan assessments for who entered late": {
        "task": "enrollment.progress.tasks.plan_latecomers",
        "schedule": crontab(hour="3-6", minute="35"),
    },
    # From two in the morning on; all day long, so that a missed night is made up for soon.
    "run the night": {
        "task": "home.chase_nights",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240},
    },
    # Pages do not wait for it: they look at the birth date.
    "end the rights of parents whose child is of age": {
        "task": "records.end_outgrown",
        "schedule": crontab(hour="2-6", minute="20"),
    },
    # Before the mails of the day; the later tries are for mornings on which nothing ran.
    "ask who keeps which role": {"task": "home.review_roles", "schedule": crontab(hour="5-16", minute="45")},
    "check files that wait": {"task": "coredata.tasks.check_waiting", "schedule": crontab(minute="*/5")},
    # Most often there is nothing to do: a night that was missed or failed is made up for soon.
    "compare what was reported": {
        "task": "coredata.reconcile.tasks.compare_missed",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240},
    },
    "compare what came in": {
        "task": "coredata.reconcile.tasks.compare_newer",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    # Before the mails of the day; the later tries are for mornings on which nothing ran.
    "hand silent rooms to the state office": {
        "task": "coredata.reconcile.tasks.escalate_silent",
        "schedule": crontab(hour="3-6", minute="35"),
    },
    "ask providers for reports": {
        "task": "coredata.tasks.chase_reports",
        "schedule": crontab(hour="5-8", minute="15"),
    },
    # Later tries are for nights on which nothing ran.
    "destroy what districts sent long ago": {
        "task": "coredata.tasks.destroy_old_bytes",
        "schedule": crontab(hour="3-6", minute="5"),
    },
    "destroy rows of reports that no longer count": {
        "task": "coredata.tasks.destroy_old_report_rows",
        "schedule": crontab(hour="3-6", minute="35"),
    },
    "forget what programs were answered": {
        "task": "coredata.tasks.forget_answers",
        "schedule": crontab(minute="50"),
    },
    "look whether policies open": {
        "task": "enrollment.full_time.tasks.check_policies",
        "schedule": crontab(hour="3", minute="20"),
    },
    # Before people come to work, and before the mails of the day.
    "flag students who are not engaged": {
        "task": "enrollment.attendance.tasks.flag_students",
        "schedule": crontab(hour="3-5", minute="10"),
    },
    # What its own task did not scan: the scanner was silent, or nobody heard of it.
    "scan papers of transcript requests": {"task": "movip.scan_waiting", "schedule": 60.0},
    # Before the mails of the day; the later tries are for mornings on which nothing ran.
    "look whether concerns rise": {
        "task": "concerns.patterns.tasks.look_at_the_night",
        "schedule": crontab(hour="2-6", minute="40"),
    },
    # Most often there is nothing to do: what a killed worker has left is gone on with.
    "let go of what two people have confirmed": {
        "task": "concerns.retention.tasks.dispose_confirmed",
        "schedule": crontab(minute="*/10"),
    },
    "heartbeat": {"task": "home.heartbeat", "schedule": 20.0, "options": {"expires": 20}},
}
