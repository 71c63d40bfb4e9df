"""The database itself refuses to change or remove answers: a correction is a new revision."""

from django.db import migrations

from webapp.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("readerstudy", "0001_initial")]
    operations = [append_only("readerstudy_answer")]
