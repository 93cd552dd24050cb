"""Triggers: zero-sum journals, append-only books, legal steps of money out, final contracts."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("lending", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql=(_SQL / "guards.sql").read_text(), reverse_sql=(_SQL / "guards_reverse.sql").read_text()
        )
    ]
