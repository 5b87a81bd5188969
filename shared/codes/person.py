"""What is coded about a person, as coarsely as protection and statistics need it."""

from shared.codes.labelled import LabelledCode


class AgeGroup(LabelledCode):
    """Palermo Protocol (2000), art. 3(d); Directive 2011/36/EU, art. 2(6): a child is under 18.

    Who may be a child is presumed one until it is known (Directive 2011/36/EU, art. 13(2)).
    """

    CHILD = "child", "Child (17 or under)"
    ADULT = "adult", "Adult (18 or over)"
    UNKNOWN = "unknown", "Not specified or unknown"


class Gender(LabelledCode):
    """The categories of the United Kingdom's National Referral Mechanism statistics."""

    MALE = "male", "Male"
    FEMALE = "female", "Female"
    OTHER = "other", "Other"
    NOT_RECORDED = "not-recorded", "Not recorded"
    UNKNOWN = "unknown", "Unknown"
