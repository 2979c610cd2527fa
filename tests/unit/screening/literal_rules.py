"""The rules of suggesting, written down a second time as plainly as they read, to be compared with the engine.

Nothing here comes from the product: strengths, the rule of the dimensions and the order are copied by hand from the
published indicators and the rules as they were agreed. Slow and long on purpose.
"""

from collections.abc import Mapping
from typing import Any

ADULT = {
    "S": "DR01 CR01 EX01 CD01 CD02 CD03 CD04",
    "M": (
        "DR02 DR03 DR04 DR05 DR06 DR07 DR08 DR09 CR02 CR03 CR04 CR05 CR06 CR07 CR08 CR09 CR10 "
        "RV01 RV02 RV03 RV04 RV05 RV06 RV07 RV08 RV09 RV10 RV11 RV12 RV13 RV14 EX02 EX03 EX04 EX05 EX06 EX07 EX08 "
        "CD05 CD06 CD07 CD08 CD09 CD10 CD11 CD12 CD13 CD14 VD01 VD02 VD03 VD04 VD05"
    ),
    "W": "DR10 RV15 RV16 EX09 CD15 VD06 VD07",
}
CHILD = {
    "S": "DR01 DR10 CR01 CR02 CR03 CR04 EX01 CD01 CD02 CD03 CD04 CD05 CD06 CD07 CD08",
    "M": (
        "DR02 DR03 DR04 DR05 DR06 DR07 DR08 DR09 CR05 CR06 CR07 CR08 CR09 CR10 "
        "RV01 RV02 RV03 RV04 RV05 RV06 RV07 RV09 RV10 RV11 RV12 RV13 RV14 RV15 RV16 EX02 EX03 EX04 EX05 EX06 EX07 EX09 "
        "CD09 CD10 CD11 CD12 CD13 CD14 CD15 VD01 VD02 VD03 VD04 VD05 VD06 VD07"
    ),
    "W": "",
}
CODES = sorted({code for table in (ADULT, CHILD) for codes in table.values() for code in codes.split()})


def is_positive(yes: set[str], prefix: str, table: Mapping[str, str]) -> bool:
    strong = len([code for code in table["S"].split() if code in yes and code.startswith(prefix)])
    medium = len([code for code in table["M"].split() if code in yes and code.startswith(prefix)])
    weak = len([code for code in table["W"].split() if code in yes and code.startswith(prefix)])
    if strong >= 2:
        return True
    if strong >= 1 and medium + weak >= 1:
        return True
    if medium >= 3:
        return True
    return medium >= 2 and weak >= 1


def suggestion(line: Mapping[str, Any]) -> tuple[str, str]:
    """The rule and the outcome for a line such as `homeward screening evaluate` reads."""
    facts = {name for name, holds in line.get("facts", {}).items() if holds}
    said_yes = {code for code, value in line.get("answers", {}).items() if value == "YES"}
    return _child(said_yes, facts) if line["child"] else _adult(said_yes, facts)


def _child(said_yes: set[str], facts: set[str]) -> tuple[str, str]:
    yes = said_yes & {code for codes in CHILD.values() for code in codes.split()}
    exploited = is_positive(yes, "EX", CHILD)
    some_exploitation = any(code.startswith("EX") for code in yes)
    if "act" in facts and exploited:
        return "C1", "VOT"
    if "act" in facts and "other_purpose" in facts:
        return "C2", "VOT"
    if "directed_or_proceeds_taken" in facts:
        return "C4", "VOT_PRESUMED"
    if "infant_used" in facts:
        return "C6", "VOT_PRESUMED"
    if "act" in facts and some_exploitation and not exploited:
        return "C3", "VOT_PRESUMED"
    if (exploited or "other_purpose" in facts) and "act" not in facts:
        return "C5", "VOT_PRESUMED"
    if "core_unknown" in facts:
        return "C9", "VOT_PRESUMED"
    if "act" in facts or yes:
        return "C7", "CHILD_AT_RISK"
    return "C8", "CHILD_AT_RISK"


def _adult(said_yes: set[str], facts: set[str]) -> tuple[str, str]:
    yes = said_yes & {code for codes in ADULT.values() for code in codes.split()}
    deceived, coerced = is_positive(yes, "DR", ADULT), is_positive(yes, "CR", ADULT)
    vulnerable, exploited = is_positive(yes, "RV", ADULT), is_positive(yes, "EX", ADULT)
    controlled, dependent = is_positive(yes, "CD", ADULT), is_positive(yes, "VD", ADULT)
    act = "act" in facts
    if act and exploited and controlled and (deceived or coerced):
        return "A1", "VOT"
    if act and exploited and controlled and not (deceived or coerced):
        return "A2", "VOT_PRESUMED"
    if act and exploited and (deceived or coerced) and not controlled:
        return "A3", "VOT_PRESUMED"
    if exploited and (deceived or coerced or controlled) and not act:
        return "A9", "INCONCLUSIVE"
    if "core_unknown" in facts or "stopped" in facts:
        return "A0", "INCONCLUSIVE"
    means = deceived or coerced or controlled
    if exploited and not means and (vulnerable or dependent):
        return "A4", "EXPLOITED_MIGRANT"
    if exploited and not means and not vulnerable and not dependent:
        return "A5", "EXPLOITED_MIGRANT"
    strong_force = any(code in yes for code in ADULT["S"].split() if code.startswith(("CR", "CD")))
    other = "non_labour_exploitation" in facts or "other_purpose" in facts
    if not exploited and (any(code.startswith("EX") for code in yes) or means):
        return "A6", "INCONCLUSIVE"
    if strong_force or other:
        return "A6", "INCONCLUSIVE"
    if "paid_facilitation" in facts:
        return "A7", "SMUGGLED_MIGRANT"
    return "A8", "NOT_A_VICTIM"
