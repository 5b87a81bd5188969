"""The scope of a consent: for what, over which data, in which form, given by whom.

Sources: Regulation (EU) 2016/679, art. 4(11), 5(1)(b), 6(1)(a), 7 and 9(2)(a); Council of Europe
Convention on Action against Trafficking (2005), art. 11 (private life), 12(7) (informed consent).
"""

from shared.codes.labelled import LabelledCode


class Purpose(LabelledCode):
    """What the data may be used for. Statistics are no purpose here: the observatory never gets
    personal data, only minimised contributions (Regulation (EU) 2016/679, art. 89(1)).
    """

    REFERRAL = "referral", "Referral to assistance"
    IDENTIFICATION = "identification", "Identification by a competent authority"
    LEGAL_AID = "legal-aid", "Legal aid"
    HEALTH_CARE = "health-care", "Health care"
    RETURN = "return", "Voluntary return (Council of Europe Convention, art. 16)"


class DataCategory(LabelledCode):
    """The classes in which protected fields are sealed; health is special by art. 9 of the GDPR."""

    IDENTITY = "identity", "Name, birth date, documents"
    CONTACT = "contact", "How to reach the person"
    HEALTH = "health", "Body and mind"
    NARRATIVE = "narrative", "What the person told"


class ConsentForm(LabelledCode):
    """Consent can be shown to have been given (Regulation (EU) 2016/679, art. 7(1))."""

    SPOKEN_WITNESSED = "spoken-witnessed", "Spoken, before a witness"
    WRITTEN = "written", "On paper"
    SIGNED_FILE = "signed-file", "A signed file"


class ConsentGiver(LabelledCode):
    """A child's guardian or representative consents where the law asks for it (Directive
    2011/36/EU, art. 14(2) and 16(3)).
    """

    PERSON = "person", "The person"
    GUARDIAN = "guardian", "The person's guardian"


class InterpreterMode(LabelledCode):
    """Directive 2011/36/EU, art. 11(5): translation and interpretation where appropriate; WHO,
    Ethical and safety recommendations for interviewing trafficked women (2003), no. 4.
    """

    NONE_NEEDED = "none-needed", "No interpreter needed"
    INTERPRETER = "interpreter", "Interpreter"
    CULTURAL_MEDIATOR = "cultural-mediator", "Cultural mediator"
    TELEPHONE = "telephone", "Interpreter by telephone"


class ConsentEnd(LabelledCode):
    """How a consent, or a part of it, came to its end (Regulation (EU) 2016/679, art. 7(3) for a
    withdrawal, the whole or a part; art. 5(1)(e) for an end in time).
    """

    WITHDRAWN = "withdrawn", "Withdrawn"
    NARROWED = "narrowed", "Narrowed"
    EXPIRED = "expired", "Ended in time"


class HolderAction(LabelledCode):
    """What an organisation did about what it had received, when the consent came to its end
    (Regulation (EU) 2016/679, art. 17(1)(b) and 19). Nobody can do so that it was not read.
    """

    STOPPED = "stopped", "Stopped using it"
    DESTROYED = "destroyed", "Destroyed its copy"
    NOTHING_HELD = "nothing-held", "Held nothing"
    KEPT_FOR_CARE = "kept-for-care", "Kept what the care of today needs, until the person is asked"
