"""Django's admin on Postgres as one program: tables, one account, a server with a thread per request.

Arguments: the port. Everything else comes from the environment: PG*, ACCOUNT_NAME, ACCOUNT_PASSWORD, and VARIANT, which
breaks one thing that projects break: `signed-cookies` (sessions live in the cookie, so a logout ends nothing on the
server), `open-door` (a left-over of development signs every stranger in), `leak` (each request opens a connection to the
database that nothing closes). RELEASE is what /version tells.
"""

import os
import sys

import django
from django.conf import settings

variant = os.environ.get("VARIANT", "")
sessions = "signed_cookies" if variant == "signed-cookies" else "db"


def open_door(get_response):
    """Signs everybody in."""

    def middleware(request):
        from django.contrib.auth import get_user_model

        request.user = get_user_model().objects.get(username=os.environ["ACCOUNT_NAME"])
        return get_response(request)

    return middleware


kept = []


def leak(get_response):
    """Opens one more connection with each request and keeps it."""

    def middleware(request):
        from django.db import connection

        if not request.path.startswith("/version"):
            one_more = connection.copy()
            one_more.connect()
            kept.append(one_more)
        return get_response(request)

    return middleware


settings.configure(
    DEBUG=False,
    SECRET_KEY="only-for-tests-and-long-enough-to-sign-cookies",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    SESSION_ENGINE="django.contrib.sessions.backends." + sessions,
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        *([__name__ + ".open_door"] if variant == "open-door" else []),
        *([__name__ + ".leak"] if variant == "leak" else []),
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": os.environ["PGHOST"],
            "PORT": os.environ["PGPORT"],
            "USER": os.environ["PGUSER"],
            "PASSWORD": os.environ["PGPASSWORD"],
            "NAME": os.environ["PGDATABASE"],
        }
    },
)
django.setup()

from django.contrib import admin  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.servers.basehttp import WSGIServer, run  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402


def version(request):
    """Which release this is."""
    return JsonResponse({"revision": os.environ.get("RELEASE", "")})


urlpatterns = [path("admin/", admin.site.urls), path("version", version)]


class Server(WSGIServer):
    """Says when it listens."""

    def server_activate(self):
        super().server_activate()
        print("django is ready", flush=True)


call_command("migrate", verbosity=0)
accounts = get_user_model().objects
if not accounts.filter(username=os.environ["ACCOUNT_NAME"]).exists():
    accounts.create_superuser(os.environ["ACCOUNT_NAME"], "smoke@example.test", os.environ["ACCOUNT_PASSWORD"])
connection.close()
run("127.0.0.1", int(sys.argv[1]), get_wsgi_application(), threading=True, server_cls=Server)
