"""Where, never closer than a province.

Source: ISO 3166-2:IT for the nine provinces of Emilia-Romagna (Bologna is a metropolitan city);
ISO 3166-1 for `GB`, whose national mechanism publishes no smaller area.
"""

from shared.codes.labelled import LabelledCode


class Area(LabelledCode):
    PIACENZA = "IT-PC", "Piacenza"
    PARMA = "IT-PR", "Parma"
    REGGIO_EMILIA = "IT-RE", "Reggio Emilia"
    MODENA = "IT-MO", "Modena"
    BOLOGNA = "IT-BO", "Bologna"
    FERRARA = "IT-FE", "Ferrara"
    RAVENNA = "IT-RA", "Ravenna"
    FORLI_CESENA = "IT-FC", "Forlì-Cesena"
    RIMINI = "IT-RN", "Rimini"
    UNITED_KINGDOM = "GB", "United Kingdom"
    UNKNOWN = "unknown", "Unknown"
