"""Hold every setting of Décroche. Each knob comes from the environment; docs/configuration.md lists them all."""

import contextlib
import os
import secrets
from datetime import UTC, date, datetime
from pathlib import Path

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from structlog.typing import Processor

from decroche.foundation import embedded_database
from decroche.foundation.logs import without_secrets

env = environ.Env()
PACKAGE_DIR = Path(__file__).resolve().parent.parent

# --- where we run ---------------------------------------------------------------------------

MODE = env.str("DECROCHE_MODE", default="development")
if MODE not in {"demo", "development", "test", "production"}:
    raise ImproperlyConfigured(f"DECROCHE_MODE={MODE}: choose demo, development, test or production")
PRODUCTION = MODE == "production"
DATA_DIR = Path(env.str("DECROCHE_DATA_DIR", default="var")).resolve()
DEBUG = env.bool("DECROCHE_DEBUG", default=False)
ALLOWED_HOSTS = env.list("DECROCHE_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("DECROCHE_TRUSTED_ORIGINS", default=[])


def _secret_key() -> str:
    """Return the key from the environment, or the one kept in the data folder (made at first use)."""
    if key := env.str("DECROCHE_SECRET_KEY", default=""):
        return str(key)
    if PRODUCTION:
        raise ImproperlyConfigured("DECROCHE_SECRET_KEY must be set in production")
    path = DATA_DIR / "secret-key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        fresh = DATA_DIR / f"secret-key.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):  # the first of several processes wins
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text()


SECRET_KEY = _secret_key()

# French health-data hosting law (CSP L1111-8, HDS 2024): no production without a certified host on record.
HDS_HOST = env.str("DECROCHE_HDS_HOST", default="")
HDS_CERTIFICATE = env.str("DECROCHE_HDS_CERTIFICATE", default="")
HDS_EXPIRES_ON = env.str("DECROCHE_HDS_EXPIRES_ON", default="")
if PRODUCTION and not (HDS_HOST and HDS_CERTIFICATE and HDS_EXPIRES_ON):
    raise ImproperlyConfigured(
        "production refuses to start without DECROCHE_HDS_HOST, DECROCHE_HDS_CERTIFICATE and DECROCHE_HDS_EXPIRES_ON"
    )
if PRODUCTION and date.fromisoformat(HDS_EXPIRES_ON) <= datetime.now(tz=UTC).date():
    raise ImproperlyConfigured(f"the health-data host's certificate expired on {HDS_EXPIRES_ON}")

# --- the rooms ------------------------------------------------------------------------------

INSTALLED_APPS = [
    "decroche.ui",
    "decroche.foundation",
    "decroche.accounts",
    "decroche.practices",
    "decroche.patients",
    "decroche.notifications",
    "decroche.scheduling",
    "decroche.messaging",
    "decroche.instructions",
    "decroche.calls",
    "decroche.waiting_room",
    "decroche.interop",
    "decroche.continuity",
    "decroche.desk",
    "decroche.companion",
    "decroche.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "decroche.foundation.requests.RequestLogMiddleware",
    "decroche.foundation.policies.ContentPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "decroche.practices.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "decroche.accounts.middleware.PersonMiddleware",
    "decroche.practices.middleware.AccessMiddleware",
    "decroche.accounts.middleware.TwoFactorMiddleware",
    "decroche.accounts.middleware.AccessLogMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "decroche.config.urls"
ASGI_APPLICATION = "decroche.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "decroche.ui.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "decroche.ui.templatetags.french",
                "decroche.ui.templatetags.components",
            ],
        },
    }
]

# --- database, jobs, live updates -----------------------------------------------------------

DATABASE_URL = (
    env.str("DATABASE_URL", default="") or embedded_database.running_url(DATA_DIR) or "postgresql:///decroche"
)
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
_database_options = DATABASES["default"].setdefault("OPTIONS", {})
if "host" in _database_options:  # a socket folder, which a URL can only carry as a parameter
    DATABASES["default"]["HOST"] = _database_options.pop("host")
    DATABASES["default"]["PORT"] = _database_options.pop("port", "")
# Only `foundation.prepared` prepares: few statements, by indexes that suit any value. Left to itself PostgreSQL thinks a
# plan out anew at most of their questions, which takes it twice as long as to answer.
_database_options["options"] = (
    f"{_database_options.get('options', '')} -c plan_cache_mode=force_generic_plan".strip()
)
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DECROCHE_CONNECTION_AGE_SECONDS", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
#: How many requests a web process works on at once; each thread keeps a database connection of its own. Python runs one
#: at a time: with twelve, each waits for the others' turns (a tenth fewer bookings a second, a tenth longer at worst).
WEB_THREADS = env.int("DECROCHE_WEB_THREADS", default=6)
DATABASES["default"]["TEST"] = {"NAME": env.str("DECROCHE_TEST_DB", default="test_decroche")}

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
LIVE_AUDIENCE = "decroche.practices.live.audience_of_session"

# --- people ---------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
# Two factors for every professional, except in the demo and in tests that are about something else.
MFA_REQUIRED = env.bool("DECROCHE_MFA_REQUIRED", default=MODE in {"development", "production"})
if PRODUCTION and not MFA_REQUIRED:
    raise ImproperlyConfigured("two-factor sign-in cannot be switched off in production")
