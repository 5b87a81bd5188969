"""Every service there is, for the tests that ask something of each."""

from services.identification.app import SERVICE as IDENTIFICATION
from shared.runtime.store import Service

SERVICES: tuple[Service, ...] = (IDENTIFICATION,)
