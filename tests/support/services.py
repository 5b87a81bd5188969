"""Every service there is, for the tests that ask something of each."""

from services.assistance.app import SERVICE as ASSISTANCE
from services.identification.app import SERVICE as IDENTIFICATION
from services.observatory.app import SERVICE as OBSERVATORY
from services.referral.app import SERVICE as REFERRAL
from shared.runtime.store import Service

SERVICES: tuple[Service, ...] = (IDENTIFICATION, REFERRAL, ASSISTANCE, OBSERVATORY)
