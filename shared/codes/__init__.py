"""Registered, dated code lists with labels in Khmer, Vietnamese and English.

`Annotated[str, CodeOf("exploitation")]` is a string that must stand in that list. The lists are read once, when this
package is imported, so a list name that nobody registered stops the program before it starts.
"""

from shared.codes.kind import CodeOf, labelled
from shared.codes.lists import Code, CodeList, Language, Lists, label, lists_of, lookup, names

__all__ = ["Code", "CodeList", "CodeOf", "Language", "Lists", "label", "labelled", "lists_of", "lookup", "names"]
