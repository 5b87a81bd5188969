"""The page at the root: what runs here, and where each service's description is."""

from collections.abc import Awaitable, Callable, Mapping

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

_PAGES = Environment(loader=PackageLoader("shared.web"), autoescape=select_autoescape())


def welcome(services: Mapping[str, str]) -> Callable[[Request], Awaitable[Response]]:
    """A page that lists services by name, with their descriptions."""
    page = _PAGES.get_template("welcome.html").render(services=services)

    async def show(_request: Request) -> Response:
        return HTMLResponse(page)

    return show
