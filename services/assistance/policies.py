"""The rules of a programme, one sentence each, with where they come from."""

from collections.abc import Collection, Iterable
from datetime import date

from services.assistance.state import Case, Erased, Known, Programme
from shared.codes import DELIVERED, ClosureKind, ServiceType
from shared.rules.listing import who_may_list_all_lists_all_and_others_their_own
from shared.runtime import forgetting
from shared.runtime.facts import Acting, RefusalKind, Refused
from shared.trust.access import Thing


def an_erased_case_takes_nothing_more(known: Known) -> Case:
    """Regulation (EU) 2016/679, art. 17(1): nothing begins again about who was erased."""
    if isinstance(known, Erased):
        raise forgetting.refused()
    return known


def a_programme_opens_with_a_handover(programme: Programme | None) -> Programme:
    """Design, section 6: custody moves by a handover, and help begins where custody is."""
    if programme is None:
        raise Refused(
            "a-programme-opens-with-a-handover",
            "This case has no such programme.",
            "Look at the programmes of the case; one opens when both sides confirm a handover.",
            "missing",
        )
    return programme


def only_the_organisation_that_runs_a_programme_acts_on_it(
    acting: Acting, action: str, runs_it: str
) -> None:
    """Design, rule 4: who once referred the person has no hand in the programme."""
    _needs(
        acting.may(action, Thing("Programme", {"organisation": runs_it})),
        "only-the-organisation-that-runs-a-programme-acts-on-it",
        "Another organisation runs this programme, or your role does not act on programmes.",
        "Ask that organisation's case manager or intake; the coordinator can tell you who it is.",
        "authority",
    )


def a_closed_programme_takes_nothing_more(closure: ClosureKind | None) -> None:
    """What was told to others as the end is the end."""
    _needs(
        closure is None,
        "a-closed-programme-takes-nothing-more",
        "This programme is closed.",
        "If the person comes back, begin again with a consent and a referral.",
    )


def without_consent_a_programme_can_only_be_closed(stopped: bool) -> None:
    """Help is given on a consensual basis (Council of Europe Convention, 2005, art. 12(7)); a
    withdrawal takes effect at once (Regulation (EU) 2016/679, art. 7(3); design, rule 3)."""
    _needs(
        not stopped,
        "without-consent-a-programme-can-only-be-closed",
        "The consent that this programme rests on was withdrawn.",
        "Close it; with a new consent, a new referral opens another programme.",
    )


def a_new_plan_needs_a_consent_that_lasts(flagged: bool) -> None:
    """Help is given on a consensual and informed basis (Directive 2011/36/EU, art. 11(5)). What was
    agreed before the date goes on, since a date puts nobody out of a bed; nothing is added."""
    _needs(
        not flagged,
        "a-new-plan-needs-a-consent-that-lasts",
        "The consent that this programme rests on has come to its end in time.",
        "Ask the person again, through the custodian; what was planned goes on meanwhile.",
    )


def a_plan_holds_what_programmes_deliver(services: Iterable[ServiceType]) -> None:
    """D.P.C.M. 16 maggio 2016 names the services; formal identification belongs to authorities
    (Council of Europe Convention, 2005, art. 10)."""
    _needs(
        DELIVERED.issuperset(services),
        "a-plan-holds-what-programmes-deliver",
        "A service in the plan is none that programmes deliver.",
        "Leave formal identification out, and refer the person to a competent authority for it.",
        "content",
    )


def a_plan_is_reviewed_on_a_day_to_come(review_on: date, today: date) -> None:
    """A review that has passed already would never take place."""
    _needs(
        review_on >= today,
        "a-plan-is-reviewed-on-a-day-to-come",
        "The day of the review lies in the past.",
        "Give today or a later day.",
        "content",
    )


def a_plan_is_agreed_before_services(planned: Collection[ServiceType]) -> None:
    """OSCE/ODIHR, National Referral Mechanisms handbook (2022): help follows an individual plan;
    Directive 2011/36/EU, art. 11(5): on a consensual and informed basis."""
    _needs(
        bool(planned),
        "a-plan-is-agreed-before-services",
        "No plan was agreed for this programme.",
        "Agree on a plan with the person first, and record it.",
    )


