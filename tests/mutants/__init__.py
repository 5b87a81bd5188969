"""Breaking the rules one at a time, to see that a test notices.

mutmut changes every decision, every rule and the inbox, a small thing at a time; [tool.mutmut] in
pyproject.toml names those files, and the tests that each change has to survive. Those are the fast
ones: given/when/then and Hypothesis of each service, and the contract of the inbox on SQLite. What
else runs on stores is left out: thousands of mutants would each wait for a PostgreSQL. So a rule is
caught here by a test of the rule, never by luck in a long journey.

All of it happens in a copy of the checkout, made anew each time: nothing of an earlier run counts,
and whoever edits meanwhile is neither disturbed nor disturbs.
"""
