"""The database itself refuses to change or remove audit events."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = [
    """CREATE TRIGGER audit_no_{verb} BEFORE {VERB} ON core_auditevent
       BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END"""
]
POSTGRESQL = [
    """CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger AS $$
       BEGIN RAISE EXCEPTION 'audit events are append-only'; END $$ LANGUAGE plpgsql""",
    """CREATE TRIGGER audit_no_{verb} BEFORE {VERB} ON core_auditevent
       FOR EACH ROW EXECUTE FUNCTION audit_append_only()""",
]


def forwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    statements = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
    for verb in ("update", "delete"):
        for statement in statements:
            schema_editor.execute(
                statement.replace("{verb}", verb).replace("{VERB}", verb.upper()), params=None
            )


def backwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    suffix = " ON core_auditevent" if schema_editor.connection.vendor == "postgresql" else ""
    for verb in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER audit_no_{verb}{suffix}")


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
