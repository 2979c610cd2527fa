"""Modules beyond the usual ones, each with the reason why it stands by itself.

`PURE` ones obey the import rule of `domain.py`: no clock, no chance, no I/O but reading their own package's data once.
`BESIDE_HANDLERS` ones obey that of handlers.
"""

PURE = {
    "services/intake/cases/conflicts.py": "who must keep away from a case, which two others must find to be over",
    "services/intake/cases/custody.py": "who holds a case and who works on it, apart from what the case says",
    "services/intake/cases/detention.py": "days of detention are counted for lines of a list and for cases alike",
    "services/intake/consents/exceptions.py": "what one person alone may say, and for how long",
    "services/intake/erasures/clocks.py": "the days that a law gives are a dated table, apart from any request",
    "services/intake/persons/age.py": "age as an interval and the presumption of minority, a rule read by lawyers",
    "services/intake/persons/births.py": "six ways in which people tell when they were born",
    "services/intake/persons/naming.py": "folding names of three scripts is craft about writing, no rule about people",
    "services/screening/best_interests/panel.py": "who decides for a child, and who of those did so themselves",
    "services/screening/best_interests/proposing.py": "the half of the rules that begins with a proposal",
    "services/referrals/proposals/agreeing.py": "what a proposal comes to: a command of another thing",
    "services/referrals/proposals/proposing.py": "what may be proposed, apart from who may agree",
    "services/screening/determinations/assessment.py": "what the engine returns is stored sealed, as one value",
    "services/screening/determinations/bodies.py": "which body an organisation speaks for",
    "services/screening/determinations/deciding.py": "who may decide, and what must be said with it",
    "services/screening/determinations/engine.py": "the suggestion itself: a pure function over data",
    "services/screening/determinations/evidence.py": "what answers show, before any rule is asked",
    "services/screening/determinations/recorded.py": "the rules alone, on recorded answers, for auditors and courts",
    "services/screening/determinations/reasons.py": "reasons are keys here and sentences in three languages outside",
    "services/screening/determinations/rules.py": "rules are a dated file; this reads one version of it",
    "services/screening/interviews/answers.py": "which of several answers is in force, with conflicts kept visible",
    "services/screening/interviews/forms.py": "forms are versioned data that interviews freeze",
    "services/referrals/followups/schedule.py": "due days and their windows, a calendar apart from any visit",
    "services/referrals/plans/closure.py": "when a plan may close is the rule most asked about",
    "services/referrals/service_referrals/gates.py": "which help waits, and which an instruction forbids",
    "services/referrals/service_referrals/withdrawals.py": "a consent that ends while help is given",
    "services/grants/applications/committee.py": "votes and quorum, under names and not roles",
    "services/grants/applications/conditions.py": "who may receive a grant, rule by rule",
    "services/grants/applications/decision.py": "the half of the rules that ends with the committee's word",
    "services/grants/applications/duties.py": "separation of duties, by identity",
    "services/grants/applications/running.py": "the half of the rules that begins with the agreement",
    "services/grants/programmes/movement.py": "money moves in the writes of two other things, under one lock",
    "services/grants/programmes/money.py": "whole numbers of the smallest unit, and the rate kept with each conversion",
}

BESIDE_HANDLERS = {
    "services/referrals/service_referrals/sharing.py": "what a provider may be told now, asked by reads and commands",
    "services/intake/cases/opening.py": "who may open a case on whom, and what the rules of it need to know",
    "services/intake/cases/elsewhere.py": "what other systems call a case, which is sealed, for commands and reads",
    "services/intake/cases/barring.py": "whom a conflict keeps from a person, read over all cases that the person has",
    "services/screening/determinations/gathering.py": "facts that all handlers of a determination gather alike",
    "services/grants/applications/gathering.py": "facts that all handlers of a grant gather alike",
}
