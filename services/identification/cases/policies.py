"""The rules of a case, one sentence each, with where they come from."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.identification.cases.consent_policies import opens_to
from services.identification.cases.consent_state import Consent
from services.identification.contacts.state import Contact, Reported
from shared.codes import COUNTRIES, DataCategory, OrganisationKind, Purpose
from shared.codes.citizenship import USER_ASSIGNED
from shared.rules.listing import who_may_list_all_lists_all_and_others_their_own
from shared.runtime.facts import Acting, RefusalKind, Refused
from shared.trust.access import Thing

Shown = Mapping[str, Any]


def whoever_meets_people_may_open_a_case(acting: Acting) -> None:
    """OSCE/ODIHR, National Referral Mechanisms handbook (2022): no single door."""
    _needs(
        acting.may("OpenCase", Thing("Network")),
        "whoever-meets-people-may-open-a-case",
        "Your role does not open cases.",
        "Ask a case manager, the hotline or a street unit to open it.",
    )


def only_the_custodian_works_on_a_case(acting: Acting, action: str, custodian: str) -> None:
    """Design, section 6: exactly one custodian per case; reading gives no right to move it."""
    _needs(
        acting.may(action, Thing("Case", {"custodian": custodian})),
        "only-the-custodian-works-on-a-case",
        "Another organisation is the custodian of this case, or your role does not work on it.",
        "Ask the custodian's case manager; the coordinator can tell you who that is.",
    )


def the_custodian_and_the_coordination_see_a_case(
    acting: Acting, action: str, case: Shown | None
) -> Shown:
    """Codes only; who is neither learns not even that the case exists."""
    if case is None or not acting.may(action, Thing("Case", {"custodian": case["custodian"]})):
        raise Refused(
            "the-custodian-and-the-coordination-see-a-case",
            "There is no such case here, or it is not yours to see.",
            "Ask the coordinator who its custodian is.",
            "missing",
        )
    return case


def the_coordinator_lists_all_cases_and_others_their_own(acting: Acting) -> str | None:
    """Design, section 1: whose cases are listed; None for those of all."""
    otherwise = Refused(
        "the-coordinator-lists-all-cases-and-others-their-own",
        "Your role does not list cases.",
        "Ask a case manager of your organisation, or the coordinator.",
        "authority",
    )
    return who_may_list_all_lists_all_and_others_their_own(acting, "ListCases", otherwise)


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


def who_works_on_cases_asks_for_a_dossier(acting: Acting) -> None:
    """A consent names an organisation, for help; who audits or counts there needs no names
    (Regulation (EU) 2016/679, art. 5(1)(c) and 29)."""
    _needs(
        acting.may("AskForDossier", Thing("Network")),
        "who-works-on-cases-asks-for-a-dossier",
        "Your role does not see dossiers.",
        "Ask a case manager or the intake of your organisation.",
    )


def police_and_courts_never_see_the_care_record(
    acting: Acting, categories: Iterable[DataCategory]
) -> tuple[DataCategory, ...]:
    """What may be asked for at all; no consent lifts this, and no second role either.

    Council of Europe Convention (2005), art. 11(1): private life; art. 12(6): help is not
    conditional on willingness to act as a witness, as in Directive 2011/36/EU, art. 11(3). Who
    must fear that a doctor's note ends in a case file does not speak to the doctor.
    """
    open_to_them = {
        category
        for category in categories
        if acting.may("AskForDossier", Thing("Category", {"name": category}))
    }
    _needs(
        bool(open_to_them),
        "police-and-courts-never-see-the-care-record",
        "What was noted about body and mind is not shown to police and courts.",
        "Ask for other categories; the person may tell themselves what they want to be known.",
    )
    return tuple(sorted(open_to_them))


def a_disclosure_rests_on_a_live_consent(
    acting: Acting,
    kind: OrganisationKind | None,
    consents: Mapping[str, Consent],
    purpose: Purpose,
    categories: Iterable[DataCategory],
) -> tuple[str, tuple[DataCategory, ...]]:
    """The consent to whoever asks (or to their kind of organisation), for this purpose, live now,
    that allows most of what is wanted; and what of it that one consent allows. Two consents do not
    add up to a third.

    Design, rule 2; Regulation (EU) 2016/679, art. 6(1)(a) and 9(2)(a).
    """
    wanted, best = set(categories), ("", tuple[DataCategory, ...]())
    for name, consent in consents.items():
        serves = consent.purpose == purpose
        allowed = wanted & set(consent.categories)
        opens = opens_to(consent, acting.organisation, kind, acting.now)
        covered = (acting.organisation,) if opens else ()
        dossier = Thing("Dossier", {"recipients": covered})
        if serves and len(allowed) > len(best[1]) and acting.may("DiscloseDossier", dossier):
            best = (name, tuple(sorted(allowed)))
    if best[1]:
        return best
    raise Refused(
        "a-disclosure-rests-on-a-live-consent",
        "No live consent covers this recipient, this purpose and any of these categories of data.",
        "Ask the person, through the custodian.",
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
