"""One way in for each kind of token: of this installation, of a session, of a provider."""

from collections.abc import Callable
from datetime import datetime

from joserfc.jwk import OKPKey

from shared.trust.openid.reading import Provider, issuer_of
from shared.trust.tokens import Bearer, NoToken, read
from shared.web.door import SERVICE_ROLE
from staffetta.access.sessions import PREFIX, Sessions

Clock = Callable[[], datetime]


def read_on_this_machine(
    key: OKPKey, sessions: Sessions, provider: Provider | None, now: Clock
) -> Callable[[str], Bearer]:
    """Whoever reads the key file of the machine is its operator, and acts for any account."""

    def whom(token: str) -> Bearer:
        if token.startswith(PREFIX):
            return sessions.read(token, now())
        if provider is not None and issuer_of(token) == provider.mapped.issuer:
            return provider.read(token, now)
        return read(key, token, now)

    return whom


def read_at_scale(key: OKPKey, provider: Provider | None, now: Clock) -> Callable[[str], Bearer]:
    """Beside a provider the services' own key names services alone: each of them holds it, and
    one that was taken over must not become an operator of any organisation."""
    if provider is None:
        return lambda token: read(key, token, now)

    def whom(token: str) -> Bearer:
        if issuer_of(token) == provider.mapped.issuer:
            return provider.read(token, now)
        bearer = read(key, token, now)
        if bearer.roles != {SERVICE_ROLE}:
            raise NoToken("not of the provider")
        return bearer

    return whom
