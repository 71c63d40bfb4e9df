"""The database itself refuses to change or remove signed reports."""

from django.db import migrations

from webapp.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("opinions", "0001_initial")]
    operations = [append_only("opinions_report")]