def a_service_is_one_of_the_plan(service: ServiceType, planned: Collection[ServiceType]) -> None:
    """What the person did not agree to is not done for them; agreeing again changes a plan."""
    _needs(
        service in planned,
        "a-service-is-one-of-the-plan",
        "The agreed plan does not hold this kind of service.",
        "Agree with the person on a plan that holds it, then record the service.",
    )


def a_service_has_been_delivered(delivered_on: date, today: date) -> None:
    """A delivery is a fact; something planned is not one yet. It may lie before the handover: who
    arrives at night is helped at once, and both sides may confirm days later."""
    _needs(
        delivered_on <= today,
        "a-service-has-been-delivered",
        "The day of the service lies in the future.",
        "Record it on the day, or put it into the plan.",
        "content",
    )


def police_and_courts_never_see_the_care_record(
    acting: Acting, action: str = "ListProgrammes"
) -> None:
    """Council of Europe Convention (2005), art. 11(1) and 12(6); Directive 2011/36/EU, art. 11(3):
    help is not conditional on cooperation. Decided before anything is looked for."""
    rule = "police-and-courts-never-see-the-care-record"
    _needs(
        rule not in acting.forbidding(action, Thing("Network")),
        rule,
        "Programmes and services are not shown to police and courts.",
        "Ask the person what they want to be known, through the custodian.",
        "authority",
    )


def the_coordination_learns_that_a_case_was_erased(acting: Acting, known: Known) -> None:
    """To everybody else an erased case is none that ever was."""
    if isinstance(known, Erased) and acting.may("SeeThatErased", Thing("Network")):
        raise forgetting.refused()


def who_helps_and_the_coordination_see_programmes(acting: Acting, run_by: Collection[str]) -> None:
    """Codes only; who is neither learns not even that the person is helped."""
    _needs(
        bool(run_by) and acting.may("SeeProgrammes", _of_case(run_by)),
        "who-helps-and-the-coordination-see-programmes",
        "There is no programme of such a case here, or it is not yours to see.",
        "Ask the coordinator who runs the person's programme.",
        "missing",
    )


def who_alone_helps_and_the_coordination_see_the_trace(
    acting: Acting, run_by: Collection[str]
) -> None:
    """A trace tells of every programme of the case, and a consent that names one organisation
    allows nothing to another (design, rule 3)."""
    who_helps_and_the_coordination_see_programmes(acting, run_by)
    _needs(
        acting.may("SeeProgrammeTrace", _of_case(run_by)),
        "who-alone-helps-and-the-coordination-see-the-trace",
        "Other programmes of this case are not yours to see.",
        "Ask the coordinator for the part of the trace that you need.",
        "authority",
    )


def whose_programmes_are_shown(acting: Acting, run_by: Collection[str]) -> str | None:
    """Whoever may see a case's programmes though none is their own sees those of all (None)."""
    others = set(run_by) - {acting.organisation}
    sees_others = bool(others) and acting.may("SeeProgrammes", _of_case(others))
    return None if sees_others else acting.organisation


def the_coordinator_lists_all_programmes_and_others_their_own(acting: Acting) -> str | None:
    """Design, section 1: whose programmes are listed; None for those of all."""
    otherwise = Refused(
        "the-coordinator-lists-all-programmes-and-others-their-own",
        "Your role does not list programmes.",
        "Ask a case manager of your organisation, or the coordinator.",
        "authority",
    )
    return who_may_list_all_lists_all_and_others_their_own(acting, "ListProgrammes", otherwise)


def _of_case(run_by: Collection[str]) -> Thing:
    return Thing("Programmes", {"organisations": run_by})


def _needs(met: bool, rule: str, because: str, instead: str, kind: RefusalKind = "state") -> None:
    if not met:
        raise Refused(rule, because, instead, kind)
