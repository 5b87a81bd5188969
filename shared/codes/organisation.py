"""Who belongs to a network, and what an operator does there."""

from shared.codes.labelled import LabelledCode


class OrganisationKind(LabelledCode):
    """The members of Oltre la Strada (Regione Emilia-Romagna) and of the national hotline system,
    and the first responder types of the United Kingdom's National Referral Mechanism. A competent
    authority identifies (Council of Europe Convention on Action against Trafficking, art. 10(1)).
    """

    REGIONAL_AUTHORITY = "regional-authority", "Regional authority"
    MUNICIPALITY = "municipality", "Municipality"
    HEALTH_AGENCY = "health-agency", "Health agency"
    PUBLIC_SERVICES_AGENCY = "public-services-agency", "Public agency for personal services"
    HOTLINE = "hotline", "Hotline"
    EMERGENCY_CENTRE = "emergency-centre", "Emergency centre"
    NGO = "ngo", "NGO"
    COOPERATIVE = "cooperative", "Cooperative"
    POLICE = "police", "Police"
    GOVERNMENT_AGENCY = "government-agency", "Government agency"
    LOCAL_AUTHORITY = "local-authority", "Local authority"
    COMPETENT_AUTHORITY = "competent-authority", "Competent authority"


class Role(LabelledCode):
    """The three kinds of people who use Staffetta (its design, section 1), by what they may do:
    operators, the network's coordinator and auditors, analysts of the observatory. Police and
    judiciary investigate and prosecute, and do not assist (Council of Europe Convention on Action
    against Trafficking, art. 10 and 27 against art. 12): what they are shown is less.
    """

    HOTLINE_OPERATOR = "hotline-operator", "Hotline operator"
    STREET_OPERATOR = "street-operator", "Street unit operator"
    CASE_MANAGER = "case-manager", "Case manager"
    PROVIDER_INTAKE = "provider-intake", "Intake of a provider"
    COORDINATOR = "coordinator", "Coordinator"
    AUDITOR = "auditor", "Auditor"
    ANALYST = "analyst", "Analyst"
    POLICE_OFFICER = "police-officer", "Police officer"
    JUDICIAL_AUTHORITY = "judicial-authority", "Judicial authority"
