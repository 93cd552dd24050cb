"""Addresses of the desk's pages about servicing, below /desk/servicing/; part of ``urls_officer``."""

from django.urls import path

from lending.views.officer import credit_lines, servicing

urlpatterns = [
    path("servicing/", servicing.servicing_home, name="servicing"),
    path("servicing/lines/", credit_lines.line_list, name="lines"),
    path("servicing/lines/<uuid:line_id>/", credit_lines.line_page, name="line"),
    path("servicing/lines/<uuid:line_id>/freeze/", credit_lines.freeze, name="line-freeze"),
    path("servicing/lines/<uuid:line_id>/release/", credit_lines.release, name="line-release"),
    path("servicing/lines/<uuid:line_id>/limit/", credit_lines.set_limit, name="line-limit"),
]
