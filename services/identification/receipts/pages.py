"""The page on which anybody verifies a receipt's code: without an account, a cookie or a script."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, select_autoescape

from services.identification.receipts.api import verified
from services.identification.receipts.receipt import PAGE
from services.identification.receipts.texts import languages, texts
from shared.runtime.facts import Refused
from shared.web.languages import preferred
from shared.web.problems import Turned

router = APIRouter()
_PAGES = Environment(loader=PackageLoader(__package__ or ""), autoescape=select_autoescape())
_FORM = "application/x-www-form-urlencoded"
_FIELDS = 4


async def typed_in(request: Request) -> str:
    """The code that the form sent in its body: an address would stay in histories and logs.
    Raises `Turned` for what is no form."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != _FORM:
        raise Turned(
            415,
            "a-form-is-sent-as-a-form",
            "The body is not sent as a form.",
            "Open this address in a browser and use its form, or send JSON to the other door.",
        )
    body = await request.body()
    try:
        fields = parse_qs(body.decode(), max_num_fields=_FIELDS)
    except ValueError:
        return ""
    return fields.get("code", [""])[0]


# No part of the API: a form for people, which the OpenAPI document has no place for.
@router.get(PAGE, include_in_schema=False)
def show_verification_page(request: Request) -> HTMLResponse:
    """The empty form."""
    return _page(request, None, 200)


@router.post(PAGE, include_in_schema=False)
def verify_on_page(request: Request, typed: Annotated[str, Depends(typed_in)]) -> HTMLResponse:
    """The form again, with what the JSON door would say, in words."""
    try:
        found = verified(request, typed)
    except Refused:
        return _page(request, "mistyped", 422)
    except Turned as turned:
        status, headers = turned.answer.status_code, turned.answer.headers
        again = {name: headers[name] for name in ("Retry-After",) if name in headers}
        return _page(request, _TURNED[status], status, again)
    return _page(request, found.consent or "unknown", 200)


_TURNED = {429: "too-often", 503: "restored"}


def _page(
    request: Request, said: str | None, status: int, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    language = preferred(request.headers.get("Accept-Language", ""), languages())
    page = _PAGES.get_template("verification.html").render(
        language=language, words=texts(language)["page"], said=said, style=_style()
    )
    kept = {**_headers(), "Content-Language": language, "Vary": "Accept-Language"}
    return HTMLResponse(page, status, {**kept, **(headers or {})})


@cache
def _style() -> str:
    return (files(__package__ or "") / "templates" / "verification.css").read_text("utf-8")


@cache
def _headers() -> Mapping[str, str]:
    """Nothing is loaded, run or framed; of styles, only the page's own, known by its digest."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return {
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
    }
