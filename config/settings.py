"""All settings. What a deployment may change is read from the environment, here at the top.

Production is what has DATABASE_URL, or says CONTRESEING_ENV=production: it refuses to start with a demo secret or
DEBUG.
"""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from psycopg.conninfo import conninfo_to_dict

from config import embedded, mailers
from config.environment import flag, items, number, read, with_password
from config.observing import logs, sentry

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = embedded.var_dir()


DATABASE_URL = read("DATABASE_URL")
DATABASE_OWNER_URL = read("DATABASE_OWNER_URL")
DATABASE_PASSWORD = read("DATABASE_PASSWORD")
DATABASE_OWNER_PASSWORD = read("DATABASE_OWNER_PASSWORD")
DATABASE_POOL_SIZE = number("DATABASE_POOL_SIZE", 20)
REDIS_URL = with_password(read("REDIS_URL"), read("REDIS_PASSWORD"))
MAILER = read("MAILER")
PORT = number("PORT", 8000)
BASE_URL = read("BASE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
CONTRESEING_DEMO = flag("CONTRESEING_DEMO")
# Puts the product's one clock at another moment; tests change it, nobody else.
CLOCK_OFFSET_SECONDS = 0
PRODUCTION = read("CONTRESEING_ENV", "production" if DATABASE_URL else "development") == "production"
BEHIND_PROXY = flag("BEHIND_PROXY")

DEMO_SECRET = "contreseing-demo-secret-for-a-machine-of-ones-own"  # noqa: S105 - refused in production
SECRET_KEY = read("SECRET_KEY", DEMO_SECRET)
SECRET_KEY_FALLBACKS = items("SECRET_KEY_FALLBACKS")
DEBUG = flag("DEBUG")
ALLOWED_HOSTS = items("ALLOWED_HOSTS")
DEFAULT_FROM_EMAIL = read("MAIL_FROM", "Contreseing <ne-pas-repondre@contreseing.example>")
LOG_LEVEL = read("LOG_LEVEL", "INFO")
SLOW_STATEMENT_MS = number("SLOW_STATEMENT_MS", 500)
METRICS_TOKEN = read("METRICS_TOKEN")
SENTRY_DSN = read("SENTRY_DSN")
PASSWORD_LIST = read("PASSWORD_LIST")
OPERATOR_SECOND_FACTOR = flag("OPERATOR_SECOND_FACTOR")


def _refusals() -> list[str]:
    """Every reason why this configuration must not serve real people."""
    wrong = {
        "DATABASE_URL is missing: the embedded database is for demo and development.": not DATABASE_URL,
        "SECRET_KEY is missing or the demo's: set one of at least 50 random characters.": (
            SECRET_KEY == DEMO_SECRET or len(SECRET_KEY) < 50
        ),
        "DEBUG is on: it shows personal data to anyone.": DEBUG,
        "CONTRESEING_DEMO is on: its accounts have a known password.": CONTRESEING_DEMO,
        "ALLOWED_HOSTS is missing: name the hosts that this site answers to.": not ALLOWED_HOSTS,
        "PASSWORD_LIST names a file that is not there.": bool(PASSWORD_LIST) and not Path(PASSWORD_LIST).is_file(),
        "MAILER is missing: nobody would get a mail, nor the code to sign in.": not MAILER,
    }
    return [reason for reason, applies in wrong.items() if applies]


if PRODUCTION and (_refused := _refusals()):
    raise ImproperlyConfigured("Contreseing does not start in production. " + " ".join(_refused))
if not PRODUCTION:
    ALLOWED_HOSTS = ALLOWED_HOSTS or ["127.0.0.1", "localhost", "[::1]"]

# --- What the product is made of ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "config",
    "interventions",
    "portals",
    "tracking",
    "config.operator_app.OperatorAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "anymail",
    "django_htmx",
    "django_structlog",
    "pgtrigger",
]

