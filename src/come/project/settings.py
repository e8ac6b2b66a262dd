"""Django settings, from the environment; nothing secret has a default that another installation shares.

Variables: COME_HOME (where everything that a run makes lies; `var/` of the checkout by default), COME_DATABASE_URL
(a PostgreSQL server instead of the embedded one), COME_SECRET_KEY, COME_HOSTS (comma-separated), COME_DEMO, COME_HTTPS.
"""

from __future__ import annotations

import os
import pathlib
import secrets
import sys

from csp.constants import NONCE, NONE, SELF

from come.project import cluster

BASE_DIR = pathlib.Path(__file__).resolve().parents[3]
COME_HOME = pathlib.Path(os.environ.get("COME_HOME") or BASE_DIR / "var").resolve()
COME_HOME.mkdir(parents=True, exist_ok=True)
COME_DEMO = os.environ.get("COME_DEMO", "") == "1" or (COME_HOME / "demo.json").exists()
COME_HTTPS = os.environ.get("COME_HTTPS", "") == "1"


def _secret_key() -> str:
    given = os.environ.get("COME_SECRET_KEY", "")
    if given:
        return given
    # One random key per installation, readable by its owner alone: no default that others know.
    path = COME_HOME / "secret_key"
    if not path.exists():
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(secrets.token_urlsafe(48), encoding="utf-8")
        temporary.chmod(0o600)
        temporary.replace(path)
    return path.read_text(encoding="utf-8")


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("COME_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("COME_TRUSTED_ORIGINS", "").split(",") if origin]

# Bottom to top, the order in which a package may be imported.
COME_PACKAGES = (
    "shared",
    "staff",
    "ticket",
    "party",
    "catalogue",
    "inventory",
    "quote",
    "order",
    "usage",
    "billing",
    "edges",
    "edges.network",
)
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    # For the files of the API's documentation page: nothing of it comes from another host.
    "ninja",
    "procrastinate.contrib.django",
    "axes",
    "csp",
    *(f"come.{name}" for name in COME_PACKAGES if (BASE_DIR / "src" / "come" / name / "apps.py").exists()),
    # An edge that keeps tables (a simulator) is an application of its own.
    *(f"come.edges.{path.parent.name}" for path in sorted((BASE_DIR / "src" / "come" / "edges").glob("*/apps.py"))),
]
MIDDLEWARE = [
    "come.shared.middleware.TimingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    # From a file, before anything that asks the database.
    "come.edges.state_page.middleware.StatePageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "come.shared.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "come.staff.middleware.ActorMiddleware",
    "come.shared.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "come.project.urls"
WSGI_APPLICATION = "come.project.wsgi.application"
DATABASES = {"default": cluster.django_database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "src" / "come" / name / "templates" for name in (*COME_PACKAGES, "project")],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "come.project.jinja.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "come.project.jinja.common_context",
            ],
        },
    },
    # For third-party pages (the API's documentation).
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [], "APP_DIRS": True, "OPTIONS": {}},
]

# Language: French at the source, English from catalogues; the calendar is the contract's, Paris by default.
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "src" / "come" / name / "locale" for name in (*COME_PACKAGES, "project")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [
    *(path for name in COME_PACKAGES if (path := BASE_DIR / "src" / "come" / name / "static").is_dir()),
    *([pathlib.Path(sys.prefix) / "share" / "come"] if (pathlib.Path(sys.prefix) / "share" / "come").is_dir() else []),
]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STATIC_ROOT = COME_HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# Finder-served files carry no hash in their name: a minute of cache, then revalidation.
WHITENOISE_MAX_AGE = 60

AUTH_USER_MODEL = "staff.StaffMember"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "staff:sign_in"
LOGIN_REDIRECT_URL = "staff:home"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_CALLABLE = "come.staff.views.locked_out"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = COME_HTTPS
CSRF_COOKIE_SECURE = COME_HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "come.staff.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = COME_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if COME_HTTPS else 0
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF, "data:"],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
}
# An order of 10,000 lines is 9 MB; the framework's default of 2.5 MB refuses it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 50_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

# The operator as documents name it.
COME_OPERATOR_NAME = os.environ.get("COME_OPERATOR_NAME", "Novaline Entreprises")

# Where people reach this installation: links in letters start with it.
COME_PUBLIC_URL = os.environ.get("COME_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")

COME_SUBSCRIPTIONS = "come.project.subscriptions.SUBSCRIPTIONS"
COME_SEARCH_PROVIDERS = [
    "come.party.queries.search_hits",
    "come.inventory.queries.search_hits",
    "come.order.queries.search_hits",
    "come.quote.queries.search_hits",
    "come.billing.queries.search_hits",
    "come.catalogue.queries.search_hits",
    "come.ticket.queries.search_hits",
]
# Who may read the journal of a thing: the query of its owner that refuses it to others, and the name of its argument;
# or a permission, where the thing is no agency's.
COME_JOURNAL_GUARDS = {
    "company": ("come.party.queries.customer_file", "customer_file_id"),
    "quote": ("come.quote.queries.quote", "quote_id"),
    "order": ("come.order.queries.order", "order_id"),
    "line": ("come.inventory.queries.line", "product_id"),
    "bill": ("come.billing.queries.bill", "bill_id"),
    "ticket": ("come.ticket.queries.ticket", "ticket_id"),
    "offering": ("come.catalogue.queries.visible_offering", "offering_id"),
    "agreement": ("come.catalogue.queries.visible_agreement", "agreement_id"),
    "run": "billing.run",
}
# Who takes unforeseen errors: opens one incident per trace.
COME_ERROR_REPORTER = "come.ticket.commands.report_error"
# The folder of the public state page; a web server may serve it by itself (docs/incidents.md).
COME_STATE_DIR = pathlib.Path(os.environ.get("COME_STATE_DIR") or COME_HOME / "etat").resolve()
COME_PORTS = {
    "ticket.ports.Mail": "come.edges.mail.notices:NoticeFolder",
    "ticket.ports.StatePage": "come.edges.state_page.writer:StateFolder",
    "party.ports.CompanyRegistry": "come.edges.registry.mirror:RegistryMirror",
    "party.ports.RegistryFiles": "come.edges.registry.files:SireneFiles",
    "quote.ports.QuoteDocumentRenderer": "come.edges.documents.quote_pdf:QuotePdfRenderer",
    "quote.ports.Mail": "come.edges.mail.letters:LetterFolder",
    "quote.ports.SignatureProvider": "come.edges.signature.built_in:BuiltInSignature",
    "order.ports.NetworkActivation": "come.edges.network.simulator:NetworkSimulator",
    "order.ports.NumberPortability": "come.edges.network.simulator:PortabilitySimulator",
    "order.ports.Logistics": "come.edges.network.simulator:LogisticsSimulator",
    "order.ports.Notices": "come.edges.mail.folder:MailFolder",
    "usage.ports.UsageFileOpener": "come.edges.usage_files.opener:UsageFileOpener",
    "billing.ports.InvoiceRenderer": "come.edges.facturx.render:FacturXRenderer",
    "billing.ports.InvoiceValidator": "come.edges.facturx.validate:FacturXValidator",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("COME_LOG_LEVEL", "WARNING")},
}
