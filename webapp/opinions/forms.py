"""Forms of second opinions; rules live in the services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from webapp.opinions.models import Category


class QuestionForm(forms.Form):
    """What the clinician would like to know."""

    question = forms.CharField(
        label=_("Question to the radiologist"),
        help_text=_("No names, dates of birth or numbers of the patient."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    urgent = forms.BooleanField(label=_("Urgent"), required=False)


class OpinionForm(forms.Form):
    """What the radiologist writes and signs; what may be empty is the service's business."""

    findings = forms.CharField(
        label=_("Findings"), required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    impression = forms.CharField(
        label=_("Impression"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    category = forms.ChoiceField(
        label=_("Category"), required=False, choices=Category.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason for the addendum"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    password = forms.CharField(
        label=_("Your password signs the report"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
