"""Settings: one module, everything that differs between machines comes from the environment.

Without any variable set this runs on SQLite and an embedded broker under ``var/``;
``DATABASE_URL`` and ``CELERY_BROKER_URL`` switch to PostgreSQL and Redis.
See docs/operations.md for the list.
"""

import atexit
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from webapp.core.home import ensure_home, secret_key
from webapp.core.version import version

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name: str, default: str = "0") -> bool:
    """Read a yes/no environment variable."""
    return os.environ.get(name, default).strip().lower() in {"1", "true", "yes", "on"}


TESTING = "pytest" in sys.modules
DEBUG = flag("READING_ROOM_DEBUG")
DEMO = flag("READING_ROOM_DEMO")
VERSION = version()


def state_folder() -> Path:
    """Return where all state lives; tests never touch the folder of a running installation."""
    if TESTING:
        folder = tempfile.mkdtemp(prefix="reading-room-test-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return Path(folder)
    return Path(os.environ.get("READING_ROOM_HOME", BASE_DIR / "var"))


READING_ROOM_HOME = ensure_home(state_folder())
SECRET_KEY = os.environ.get("READING_ROOM_SECRET_KEY") or secret_key(READING_ROOM_HOME)
ALLOWED_HOSTS = os.environ.get("READING_ROOM_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("READING_ROOM_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "compressor",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "webapp.core",
    "webapp.accounts",
    "webapp.imaging",
    "inference.jobs",
    "webapp.opinions",
    "readerstudy",
    "webapp.operations",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "webapp.imaging.middleware.FrameMiddleware",
    "csp.middleware.CSPMiddleware",
    "webapp.core.middleware.PrivateMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "webapp.core.middleware.ClockMiddleware",
    "webapp.core.problems.ProblemMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "webapp.urls"
WSGI_APPLICATION = "webapp.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "webapp.core.context.page",
            ],
        },
    }
]

SQLITE_URL = f"sqlite:///{READING_ROOM_HOME / 'db.sqlite3'}"
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", SQLITE_URL), conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL lets readers go on while one writes; FULL because a committed reading must survive a
    # power cut; IMMEDIATE because a deferred transaction that upgrades to a write can't wait.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:sign-in"
PASSWORD_RESET_TIMEOUT = 24 * 3600
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_LOCKOUT_CALLABLE = "webapp.accounts.throttling.locked_out"
AXES_VERBOSE = False

SECURE_TLS = flag("READING_ROOM_TLS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if SECURE_TLS else 0
if SECURE_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "webapp.core.problems.csrf_failure"
X_FRAME_OPTIONS = "DENY"
# wasm-unsafe-eval runs the image decoders; style attributes are set by the viewer's measurement
# labels; data: is how browsers decode colour JPEG (docs/decisions/0005-viewer-bundle.md).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, "'wasm-unsafe-eval'"],
        "worker-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "style-src": [SELF],
        "style-src-attr": ["'unsafe-inline'"],
        "font-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "webapp" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = READING_ROOM_HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static" / "public"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "compressor.finders.CompressorFinder",
]
BUNDLED = not (DEBUG or TESTING)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        if BUNDLED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
COMPRESS_ENABLED = COMPRESS_OFFLINE = BUNDLED
COMPRESS_ROOT = STATIC_ROOT
COMPRESS_STORAGE = "compressor.storage.CompressorFileStorage"
COMPRESS_FILTERS = {"css": ["compressor.filters.css_default.CssAbsoluteFilter"], "js": []}
COMPRESS_OFFLINE_CONTEXT: dict[str, Any] = {}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not BUNDLED


def immutable_file(_path: str, url: str) -> bool:
    """Say whether a static file carries a content hash in its name, so that it never changes."""
    return re.match(r"^.+[.][0-9a-f]{12}[.][^/]+$", url) is not None


WHITENOISE_IMMUTABLE_FILE_TEST = immutable_file

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["webapp.core.json_input.JsonInput"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "webapp.core.problems.api_exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Reading Room API",
    "DESCRIPTION": "Reader studies and second opinions for focal liver lesions. Research use only.",
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "PictureKindEnum": "webapp.imaging.models.PictureKind",
        "UploadStateEnum": "webapp.imaging.models.UploadState",
        "JobStateEnum": "inference.jobs.models.JobState",
        "OpinionStateEnum": "webapp.opinions.models.OpinionState",
        "StudyStateEnum": "readerstudy.models.StudyState",
    },
}

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "filesystem://localhost//")
BROKER_FOLDER = READING_ROOM_HOME / "broker"
if CELERY_BROKER_URL.startswith("filesystem"):
    # One folder in both directions; 50 ms polling answers a click fast enough on one machine.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "data_folder_in": str(BROKER_FOLDER),
        "data_folder_out": str(BROKER_FOLDER),
        "control_folder": str(BROKER_FOLDER / "control"),
        "polling_interval": 0.05,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600}
CELERY_TASK_ALWAYS_EAGER = flag("READING_ROOM_EAGER", "0")
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

INFERENCE_DEVICE = os.environ.get("READING_ROOM_DEVICE", "auto")
# Half of the processors: the web server has the others, and threads that wait for a busy one
# cost more than they bring.
INFERENCE_THREADS = int(os.environ.get("READING_ROOM_THREADS", max(1, (os.cpu_count() or 2) // 2)))

DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"quiet": {"()": "webapp.core.logging.NoPersonalData"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["quiet"]}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "reading_room": {"level": "INFO"},
        "django": {"handlers": [], "propagate": True, "level": "WARNING"},
        # What pydicom complains about may quote header values; our refusals say it without.
        "pydicom": {"handlers": [], "propagate": False, "level": "CRITICAL"},
    },
}
