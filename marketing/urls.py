"""Addresses of marketing: the landing of printed codes, and marketing's pages on the desk. Mounted at /."""

from django.urls import path

from marketing.views import codes, funnel, landing

app_name = "marketing"
urlpatterns = [
    path("q/<str:code>/", landing.landing, name="landing"),
    path("desk/codes/", codes.code_list, name="codes"),
    path("desk/codes/<str:code>/poster/", codes.poster, name="poster"),
    path("desk/codes/<str:code>.svg", codes.svg, name="code-svg"),
    path("desk/codes/<str:code>.png", codes.png, name="code-png"),
    path("desk/funnel/", funnel.funnel_page, name="funnel"),
    path("desk/funnel/export/", funnel.export, name="funnel-export"),
    path("desk/funnel/figure/", funnel.figure, name="funnel-figure"),
]
