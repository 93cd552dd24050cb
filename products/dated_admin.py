"""Numbers of the law and counties in the admin: add from a day on, end on a day, change nothing."""

from datetime import date
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from products import parameter_words as words
from products.dated_forms import DatedForm, EndForm, NewCountyForm, NewValueForm
from products.domain.parameter_codes import KINDS, REQUIRED
from products.models import OperatingArea, RegulatoryParameter
from products.read_only_admin import ReadOnlyAdmin
from products.selectors.dated import parameter_gaps, unlawful_products

IN_FORCE, FUTURE, PAST = "in_force", "future", "past"
STATES = {
    IN_FORCE: gettext_lazy("in force today"),
    FUTURE: gettext_lazy("not yet in force"),
    PAST: gettext_lazy("past"),
}


def state_on(row: RegulatoryParameter | OperatingArea, day: date) -> str:
    if row.valid_from > day:
        return FUTURE
    return IN_FORCE if row.valid_to is None or row.valid_to > day else PAST


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("validity"), "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = timezone.localdate()
        over = Q(valid_to__isnull=False, valid_to__lte=today)
        chosen = {
            IN_FORCE: Q(valid_from__lte=today) & ~over, FUTURE: Q(valid_from__gt=today), PAST: over,
        }
        return queryset.filter(chosen.get(self.value() or "", Q()))


class CodeFilter(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("number of the law"), "code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        codes = RegulatoryParameter.objects.order_by("code").values_list("code", flat=True)
        return [(code, f"{words.label(code)} · {code}") for code in codes.distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(code=self.value()) if self.value() else queryset


class DatedAdmin(ReadOnlyAdmin):
    """Adding takes the right to add, ending the right to change; rows are never edited or deleted."""

    new_form: ClassVar[type[DatedForm]]
    add_title: ClassVar[Any]
    end_title: ClassVar[Any]

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return ModelAdmin.has_add_permission(self, request)

    def has_end_permission(self, request: HttpRequest) -> bool:
        return bool(ModelAdmin.has_change_permission(self, request))

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_end"
        end = path("<int:pk>/end/", self.admin_site.admin_view(self.end_view), name=name)
        return [end, *super().get_urls()]

    def get_list_display(self, request: HttpRequest) -> Any:
        shown = super().get_list_display(request)
        return (*shown, "end_link") if self.has_end_permission(request) else shown

    @display(
        description=gettext_lazy("validity"),
        label={IN_FORCE: "success", FUTURE: "info", PAST: "default"},
    )
    def state(self, row: Any) -> tuple[str, Any]:
        found = state_on(row, timezone.localdate())
        return found, STATES[found]

    @admin.display(description="")
    def end_link(self, row: Any) -> str:
        if not self.may_end(row):
            return ""
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_end", args=[row.pk])
        return format_html('<a class="text-primary-600" href="{}">{}</a>', address, _("End …"))

    def may_end(self, row: Any) -> bool:
        return state_on(row, timezone.localdate()) != PAST

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form, and on POST the new row through its service."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = self.new_form(
            request.POST if request.method == "POST" else None, **self._who(request),
            initial={"code": request.GET.get("code", "")},
        )
        if form.is_bound and form.is_valid() and (row := form.save()) is not None:
            self.log_addition(request, row, [{"added": {}}])
            messages.success(request, _("Saved: %(row)s.") % {"row": row})
            self.after_adding(request, row)
            return self._to_list()
        return self._page(request, form, self.add_title)

    def end_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The day the row ends, and on POST its end through its service."""
        if not self.has_end_permission(request):
            raise PermissionDenied
        row = get_object_or_404(self.model, pk=pk)
        bound = request.POST if request.method == "POST" else None
        form = EndForm(bound, row=row, **self._who(request))
        if form.is_bound and form.is_valid() and (ended := form.save()) is not None:
            self.log_change(request, ended, [{"changed": {"fields": [f"valid_to {ended.valid_to}"]}}])
            words_of_end = {"row": row, "day": ended.valid_to}
            messages.success(request, _("%(row)s ends on %(day)s.") % words_of_end)
            return self._to_list()
        return self._page(request, form, self.end_title, row)

    def after_adding(self, request: HttpRequest, row: Any) -> None:
        """Nothing more to say, unless a page has something."""

    def _who(self, request: HttpRequest) -> dict[str, Any]:
        return {"author": request.user.get_username(), "today": timezone.localdate()}

    def _to_list(self) -> HttpResponse:
        address = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
        return HttpResponseRedirect(reverse(address))

    def _page(
        self, request: HttpRequest, form: DatedForm, title: Any, row: Any = None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "form": form,
            "title": title, "row": row,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "products/admin/dated_form.html", context, status=status)


@admin.register(RegulatoryParameter)
class RegulatoryParameterAdmin(DatedAdmin):
    list_display = ("name", "shown_value", "state", "valid_from", "valid_to", "basis", "author")
    list_filter = (CodeFilter, StateFilter)
    search_fields = ("code", "basis")
    list_before_template = "products/admin/gaps.html"
    new_form = NewValueForm
    add_title = gettext_lazy("A new value from a day on")
    end_title = gettext_lazy("End a number")

    @admin.display(description=gettext_lazy("number of the law"), ordering="code")
    def name(self, row: RegulatoryParameter) -> str:
        return f"{words.label(row.code)} · {row.code}" if row.code in KINDS else row.code

    @admin.display(description=gettext_lazy("value"), ordering="value")
    def shown_value(self, row: RegulatoryParameter) -> str:
        return words.shown(row.code, row.value)

    def may_end(self, row: Any) -> bool:
        return row.code not in REQUIRED and super().may_end(row)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        today = timezone.localdate()
        gaps = [
            (gap.code, words.gap_sentence(gap, today)) for gap in parameter_gaps(REQUIRED, today)
        ]
        context = {"gaps": gaps, "may_add": self.has_add_permission(request)}
        return super().changelist_view(request, {**(extra_context or {}), **context})

    def after_adding(self, request: HttpRequest, row: RegulatoryParameter) -> None:
        """The number stands whatever we sell; who entered it learns what must be sold otherwise."""
        unlawful = unlawful_products(row.valid_from)
        if unlawful:
            told = {"day": row.valid_from, "products": words.joined(unlawful)}
            messages.warning(
                request,
                _("From %(day)s these products break the law's numbers: %(products)s."
                  " Publish new versions of them before that day.") % told,
            )


@admin.register(OperatingArea)
class OperatingAreaAdmin(DatedAdmin):
    list_display = (
        "county", "name_zh", "name_en", "state", "valid_from", "valid_to", "basis", "author",
    )
    list_filter = (StateFilter,)
    search_fields = ("county", "name_zh", "basis")
    new_form = NewCountyForm
    add_title = gettext_lazy("A county joins the operating area")
    end_title = gettext_lazy("A county leaves the operating area")
