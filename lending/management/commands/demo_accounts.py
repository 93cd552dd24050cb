"""``manage.py demo_accounts``: the demo's staff accounts with their current one-time codes."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_otp.oath import totp

from lending.services import demo_bank


class Command(BaseCommand):
    help = "Print the demo staff accounts: user name, role, password, TOTP secret, code valid now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", help="only this user name")

    def handle(self, *args: Any, **options: Any) -> None:
        if not getattr(settings, "DEMO", False):
            raise CommandError("demo accounts exist in demo mode only (DJANGO_ENV=demo)")
        self.stdout.write(f"{'user':<18}{'role':<13}{'password':<18}{'TOTP secret':<34}code now")
        for account in demo_bank.accounts():
            if options["user"] in (None, account.username):
                code = totp(demo_bank.totp_key(account.username))
                self.stdout.write(
                    f"{account.username:<18}{account.role:<13}{account.password:<18}"
                    f"{account.totp_secret:<34}{code:06d}"
                )
