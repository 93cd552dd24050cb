"""Who entered a dated number or a county; empty for what the seeds wrote."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("products", "0004_guards_of_layers")]

    operations = [
        migrations.AddField(
            "operatingarea", "author",
            models.CharField(blank=True, help_text="who entered it; empty: seeds", max_length=150, default=""),
        ),
        migrations.AddField(
            "regulatoryparameter", "author",
            models.CharField(blank=True, help_text="who entered it; empty: seeds", max_length=150, default=""),
        ),
    ]
