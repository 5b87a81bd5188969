"""How the network heard of a person.

Sources: the ways in of the Italian anti-trafficking system (national hotline 800 290 290, street
units, desks, reports by police, health services, unions, and the person), Piano nazionale d'azione
contro la tratta; the last three are the first responder types of the United Kingdom's National
Referral Mechanism statistics that the others do not cover.
"""

from shared.codes.labelled import LabelledCode


class Channel(LabelledCode):
    HOTLINE = "hotline", "Hotline"
    STREET_UNIT = "street-unit", "Street unit"
    DESK = "desk", "Desk"
    POLICE = "police", "Police"
    HEALTH = "health", "Health service"
    UNION = "union", "Trade union"
    SELF = "self", "The person"
    GOVERNMENT_AGENCY = "government-agency", "Government agency"
    LOCAL_AUTHORITY = "local-authority", "Local authority"
    NGO = "ngo", "NGO or third sector"
