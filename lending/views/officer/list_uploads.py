"""Taking in a list's file: larger than any other body, streamed, and never named on the disk."""

import tempfile
from datetime import datetime
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from lending.domain.staff_duties import Duty
from lending.errors import DomainError, InvalidInput, NotFound
from lending.forms.lists import UploadForm
from lending.services import customer_lists
from lending.services.list_problems import FILES, filled
from lending.staff_access import require_duty, staff_required, staff_user
from lending.staff_pages import page
from risk.selectors import lists as list_selectors

FILE_MB_MAX = 256
#: The file and the form around it.
BODY_BYTES_MAX = FILE_MB_MAX * 1024 * 1024 + 100_000
_CHUNK = 1024 * 1024


class UnnamedFileUploadHandler(FileUploadHandler):
    """Files go to a temporary file without a name: if the process dies, nothing readable is left."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the request)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self._file.seek(0)
        return UploadedFile(
            file=self._file, name=self.file_name, content_type=self.content_type, size=file_size
        )

    def upload_interrupted(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()


@csrf_exempt  # only here: the check reads the body, which needs its size judged and its handler set
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def upload(request: HttpRequest, list_code: str) -> HttpResponse:
    """The form, and the file itself."""
    require_duty(request, Duty.KEEP_LISTS)
    found = list_selectors.one(list_code)
    if found is None:
        raise NotFound
    if request.method != "POST":
        return _form(request, found, UploadForm())
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdigit() and int(declared) > BODY_BYTES_MAX:
        _read_away(request)
        form = UploadForm({}, {})
        form.errors.clear()
        message = filled(FILES["too_large"], {"most_mb": FILE_MB_MAX})
        form.take(InvalidInput.field("file", message))
        return _form(request, found, form, status=413)
    request.upload_handlers = [UnnamedFileUploadHandler(request)]
    return _take(request, found, timezone.now())


@csrf_protect
def _take(request: HttpRequest, found: Any, now: datetime) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, found, form, status=422)
    file = form.cleaned_data["file"]
    try:
        import_id = customer_lists.upload(
            list_code=found.code,
            file=file.file,
            file_name=file.name,
            mode=form.cleaned_data["mode"],
            default_tier=form.cleaned_data["default_tier"],
            valid_to=form.cleaned_data["valid_to"],
            user=staff_user(request),
            now=now,
        )
    except DomainError as error:
        form.take(error)
        return _form(request, found, form, status=error.status)
    return redirect("desk:list-import", list_code=found.code, import_id=import_id)


def _form(request: HttpRequest, found: Any, form: UploadForm, *, status: int = 200) -> HttpResponse:
    context = {"section": "lists", "list": found, "form": form}
    return page(request, "desk/list_upload", context, status=status)


def _read_away(request: HttpRequest) -> None:
    """Browsers listen to an answer only when their body has been taken; the size is bounded above."""
    while request.read(_CHUNK):
        pass
