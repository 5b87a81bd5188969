"""Why a person's data is erased."""

from shared.codes.labelled import LabelledCode


class ErasureGround(LabelledCode):
    """Regulation (EU) 2016/679, art. 17(1), points (a) to (e)."""

    NO_LONGER_NECESSARY = "no-longer-necessary", "No longer necessary for what it was recorded for"
    CONSENT_WITHDRAWN = "consent-withdrawn", "The person withdrew the consent it rests on"
    OBJECTION = "objection", "The person objects, and nothing overrides it"
    UNLAWFUL = "unlawful", "It was recorded without a lawful basis"
    LEGAL_OBLIGATION = "legal-obligation", "A law demands that it be erased"
