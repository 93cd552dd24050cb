"""An API client as a phone would be one: JSON, bearer token, idempotency keys."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

PREFIX = "/api/v1/"


@dataclass
class Answer:
    status: int
    body: Any
    raw: bytes
    headers: Any

    @property
    def code(self) -> str:
        """The problem's code, after checking that it is a whole problem document."""
        assert self.headers["Content-Type"] == "application/problem+json", self.raw[:200]
        assert set(self.body) == {"type", "title", "status", "detail", "code", "errors"}
        assert self.body["status"] == self.status
        assert "Traceback" not in self.raw.decode()
        return str(self.body["code"])


@dataclass
class Phone:
    token: str = ""
    language: str = "en"
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    def headers(self, key: str | None) -> dict[str, str]:
        headers = {"Accept": "application/json", "Accept-Language": self.language}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key is not None:
            headers["Idempotency-Key"] = key
        return headers

    def send(
        self,
        method: str,
        path: str,
        data: Any = None,
        *,
        key: str | None = None,
        content_type: str = "application/json",
        extra: dict[str, str] | None = None,
    ) -> Answer:
        address = path if path.startswith("/") else PREFIX + path
        content = data if isinstance(data, bytes | str) or data is None else json.dumps(data)
        response = self.client.generic(
            method,
            address,
            content or "",
            content_type=content_type,
            headers={**self.headers(key), **(extra or {})},
        )
        return answer_of(response)

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, data: Any = None, *, key: str | None = "") -> Answer:
        """``key=""``: a fresh one, as a good client does; ``None``: no header."""
        return self.send(
            "POST", path, {} if data is None else data, key=str(uuid.uuid4()) if key == "" else key
        )

    def upload(self, path: str, files: dict[str, Any]) -> Answer:
        response = self.client.post(PREFIX + path, files, headers=self.headers(str(uuid.uuid4())))
        return answer_of(response)


def answer_of(response: Any) -> Answer:
    raw = response.content
    is_json = "json" in response.headers.get("Content-Type", "")
    return Answer(
        response.status_code, json.loads(raw) if raw and is_json else None, raw, response.headers
    )
