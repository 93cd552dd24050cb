"""``/callbacks/``: what partner systems tell us, signed."""

from django.urls import path

from lending.views.webhooks import core_bank_callback

urlpatterns = [path("core-bank/", core_bank_callback, name="core-bank-callback")]
