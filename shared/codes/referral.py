"""Why an organisation does not take a referral."""

from shared.codes.labelled import LabelledCode


class DeclineReason(LabelledCode):
    """The network's own list: each reason tells the sender where to look next, and describes the
    offer, never the person (so that a refusal carries no personal data: Regulation (EU) 2016/679,
    art. 5(1)(c)). Help may not be refused for want of cooperation with the police (Directive
    2011/36/EU, art. 11(3)), so no reason says that.
    """

    NO_PLACE_FREE = "no-place-free", "No place is free"
    OUTSIDE_TARGET_GROUP = "outside-target-group", "The service is for another group of people"
    SAFETY_CONFLICT = "safety-conflict", "The place would not be safe for this person, or others"
    OUTSIDE_AREA = "outside-area", "The service does not cover this area"
    LANGUAGE_NOT_COVERED = "language-not-covered", "Nobody here speaks a shared language"
    NEEDS_OTHER_SERVICE = "needs-other-service", "Another kind of service is needed"
    OTHER = "other", "Another reason"
