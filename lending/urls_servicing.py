"""Addresses of the desk's pages about servicing, below /desk/servicing/; part of ``urls_officer``."""

from django.urls import path

from lending.views.officer import card_transfers, servicing

urlpatterns = [
    path("servicing/", servicing.servicing_home, name="servicing"),
    path("servicing/card-transfers/", card_transfers.card_transfer_list, name="card-transfers"),
    path(
        "servicing/card-transfers/<uuid:transfer_id>/propose/",
        card_transfers.propose,
        name="card-transfer-propose",
    ),
    path(
        "servicing/card-transfers/<uuid:transfer_id>/confirm/",
        card_transfers.confirm,
        name="card-transfer-confirm",
    ),
]
