"""Forms filled in wrongly, sent too late, by the wrong person: a sentence, and nothing is lost."""

import json
import re

from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client, TestCase

from tests.integration.bad_input.forms import BUTTONS, FORMS, WIZARD, FilledForm, spoiled
from tests.integration.bad_input.plain import complaints, sentence_of
from tests.integration.cast import Cast, build_cast
from tests.integration.permission_matrix import ROWS
from tests.integration.routes import address


class Forms(TestCase):
    """Every form of the pages."""

    cast: Cast

    @classmethod
    def setUpTestData(cls) -> None:
        cls.cast = build_cast()

    def send(self, form: FilledForm, fields: dict[str, object]) -> HttpResponseBase:
        """Send a form as its person, and undo what that changed."""
        client = self.cast.client(form.name)
        with transaction.atomic():
            response = client.post(address(form.route, form.args(self.cast)), fields)
            transaction.set_rollback(True)
        return response

    def test_every_route_that_takes_a_form_is_here(self) -> None:
        sent = {row.route for row in ROWS if row.method == "post"}
        pages = {route for route in sent if not route.startswith("api/")}
        assert pages - BUTTONS == {form.route for form in FORMS} & pages

    def test_spoiled_fields(self) -> None:
        for form in FORMS:
            with self.subTest(route=form.route, fields=list(form.fields)):
                for fields in spoiled(form.fields):
                    found = complaints(self.send(form, fields), "/" + form.route)
                    assert not found, {key: str(value)[:40] for key, value in fields.items()}

    def test_a_refused_step_of_the_wizard_keeps_what_was_typed(self) -> None:
        plan = '{"schema": "analysis-plan/1",'
        for slug, name, typed in (("analysis", "plan", plan), ("design", "seed", "²")):
            fields = {**WIZARD[slug], name: typed}
            form = next(one for one in FORMS if one.fields == WIZARD[slug])
            response = self.send(form, fields)
            assert response.status_code == 400
            assert sentence_of(response, "/")
            found = re.search(
                rb'id="given" type="application/json">(.*?)</script>', response.content
            )
            assert found is not None
            assert [name, typed] in json.loads(found.group(1))

    def test_a_report_refused_for_its_password_keeps_the_findings(self) -> None:
        form = next(one for one in FORMS if one.route == "opinions/<uuid:opinion_id>/")
        response = self.send(form, {**form.fields, "findings": "A lesion of 3 cm."})
        assert "A lesion of 3 cm." in response.content.decode()
        assert "Type it again" in sentence_of(response, "/")

    def test_a_form_sent_after_the_session_ended_can_be_sent_again(self) -> None:
        for client in (Client(), Client(enforce_csrf_checks=True)):
            response = client.post(
                "/studies/new/", {"title": "Typed for long", "password": "secret"}
            )
            text = response.content.decode()
            assert response.status_code == 403
            assert "Sign in again" in sentence_of(response, "/")
            assert 'action="/studies/new/"' in text
            assert 'value="Typed for long"' in text
            assert "secret" not in text
