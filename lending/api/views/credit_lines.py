"""One's own revolving lines, and drawing on them."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.endpoints import CustomerEndpoint
from lending.api.idempotency import idempotent
from lending.api.paging import Pages
from lending.api.serializers.credit_lines import (
    DrawdownAnswer,
    DrawdownRequest,
    LineAnswer,
    LineWithMovements,
    drawdown_answer,
    line_answer,
    movement_answer,
)
from lending.api.waiting import wait_for_drawing
from lending.selectors import credit_lines
from lending.services import drawdowns

PAYOUT_WAIT_S = 4.0


class LinesView(CustomerEndpoint):
    pagination_class = Pages

    @extend_schema(operation_id="line_list", responses=LineAnswer(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(credit_lines.of_customer(self.customer), line_answer)


class LineView(CustomerEndpoint):
    @extend_schema(operation_id="line_get", responses=LineWithMovements)
    def get(self, request: Request, line_id: UUID) -> Response:
        """Limit, use, what is free, and a page of movements, newest first (``?page=``)."""
        line = credit_lines.one_of_customer(line_id, self.customer)
        moved = self.paged(credit_lines.movements(line), movement_answer)
        return Response({**line_answer(line), "movements": moved.data})


class DrawdownsView(CustomerEndpoint):
    #: The payout is waited for outside any transaction; a repeat finds the drawing by its key.
    commits_itself = True

    @extend_schema(
        operation_id="drawdown_create",
        request=DrawdownRequest,
        responses={201: DrawdownAnswer, 202: DrawdownAnswer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Draw; 201 when the bank has answered within seconds, else 202 (ask ``drawdowns/{id}/``)."""
        body = self.read(DrawdownRequest)
        drawdown = drawdowns.request(
            customer=self.customer,
            amount=body["amount"],
            line_id=body.get("line_id"),
            loan_id=body.get("loan_id"),
            term_months=body.get("term_months"),
            request_key=request.headers.get("Idempotency-Key"),
            now=self.now,
        )
        wait_for_drawing(drawdown, PAYOUT_WAIT_S)
        fresh = credit_lines.drawdown_of_customer(drawdown.pk, self.customer)
        status = 201 if drawdowns.is_finished(fresh) else 202
        return Response(drawdown_answer(fresh), status=status)


class DrawdownView(CustomerEndpoint):
    @extend_schema(operation_id="drawdown_get", responses=DrawdownAnswer)
    def get(self, request: Request, drawdown_id: UUID) -> Response:
        return Response(
            drawdown_answer(credit_lines.drawdown_of_customer(drawdown_id, self.customer))
        )