MIDDLEWARE = [
    "config.headroom.Headroom",
    "config.observing.health.Health",
    "config.observing.metrics.Figures",
    "django.middleware.security.SecurityMiddleware",
    "portals.web.privacy.LinkPrivacy",
    # Static files need no policy of their own, and weigh less without.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.powers.NoPowers",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    # Pages, compressed. Against BREACH: tokens are masked anew in each page, and this middleware varies the length.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.only_text.OnlyText",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portals.accounts.limits.SessionLimits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.observing.requests.Requests",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.csp",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portals.web.context.portal",
            ],
        },
    },
]

# Fields and their controls come out in our markup (templates/components, templates/django/forms).
FORM_RENDERER = "portals.web.forms.Renderer"

# --- Database: `default` works as the role app, `owner` migrates ---------------------------------------------------


def _database(url: str, password: str = "") -> dict[str, Any]:
    """Turn a postgresql:// address into what Django asks for; its other parameters go to the driver.

    `password` is that of an address that names none.
    """
    parts = ({"password": password} if password else {}) | dict(conninfo_to_dict(url))
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    database: dict[str, Any] = {key: str(parts.pop(part, "") or "") for key, part in named.items()}
    options: dict[str, Any] = {"application_name": embedded.APPLICATION_NAME, "connect_timeout": 5, **parts}
    return {"ENGINE": "django.db.backends.postgresql", **database, "OPTIONS": options}


def _embedded_url(role: str) -> str:
    return f"postgresql://{role}@/{embedded.DATABASE}?host={quote(str(embedded.socket_dir()))}"


DATABASES = {"default": _database(DATABASE_URL or _embedded_url(embedded.APP), DATABASE_PASSWORD)}
# The pool must serve every thread of a process, or the last ones wait for nothing. While the database is down, whoever
# asks is told so within 3 seconds, and whoever asks next tries anew: the pool's own pauses double up to minutes.
DATABASES["default"]["OPTIONS"]["pool"] = {
    "min_size": 1,
    "max_size": DATABASE_POOL_SIZE,
    "timeout": 2.5,
    "reconnect_timeout": 2,
}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# From the first time on, and only what is asked within `interventions.prepared`: Django's own cursors never prepare.
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 0
if DATABASE_OWNER_URL or not DATABASE_URL:
    # Web and worker need not know the owner's address; only `migrate` does.
    DATABASES["owner"] = _database(DATABASE_OWNER_URL or _embedded_url(embedded.OWNER), DATABASE_OWNER_PASSWORD)
    DATABASES["owner"]["TEST"] = {"NAME": read("TEST_DATABASE", "test_" + DATABASES["owner"]["NAME"])}

AUTH_USER_MODEL = "interventions.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache: shared between processes, since the rate limits of sign-in live in it ------------------------------------

_REDIS_BOUNDS = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}

CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "config.cache.RedisOrDatabase",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "contreseing",
        "OPTIONS": _REDIS_BOUNDS,
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
}
if REDIS_URL:
    # While Redis does not answer. `migrate` makes its table.
    CACHES["database"] = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}

# --- Mail: without MAILER nothing leaves, the manager reads the outbox in the product ------------------------------

_SERVICES = mailers.named(MAILER, read("MAILERS"))
MAILERS = {name: mailers.backend(url) for name, url in _SERVICES.items()}
MAILER_LIMITS = {name: mailers.limits(url) for name, url in _SERVICES.items()}
# «user:password» of the addresses under /courrier/, by which the mail service says what became of mails.
ANYMAIL = {"WEBHOOK_SECRET": read("MAIL_EVENTS_SECRET"), "REQUESTS_TIMEOUT": mailers.TIMEOUT}

# --- Background work: never published inside a request; a frozen broker must not hold anybody ----------------------

_FOLDER_BROKER = {
    "data_folder_in": str(VAR_DIR / "celery" / "messages"),
    "data_folder_out": str(VAR_DIR / "celery" / "messages"),
    "control_folder": str(VAR_DIR / "celery" / "control"),
}

CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS = _REDIS_BOUNDS | {"max_retries": 0} if REDIS_URL else _FOLDER_BROKER
CELERY_BROKER_CONNECTION_TIMEOUT = 0.5
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TIMEZONE = "Europe/Paris"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Every sender of every service at once leaves two threads for the rest; `--concurrency` says otherwise.
CELERY_WORKER_CONCURRENCY = min(sum(one["parallel"] for one in MAILER_LIMITS.values()) + 2, DATABASE_POOL_SIZE)
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "remember-beat": {"task": "config.tasks.remember_beat", "schedule": 30, "options": {"expires": 60}},
    # A large lot is taken up at once by a nudge; this finds what a worker that died has left.
    "carry-on-batches": {"task": "tracking.tasks.carry_on_batches", "schedule": 5},
    "carry-on-imports": {"task": "portals.tasks.carry_on_imports", "schedule": 5},
    # Each job looks by itself whether its time has come, on each agency’s clock.
    "run-jobs": {"task": "interventions.jobs.run_jobs", "schedule": 600},
    "seal-journal": {"task": "interventions.jobs.seal_journal", "schedule": 120, "options": {"expires": 120}},
}
# Each mail service has a task of its own, so that a slow one holds up none of the others. In the demo one watches;
# elsewhere the undo window has passed already, and seconds matter to nobody.
CELERY_BEAT_SCHEDULE |= {
    f"deliver-due-mails-{_name}": {
        "task": "interventions.tasks.deliver_due_mails",
        "schedule": 5 if CONTRESEING_DEMO else 20,
        "args": [_name],
        # One that nobody took before the next is no loss.
        "options": {"expires": 20},
    }
    for _name in MAILERS
}

# What one transaction of a large lot does: long enough to be cheap, short enough to stop soon and to lose little.
BATCH_PART_ROWS = 1000

if not REDIS_URL:
    for _folder in _FOLDER_BROKER.values():
        Path(_folder).mkdir(parents=True, exist_ok=True)

# --- Words, days and hours: each agency has its own time zone, this one is for what belongs to none -----------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# --- Static files --------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(read("STATIC_DIR", str(VAR_DIR / "static")))
# Scans of signed sheets and letters: never below what a web server serves, and part of every backup.
MEDIA_ROOT = Path(read("ATTACHMENTS_DIR", str(VAR_DIR / "attachments")))
# In development whitenoise finds the files where they lie, so that nothing need be collected first.
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
if not PRODUCTION:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "portals.web.stylesheets.Bundled"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- Security ------------------------------------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "worker-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "portals.web.errors.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
# Hosts below this one, and browsers' built-in lists, are for whoever owns the domain: the proxy can say more.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
CSRF_TRUSTED_ORIGINS = [
    f"https://{host.replace('.', '*.', 1) if host.startswith('.') else host}" for host in ALLOWED_HOSTS
]
if BEHIND_PROXY:
    # Only a proxy that sets this header itself may stand in front: it is believed.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Sign-in: a code by mail or a password. Accounts come from the agencies' files, nobody signs up ------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
_VALIDATION = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": _VALIDATION + "MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": _VALIDATION + "CommonPasswordValidator"},
    {"NAME": _VALIDATION + "UserAttributeSimilarityValidator"},
]
if PASSWORD_LIST:
    AUTH_PASSWORD_VALIDATORS.append(
        {"NAME": _VALIDATION + "CommonPasswordValidator", "OPTIONS": {"password_list_path": PASSWORD_LIST}}
    )
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# The longest of all (portals.accounts.limits ends them sooner), so that the cookie is not what ends a session.
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_ENGINE = "config.sessions"
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
ACCOUNT_ADAPTER = "portals.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
# Counted in the cache, which all processes share. Three tries a code, so a day of guesses has 1 chance in 10,000, as
# it has with 30 tries of a second factor, of whose codes three fit at a time.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "20/m/ip,3/m/key,30/d/key",
    "login_failed": "10/m/ip,5/5m/key",
    "second_factor": "5/5m/key,30/d/key",
}
MFA_ADAPTER = "portals.accounts.second.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Contreseing"
# Half a minute before and after: phones’ clocks are not ours.
MFA_TOTP_TOLERANCE = 1

# --- Logs: one line an event, in JSON where machines read them -----------------------------------------------------

LOGGING = logs.configured(LOG_LEVEL, as_json=PRODUCTION, folder_broker=not REDIS_URL)
# Who is a number; where from is nobody's business.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

if SENTRY_DSN:
    sentry.start(SENTRY_DSN, "production" if PRODUCTION else "development")
