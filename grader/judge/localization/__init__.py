"""Localizes faults by mutation: which edit of a submission's own source makes failing cases pass.

An edit is small and generic, and is tried on the visible failing cases in the submission's sandbox. If it
mends cases and breaks none, a student reads its place, and never the replacement. So what they read was
seen in a run. Localization needs no catalogue of mistakes, unlike `grader.judge.verdict.diagnose`.

The method is mutation-based fault localization: Papadakis and Le Traon, "Metallaxis-FL: mutation-based fault
localization", Software Testing, Verification and Reliability 25 (2015); Moon, Kim, Kim and Yoo, "Ask the
Mutants: Mutating Faulty Programs for Fault Localization" (MUSE), ICST 2014.

May import: grader.model, and of the judge `comparison`, `comparisons`, `differences`, `inputs`, `process` and
`case_selection`; NumPy.
"""
