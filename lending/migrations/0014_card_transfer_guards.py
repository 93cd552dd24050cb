"""Money between card and bank: legal steps only, frozen facts, no row disappears."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [('lending', '0013_end_of_day')]

    operations = [
        migrations.RunSQL(
            sql=(_SQL / "card_transfers.sql").read_text(),
            reverse_sql=(_SQL / "card_transfers_reverse.sql").read_text(),
        )
    ]
