"""One service's FastAPI application, made the same way for each."""

from collections.abc import Collection, Sequence

from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import HTTPBearer

from shared.web import heard, outbox, positions, tiles
from shared.web.calls import Edge
from shared.web.door import Door
from shared.web.health import Health, health_routes
from shared.web.kept import NotKept
from shared.web.limits import BodyLimit
from shared.web.problems import Problem, install_problems, responses
from shared.web.spanned import Spanned

VERSION = "0.1.0"
MAX_BODY = 256 * 1024
# Described here, asked for at the door.
_BEARER = HTTPBearer(auto_error=False, description="A token from `staffetta token`.")


def application(
    edge: Edge, routers: Sequence[APIRouter], *, open_to_anybody: Collection[str] = ()
) -> FastAPI:
    """The application with its routes, its refusals and its limits. `open_to_anybody`: those of its
    addresses that ask for no token.

    The interactive documents are off: they load scripts from a stranger's server. So are
    redirects to an address with or without a slash: they repeat the address that was sent.
    """
    app = FastAPI(
        title=f"Staffetta: {edge.store.service.name}",
        description=edge.store.service.about,
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(_BEARER)],
        responses=responses(401, 413, 415, 422),
    )
    app.state.edge = edge
    app.add_middleware(
        Door,
        edge.read_token,
        edge.store.service.name,
        certified=edge.certified,
        open_to_anybody=open_to_anybody,
    )
    app.add_middleware(BodyLimit, MAX_BODY)
    app.add_middleware(Spanned, edge.store.service.name)
    app.add_middleware(NotKept)
    install_problems(app)
    for router in (*routers, positions.router, outbox.router, heard.router, tiles.router):
        app.include_router(router)
    app.router.routes.extend(health_routes(Health(edge.ready())))
    app.openapi = lambda: _described(app, open_to_anybody)  # type: ignore[method-assign]  # FastAPI's own way to extend the document
    return app


def _described(app: FastAPI, open_to_anybody: Collection[str]) -> dict[str, object]:
    """The OpenAPI document, with the schema that every refusal refers to."""
    document = FastAPI.openapi(app)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    for address in open_to_anybody:
        # A page for people is open, and not described.
        for operation in document["paths"].get(address, {}).values():
            operation["security"] = []
            operation["responses"].pop("401", None)
    return document
