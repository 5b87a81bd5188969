"""Any history of two cases and three organisations, as Hypothesis draws it."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain

from hypothesis import strategies as st
from pydantic import SecretStr

from services.referral.custody import commands
from services.referral.directory.commands import (
    KeepAddress,
    OfferService,
    RegisterOrganisation,
    SetPlaces,
)
from services.referral.directory.decide import stream_of
from shared.codes import Area, DeclineReason, OrganisationKind, Purpose, ServiceType
from shared.runtime.facts import Request
from tests.referral.playing import WHOEVER_MAY, Move
from tests.support.decisions import NOW

ORGANISATIONS = ["hotline", "casa-aperta", "porto"]
SERVICES = [ServiceType.RESIDENTIAL, ServiceType.WORK]
CASES = [f"case-{letter * 32}" for letter in "cd"]
# Which case each referral is of, and whom each consent names unless it is noted otherwise.
REFERRALS = {f"{number:032x}": CASES[number % 2] for number in range(5)}
CONSENTS = {"1" * 32: "hotline", "2" * 32: "casa-aperta", "3" * 32: "porto"}
_SEND, _ACCEPT = commands.SendReferral, commands.AcceptReferral
_CONFIRM, _WITHDRAW = commands.ConfirmHandover, commands.WithdrawReferral
STEPS: list[type[Request]] = [
    _SEND,
    _ACCEPT,
    _CONFIRM,
    _WITHDRAW,
    commands.AcknowledgeReferral,
    commands.ReturnPlace,
    commands.ReleaseAddress,
]
WAYS: list[list[type[Request]]] = [
    [_SEND, _ACCEPT, _CONFIRM, _CONFIRM, commands.ReturnPlace],
    [_SEND, _ACCEPT, _CONFIRM, _CONFIRM],
    [_SEND, commands.AcknowledgeReferral, _ACCEPT, _CONFIRM, _WITHDRAW],
    [_SEND, _ACCEPT, commands.StopForWithdrawal],
    [_SEND, _ACCEPT, commands.NameEscort, commands.ReleaseAddress, _CONFIRM],
    [_SEND, commands.AcknowledgeReferral, commands.ExpireReferral],
    [_SEND, commands.DeclineReferral],
    [_SEND, commands.StopForExpiry],
]


def register(name: str) -> Move:
    command = RegisterOrganisation(organisation=name, name=name, kind=OrganisationKind.NGO)
    return Move(stream_of(name), command, "regione")


def offer(name: str, service: ServiceType, hours: int) -> Move:
    command = OfferService(service=service, area=Area.BOLOGNA, answer_within_hours=hours)
    return Move(stream_of(name), command, name)


def places(name: str, service: ServiceType, number: int) -> Move:
    return Move(stream_of(name), SetPlaces(service=service, places=number), name)


def address(name: str, service: ServiceType) -> Move:
    return Move(stream_of(name), KeepAddress(service=service, address=SecretStr("there")), name)


def noted(consent: str, recipient: str, days: int) -> commands.NoteConsent:
    until = NOW + timedelta(days=days)
    return commands.NoteConsent(
        consent=consent, recipient=recipient, purpose=Purpose.REFERRAL, valid_until=until
    )


def propose(fresh: str, consent: str, receivers: Sequence[str], service: ServiceType) -> Move:
    command = commands.ProposeReferral(consent=consent, receivers=tuple(receivers), service=service)
    return Move(REFERRALS[fresh], command, WHOEVER_MAY, fresh=fresh)


def step(command: Request, by: str, wait: timedelta) -> Move:
    return Move(REFERRALS[str(getattr(command, "referral", ""))], command, by, wait)


def course(fresh: str, consent: str, beside: list[str], way: list[type[Request]]) -> list[Move]:
    """A referral to whom the consent names, one way to its end or not quite so far."""
    taker = CONSENTS[consent]
    fields = {
        "referral": fresh,
        "consent": consent,
        "receiver": taker,
        "reason": DeclineReason.OTHER,
        "operator": "op-1",
    }
    asked = [
        kind.model_validate({name: fields[name] for name in kind.model_fields}) for kind in way
    ]
    start = propose(fresh, consent, [taker, *beside], SERVICES[0])
    return [start, *(Move(REFERRALS[fresh], command, WHOEVER_MAY) for command in asked)]


# Every organisation offers two places, and both cases were heard of, each with three consents.
STAGE: list[Move] = [
    *(register(name) for name in ORGANISATIONS),
    *(offer(name, SERVICES[0], 24) for name in ORGANISATIONS),
    *(places(name, SERVICES[0], 2) for name in ORGANISATIONS),
    *(address(name, SERVICES[0]) for name in ORGANISATIONS),
    *(Move(case, commands.BeginRelay(custodian="hotline"), "relay") for case in CASES),
    *(
        Move(case, noted(consent, recipient, 30), "relay")
        for case in CASES
        for consent, recipient in CONSENTS.items()
    ),
]
_organisation, _service = st.sampled_from(ORGANISATIONS), st.sampled_from(SERVICES)
_case, _referral = st.sampled_from(CASES), st.sampled_from(sorted(REFERRALS))
_consent = st.sampled_from(sorted(CONSENTS))
_anybody = st.sampled_from([WHOEVER_MAY, *ORGANISATIONS])
_wait = st.builds(timedelta, days=st.sampled_from([0] * 8 + [1, 20]))
_of_referral = st.one_of(
    *(st.builds(kind, referral=_referral) for kind in STEPS),
    st.builds(commands.DeclineReferral, referral=_referral, reason=st.sampled_from(DeclineReason)),
    st.builds(commands.NameEscort, referral=_referral, operator=st.sampled_from(["op-1", "op-2"])),
    st.builds(commands.ExpireReferral, referral=_referral, receiver=_organisation),
)
_heard = st.one_of(
    st.builds(commands.BeginRelay, custodian=_organisation),
    st.builds(noted, _consent, _organisation, st.integers(0, 60)),
    st.builds(commands.StopForWithdrawal, consent=_consent),
)
_receivers = st.lists(_organisation, min_size=1, max_size=3)
_moves = st.one_of(
    st.builds(step, _of_referral, _anybody, _wait),
    st.builds(step, _of_referral, _anybody, _wait),
    st.builds(Move, _case, _heard, st.just("relay"), _wait),
    st.builds(propose, _referral, _consent, _receivers, _service),
    st.builds(register, _organisation),
    st.builds(offer, _organisation, _service, st.integers(1, 100)),
    st.builds(places, _organisation, _service, st.integers(0, 3)),
    st.builds(address, _organisation, _service),
)
_others = st.lists(_organisation, max_size=1)
_ways = st.builds(
    lambda way, left: way[: len(way) - left], st.sampled_from(WAYS), st.integers(0, 1)
)
_courses = st.builds(course, _referral, _consent, _others, _ways)
histories = st.builds(
    lambda stage, parts: [*stage, *chain.from_iterable(parts)],
    st.sampled_from([STAGE, STAGE, STAGE, []]),
    st.lists(
        st.one_of(_courses, _courses, _moves.map(lambda move: [move])), min_size=8, max_size=25
    ),
)
