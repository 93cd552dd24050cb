"""Addresses of the desk's pages about servicing, below /desk/servicing/; part of ``urls_officer``."""

from django.urls import path

from lending.views.officer import arrears, servicing

urlpatterns = [
    path("servicing/", servicing.servicing_home, name="servicing"),
    path("servicing/arrears/", arrears.arrears_list, name="arrears"),
    path("servicing/arrears/<uuid:case_id>/", arrears.case_page, name="arrears-case"),
    path("servicing/arrears/<uuid:case_id>/contact/", arrears.new_contact, name="arrears-contact"),
    path("servicing/arrears/<uuid:case_id>/result/", arrears.contact_result, name="arrears-result"),
    path("servicing/arrears/<uuid:case_id>/promise/", arrears.new_promise, name="arrears-promise"),
    path("servicing/arrears/<uuid:case_id>/note/", arrears.new_note, name="arrears-note"),
    path("servicing/arrears/<uuid:case_id>/letter/", arrears.new_letter, name="arrears-letter"),
    path("servicing/arrears/<uuid:case_id>/pause/", arrears.pause, name="arrears-pause"),
    path("servicing/letters/<uuid:letter_id>/", arrears.letter_pdf, name="arrears-letter-pdf"),
]
