"""The rules of a case, one sentence each, with where they come from."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.identification.cases.consent_policies import covers, is_live
from services.identification.cases.state import Consent
from services.identification.contacts.state import Contact, Reported
from shared.codes import COUNTRIES, DataCategory, OrganisationKind, Purpose, Role
from shared.codes.citizenship import USER_ASSIGNED
from shared.runtime.facts import RefusalKind, Refused

Shown = Mapping[str, Any]
_OPENS_CASES = {Role.CASE_MANAGER, Role.HOTLINE_OPERATOR, Role.STREET_OPERATOR}
_WORKS_ON_CASES = _OPENS_CASES | {Role.PROVIDER_INTAKE}


def whoever_meets_people_may_open_a_case(roles: frozenset[str]) -> None:
    """OSCE/ODIHR, National Referral Mechanisms handbook (2022): no single door."""
    _needs(
        bool(roles & _OPENS_CASES),
        "whoever-meets-people-may-open-a-case",
        "Your role does not open cases.",
        "Ask a case manager, the hotline or a street unit to open it.",
    )


def only_the_custodian_works_on_a_case(
    organisation: str, roles: frozenset[str], custodian: str
) -> None:
    """Design, section 6: exactly one custodian per case; reading gives no right to move it."""
    _needs(
        organisation == custodian and bool(roles & _WORKS_ON_CASES),
        "only-the-custodian-works-on-a-case",
        "Another organisation is the custodian of this case, or your role does not work on it.",
        "Ask the custodian's case manager; the coordinator can tell you who that is.",
    )


def the_custodian_and_the_coordination_see_a_case(
    organisation: str, roles: frozenset[str], case: Shown | None
) -> Shown:
    """Codes only; who is neither learns not even that the case exists."""
    coordinates = bool(roles & {Role.COORDINATOR, Role.AUDITOR})
    if case is None or not (coordinates or organisation == case["custodian"]):
        raise Refused(
            "the-custodian-and-the-coordination-see-a-case",
            "There is no such case here, or it is not yours to see.",
            "Ask the coordinator who its custodian is.",
            "missing",
        )
    return case


def a_contact_belongs_to_one_case(contact: Contact | None) -> Reported:
    """Two cases of one contact would count, and refer, one person twice."""
    if not isinstance(contact, Reported):
        raise Refused(
            "a-case-rests-on-a-contact",
            "There is no such contact.",
            "Report the contact first, then name it.",
            "missing",
        )
    _needs(
        contact.case is None,
        "a-contact-belongs-to-one-case",
        "This contact belongs to a case.",
        "Work on that case, or report a new contact.",
        "state",
    )
    return contact


def citizenship_is_a_known_code(code: str) -> None:
    """ISO 3166-1 alpha-2, and the codes for Kosovo, stateless and unknown."""
    _needs(
        code in COUNTRIES or code in USER_ASSIGNED,
        "citizenship-is-a-known-code",
        "The citizenship is not a code of ISO 3166-1.",
        "Give the country's two letters, XS for stateless or XX for unknown.",
        "content",
    )


def who_works_on_cases_asks_for_a_dossier(roles: frozenset[str]) -> None:
    """A consent names an organisation, for help; who audits or counts there needs no names
    (Regulation (EU) 2016/679, art. 5(1)(c) and 29)."""
    _needs(
        bool(roles & _WORKS_ON_CASES),
        "who-works-on-cases-asks-for-a-dossier",
        "Your role does not see dossiers.",
        "Ask a case manager or the intake of your organisation.",
    )


def a_disclosure_rests_on_a_live_consent(  # noqa: PLR0913, PLR0917  # what is asked, by whom, when
    consents: Mapping[str, Consent],
    recipient: str,
    purpose: Purpose,
    categories: Iterable[DataCategory],
    now: datetime,
    kind: OrganisationKind | None = None,
) -> str:
    """The consent that covers it: this recipient (or its kind), this purpose, all the categories,
    live now.

    Design, rule 2; Regulation (EU) 2016/679, art. 6(1)(a) and 9(2)(a).
    """
    wanted = set(categories)
    for name, consent in consents.items():
        scope = covers(consent, recipient, kind) and consent.purpose == purpose
        if scope and is_live(consent, now) and wanted <= set(consent.categories):
            return name
    raise Refused(
        "a-disclosure-rests-on-a-live-consent",
        "No live consent covers this recipient, purpose and these categories of data.",
        "Ask the person, through the custodian, or ask for less.",
        "authority",
    )


def something_is_recorded(*given: object) -> None:
    """An empty record would pretend that somebody was identified."""
    _needs(
        any(value is not None for value in given),
        "something-is-recorded",
        "Nothing about the person was given.",
        "Give at least one of the fields.",
        "content",
    )


def _needs(
    met: bool, rule: str, because: str, instead: str, kind: RefusalKind = "authority"
) -> None:
    if not met:
        raise Refused(rule, because, instead, kind)
