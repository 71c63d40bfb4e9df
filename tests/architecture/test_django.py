"""Migrations complete and acyclic, OpenAPI without warnings, every visible string translatable."""

import re
import warnings
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from tests.conftest import REPOSITORY

OURS = {"core", "accounts", "imaging", "jobs", "opinions", "readerstudy", "operations"}


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_migrations_are_acyclic_with_one_leaf_per_app() -> None:
    loader = MigrationLoader(None)
    loader.graph.ensure_not_cyclic()
    assert loader.detect_conflicts() == {}


def test_our_apps_are_all_known() -> None:
    ours = {
        c.label
        for c in apps.get_app_configs()
        if c.name.split(".")[0] in {"webapp", "inference", "readerstudy"}
    }
    assert ours == OURS


@pytest.mark.django_db
def test_openapi_schema_has_no_warnings() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


TAG = re.compile(
    r"{%.*?%}|{{.*?}}|{#.*?#}|<!--.*?-->|<(script|style|svg)\b.*?</\1>|<[^>]*>", re.DOTALL
)
TRANSLATED = re.compile(r"{%\s*blocktranslate.*?%}.*?{%\s*endblocktranslate\s*%}", re.DOTALL)
CLASS = re.compile(r"{% block page_class %}.*?{% endblock %}")
CODE = re.compile(r"<(code|kbd|style)\b[^>]*>.*?</\1>", re.DOTALL)


SYMBOLS = {"UTC", "PDF", "PNG", "SVG", "CSV"}  # the same in every language


def test_templates_show_no_untranslated_words() -> None:
    bare = {}
    for template in sorted((REPOSITORY / "templates").rglob("*.html")):
        text = template.read_text("utf-8")
        for pattern in (TRANSLATED, CLASS, CODE, TAG):
            text = pattern.sub(" ", text)
        words = [word for word in re.findall(r"[A-Za-z]{3,}", text) if word not in SYMBOLS]
        if words:
            bare[str(template.relative_to(REPOSITORY))] = words[:5]
    assert not bare
