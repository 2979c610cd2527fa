"""Places of both countries, as dated codes. Provinces and border gates are built in; whole gazetteers can be read in.

A code alone names nothing: Viet Nam gave old codes new meanings on 1 July 2025, so 80 was Long An and is Tay Ninh now.
So a place is (country, code, valid_from), and the name as written on the paper is stored beside it.
"""

from shared.codes.places.area import Area
from shared.codes.places.gates import gate_sides
from shared.codes.places.gazetteer import Gazetteer, display, known, parent_code, resolve, use
from shared.codes.places.reading import Unreadable, areas_in, read_file
from shared.codes.places.value import District, Place, Province, nests

__all__ = [
    "Area",
    "District",
    "Gazetteer",
    "Place",
    "Province",
    "Unreadable",
    "areas_in",
    "display",
    "gate_sides",
    "known",
    "nests",
    "parent_code",
    "read_file",
    "resolve",
    "use",
]
