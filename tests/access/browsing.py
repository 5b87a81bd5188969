"""As much of a browser as a provider's pages need."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

_MOST_PAGES = 10


@dataclass
class Browser:
    """`home`: where its pages are; a redirect elsewhere is shown and not followed."""

    http: httpx.Client
    home: str
    cookies: dict[str, str] = field(default_factory=dict)

    def fill_in(self, address: str, typed: Callable[[], Mapping[str, str]]) -> httpx.Response:
        """Open a page, and fill in form after form, each with what it asks of `typed`, as it
        is at that moment; the page that has none, or the redirect that leads away."""
        shown, before = self._asked("GET", address), {"": ""}
        for _ in range(_MOST_PAGES):
            form = re.search(r'<form[^>]* action="([^"]+)".*?</form>', shown.text, re.DOTALL)
            if form is None:
                return shown
            asked = {tag.get("name", ""): tag.get("value", "") for tag in _inputs(form.group())}
            hidden = {tag["name"]: tag["value"] for tag in _inputs(form.group()) if _is_hidden(tag)}
            assert asked != before, f"the provider refuses what was typed: {sorted(asked)}"
            before = asked
            given = hidden | {name: told for name, told in typed().items() if name in asked}
            shown = self._asked("POST", html.unescape(form.group(1)), given)
        raise AssertionError("the provider's pages do not end")

    def _asked(
        self, method: str, address: str, told: Mapping[str, str] | None = None
    ) -> httpx.Response:
        # Its cookies are `Secure`, which a browser sends to loopback and httpx does not.
        head = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        head["Accept"] = "text/html"  # by which Keycloak tells a browser from a device
        where = str(httpx.URL(self.home).join(address))
        shown = self.http.request(method, where, data=told, headers=head)
        given = shown.headers.get_list("set-cookie")
        self.cookies |= dict(each.partition(";")[0].split("=", 1) for each in given)
        assert not shown.is_error, f"the provider's page is an error: {shown.status_code}"
        onward = shown.headers.get("location", "")
        return self._asked("GET", onward) if onward.startswith(self.home) else shown


def _inputs(form: str) -> list[dict[str, str]]:
    tags = re.findall(r"<(?:input|button)[^>]*>", form)
    return [
        {name: html.unescape(told) for name, told in re.findall(r'([a-z-]+)="([^"]*)"', tag)}
        for tag in tags
    ]


def _is_hidden(tag: Mapping[str, str]) -> bool:
    return tag.get("type") == "hidden" and {"name", "value"} <= set(tag)
