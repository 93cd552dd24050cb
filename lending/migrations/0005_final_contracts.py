"""A signed contract is final in every column, and no contract is ever deleted."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("lending", "0004_outbox_by_time")]

    operations = [
        migrations.RunSQL(
            sql=(_SQL / "final_contracts.sql").read_text(),
            reverse_sql=(_SQL / "final_contracts_reverse.sql").read_text(),
        )
    ]
