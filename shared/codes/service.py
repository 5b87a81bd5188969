"""What organisations of the network offer.

Sources: D.P.C.M. 16 maggio 2016 (programma unico di emersione, assistenza e integrazione sociale,
d.lgs. 286/1998, art. 18, comma 3-bis); Directive 2011/36/EU, art. 11(5) and 12; Council of Europe
Convention on Action against Trafficking (2005), art. 10 for identification and art. 12 for help.
"""

from shared.codes.labelled import LabelledCode


class ServiceType(LabelledCode):
    RESIDENTIAL = "residential", "Safe accommodation"
    MATERIAL = "material", "Material help"
    PSYCHOLOGICAL = "psychological", "Psychological help"
    MEDICAL = "medical", "Medical care"
    SOCIAL = "social", "Social support"
    EDUCATIONAL = "educational", "Education and language"
    JURIDICAL = "juridical", "Legal help"
    WORK = "work", "Training and work"
    FORMAL_IDENTIFICATION = "formal-identification", "Formal identification"


DELIVERED: frozenset[ServiceType] = frozenset(ServiceType) - {ServiceType.FORMAL_IDENTIFICATION}
"""What a programme delivers. Formal identification is asked of a competent authority instead."""
