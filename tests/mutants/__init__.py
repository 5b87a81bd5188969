"""Breaking the rules one at a time, to see that a test notices.

mutmut changes every decision, every rule and the inbox, a small thing at a time; [tool.mutmut] in
pyproject.toml names those files, and the tests from which mutmut takes, for each mutant, those that
go through the changed function: given/when/then of each service, and the contract of the inbox on
SQLite. What searches through histories or runs on other stores is left out, so that a rule is
caught here by a test of the rule, in less than a second, and never by luck in a long journey.

All of it happens in a copy of the checkout, made anew each time: nothing of an earlier run counts,
and whoever edits meanwhile is neither disturbed nor disturbs.
"""
