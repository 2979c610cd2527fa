"""Grants: a small sum to begin a business, given so that nobody has to leave again.

Decides: what a programme can give, who may receive it, whether a plan is approved and by whom, and when which part of
the money is handed over.
Says: `programme/<ref>` (budget, in bands) and, of a case, applications, instalments and the business.
Hears: from intake the case, its household, its caregivers under suspicion and the consent; from screening entitlements,
never a finding; from referrals the plan and the training.
"""
