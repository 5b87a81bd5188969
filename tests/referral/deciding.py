"""Decisions on a case's way, where the network stands as `NETWORK` says unless told otherwise."""

from collections.abc import Mapping, Sequence

from services.referral.custody.decide import CUSTODY
from shared.runtime.facts import Acting, Fact, In, Request
from tests.referral.given import NETWORK
from tests.support.decisions import refusal, when


def decided(
    given: Sequence[Fact],
    command: Request,
    by: Acting,
    network: Mapping[str, Sequence[Fact]] = NETWORK,
) -> list[Fact | In]:
    return list(when(CUSTODY, given, command, by, network))


def refused(
    given: Sequence[Fact],
    command: Request,
    by: Acting,
    network: Mapping[str, Sequence[Fact]] = NETWORK,
) -> str:
    return refusal(CUSTODY, given, command, by, network)
