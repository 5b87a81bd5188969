"""Where a case stands before the authorities, and how a programme ended."""

from shared.codes.labelled import LabelledCode


class StatusDetermination(LabelledCode):
    """Council of Europe Convention on Action against Trafficking (2005), art. 10(2): reasonable
    grounds to believe make a presumed victim, and the identification process concludes.
    """

    PRESUMED = "presumed", "Presumed victim (reasonable grounds)"
    IDENTIFIED = "identified", "Identified as a victim"
    NOT_IDENTIFIED = "not-identified", "Not identified as a victim"


class ClosureKind(LabelledCode):
    """How a programme ended, in the network's own terms. The order means nothing: people are not
    scored, and no kind is a success or a failure of the person. A programme may end early by
    choice, since help needs consent (Council of Europe Convention, art. 12(7)).
    """

    COMPLETED_AS_PLANNED = "completed-as-planned", "Completed as planned"
    CONTINUED_ELSEWHERE = "continued-elsewhere", "Continued in another programme"
    LEFT_BY_CHOICE = "left-by-choice", "Left by choice"
    CONSENT_WITHDRAWN = "consent-withdrawn", "Consent was withdrawn"
    CONTACT_LOST = "contact-lost", "Contact was lost"
    RETURNED = "returned", "Returned to the country of origin"
    DECEASED = "deceased", "The person died"
    OTHER = "other", "Another way"