CSRF_FAILURE_VIEW = "decroche.ui.errors.csrf_failure"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
TEAMS = "decroche.practices.teams.StoredTeams"  # who belongs where: accounts.ports.Teams
ARRIVALS = "decroche.waiting_room.arrivals.CheckInArrivals"  # what a reminder says of arriving: scheduling.ports.Arrivals
# What links in texts begin with; empty: no links.
PUBLIC_ADDRESS = env.str("DECROCHE_PUBLIC_ADDRESS", default="")
ACCOUNT_ADAPTER = "decroche.accounts.adapters.AccountAdapter"
MFA_ADAPTER = "decroche.accounts.adapters.MfaAdapter"
ACCOUNT_FORMS = {
    "login": "decroche.accounts.forms.SignInForm",
    "reset_password": "decroche.accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "decroche.accounts.forms.NewPasswordFromLinkForm",
    "change_password": "decroche.accounts.forms.ChangeOwnPasswordForm",
    "set_password": "decroche.accounts.forms.SetOwnPasswordForm",
    "reauthenticate": "decroche.accounts.forms.ConfirmPasswordForm",
    "add_email": "decroche.accounts.forms.ChangeAddressForm",
    "change_email": "decroche.accounts.forms.ChangeAddressForm",
}
MFA_FORMS = {
    "authenticate": "decroche.accounts.forms.CodeForm",
    "reauthenticate": "decroche.accounts.forms.ConfirmCodeForm",
    "activate_totp": "decroche.accounts.forms.FirstCodeForm",
    "add_webauthn": "decroche.accounts.forms.AddKeyForm",
    "edit_webauthn": "decroche.accounts.forms.RenameKeyForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by invitation, whose link proves the address
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True  # a session lasts SESSION_COOKIE_AGE, whatever box is ticked
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Décroche – "
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {"login_failed": None}  # axes counts failures, in the database, for all processes
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Décroche"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
AXES_FAILURE_LIMIT = env.int("DECROCHE_SIGN_IN_ATTEMPTS", default=8)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "decroche.accounts.lockout.locked_out"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False
ACCESS_LOG_MONTHS = env.int("DECROCHE_ACCESS_LOG_MONTHS", default=12)
if not 6 <= ACCESS_LOG_MONTHS <= 36:  # noqa: PLR2004
    raise ImproperlyConfigured(
        "DECROCHE_ACCESS_LOG_MONTHS is between 6 and 36 (CNIL, recommendation 2021-122)"
    )

SESSION_ENGINE = "decroche.accounts.sessions"
SESSION_COOKIE_AGE = env.int("DECROCHE_SESSION_SECONDS", default=12 * 3600)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = False
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("DECROCHE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- telephony ------------------------------------------------------------------------------

TELEPHONY = env.str("DECROCHE_TELEPHONY", default="asterisk")
if TELEPHONY not in {"asterisk", "memory"}:
    raise ImproperlyConfigured(f"DECROCHE_TELEPHONY={TELEPHONY}: choose asterisk or memory")
EXCHANGE = env.str("DECROCHE_EXCHANGE", default="")  # which one this process leads; empty: the only one
ASTERISK_ARI_URL = env.str("DECROCHE_ARI_URL", default="")  # empty: read from the private copy's data folder
ASTERISK_WS_URL = env.str("DECROCHE_SOFTPHONE_URL", default="")  # what browsers connect to; empty: as above
SIP_PHONE_ADDRESS = env.str("DECROCHE_SIP_PHONE_ADDRESS", default="")  # host:port of SIP phones
RING_SECONDS = env.int("DECROCHE_RING_SECONDS", default=15)
CALL_TARIFFS = env.str("DECROCHE_CALL_TARIFFS", default="")  # what differs from calls.domain.prices
WRAP_UP_SECONDS = env.int("DECROCHE_WRAP_UP_SECONDS", default=45)

# --- the outside world ----------------------------------------------------------------------

NOTICE_SENDER = env.str("DECROCHE_NOTICE_SENDER", default="decroche.notifications.adapters.file.FileSender")
EMAIL_URL = env.str(
    "DECROCHE_EMAIL_URL", default="consolemail://" if not PRODUCTION else "smtp://localhost:25"
)
vars().update(env.email_url_config(EMAIL_URL))
if not PRODUCTION and EMAIL_URL == "consolemail://":
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")
DEFAULT_FROM_EMAIL = env.str("DECROCHE_FROM_EMAIL", default="Décroche <ne-pas-repondre@localhost>")

# --- screens --------------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if MODE in {"production", "demo"}
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MODE in {"development", "test"}
WHITENOISE_AUTOREFRESH = MODE == "development"  # a build under a running process must not be served cut
WHITENOISE_ROOT = PACKAGE_DIR / "ui/static/root"  # what browsers ask for at the root by habit
MEDIA_ROOT = DATA_DIR / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF, "blob:"],
        "connect-src": [
            SELF,
            *env.list("DECROCHE_CONNECT_SOURCES", default=["ws://localhost:*", "ws://127.0.0.1:*"]),
        ],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "microphone": ["self"],
    "camera": [],
    "geolocation": [],
    "publickey-credentials-get": ["self"],
    "publickey-credentials-create": ["self"],
}

# --- logs: structured, one line each, no person's data --------------------------------------

LOG_FORMAT = env.str("DECROCHE_LOG_FORMAT", default="json" if PRODUCTION else "console")
_SHARED_PROCESSORS: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    without_secrets,
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(ensure_ascii=False)
            if LOG_FORMAT == "json"
            # Plain tracebacks: with their locals they would show patients, and cost seconds each.
            else structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
            "foreign_pre_chain": _SHARED_PROCESSORS,
        }
    },
    "handlers": {
        "stdout": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stdout"}
    },
    "root": {"handlers": ["stdout"], "level": env.str("DECROCHE_LOG_LEVEL", default="INFO")},
    "loggers": {
        # Every request has a line of its own, with its code: a refusal is not a warning besides.
        "django.request": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
    },
}
structlog.configure(
    processors=[
        *_SHARED_PROCESSORS,
        structlog.stdlib.filter_by_level,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
