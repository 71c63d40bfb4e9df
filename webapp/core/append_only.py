"""Tables whose rows the database itself refuses to change or remove."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

VERBS = ("update", "delete")


def append_only(table: str) -> migrations.RunPython:
    """Return the migration operation that makes a table append-only by triggers.

    Parameters
    ----------
    table : str
        The table's name in the database, e.g. ``core_auditevent``; its rows can still be added.
    """

    def forwards(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        vendor = schema_editor.connection.vendor
        make = _postgresql if vendor == "postgresql" else _sqlite
        for statement in make(table):
            schema_editor.execute(statement, params=None)

    def backwards(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        suffix = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        for verb in VERBS:
            schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}{suffix}")

    return migrations.RunPython(forwards, backwards)


def _sqlite(table: str) -> list[str]:
    return [
        f"""CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
        for verb in VERBS
    ]


def _postgresql(table: str) -> list[str]:
    function = f"""CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger AS $$
        BEGIN RAISE EXCEPTION '{table} is append-only'; END $$ LANGUAGE plpgsql"""
    return [function] + [
        f"""CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"""
        for verb in VERBS
    ]
