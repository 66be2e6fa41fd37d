"""Keeps the account of a class: what each student must get, from the plan and the LMSs' formats."""

import re
from collections.abc import Sequence
from dataclasses import replace

from tests.grader.intake.class_layouts import moodle_clean
from tests.grader.intake.class_model import Delivery, Due, Entry, Fate, Person, letters, same
from tests.grader.intake.class_plan import OTHERS, QUESTIONS, UNNAMED, Plan


def may_be_question(plan: Plan) -> bool:
    """True if the input as a whole leaves a question that the instructor must answer."""
    if plan.kind in QUESTIONS or plan.flaw == "no metadata" or plan.unlisted:
        return True
    if not any(delivery.files for delivery in plan.deliveries):
        return True
    if plan.roster is not None and plan.kind in UNNAMED:
        return True
    if plan.kind == "flat" and plan.roster is None and plan.wraps:  # a folder of one student's files?
        return True
    # among files in one folder, a file of another kind may be a student's; Moodle writes none
    has_others = bool({*plan.strays} & {*OTHERS})
    if plan.kind == "folders" and plan.roster is None and plan.wraps and has_others:  # files of one student?
        return True
    return has_others and (not plan.layout.holds_folders or plan.layout.family == "moodle")


def account_of(plan: Plan, entries: Sequence[Entry]) -> tuple[Due, ...]:
    """The result that each student must get, and the students whom a doubt must name."""
    return tuple(due for delivery in plan.deliveries for due in _dues(plan, delivery, entries))


def _dues(plan: Plan, delivery: Delivery, entries: Sequence[Entry]) -> list[Due]:
    """The account of one student, and of a submission that the export gives to no student of the roster."""
    person, leader = delivery.person, _delivery_for(plan, delivery.person)
    is_shared = leader is not delivery and plan.kind != "gradescope"
    standing = _standing(plan, person if plan.kind == "gradescope" else leader.person)
    absent = Due(
        who=person.name,
        ids=_ids(plan, person),
        fate=Fate.ABSENT,
        mentions=_mentions(plan, person, entries),
        owner=person.key,
        may_doubt=standing != "sure" or is_shared or _is_victim(plan, person),
    )
    stranger = replace(absent, ids=frozenset(), fate=Fate.STRANGER, oddities=("unknown",))
    is_listed = plan.roster is not None and person.on_roster
    if not leader.files or is_shared:
        return [absent] if is_listed else []
    if leader.fate is Fate.ABSENT:  # an empty folder, or litter alone
        return [replace(absent, may_doubt=True, oddities=leader.oddities)] if is_listed else []
    if standing == "unknown" or (plan.roster is not None and not person.on_roster):
        return [replace(absent, may_doubt=True), stranger] if is_listed else [stranger]
    if standing == "unsure":
        return [replace(absent, fate=Fate.DOUBT, oddities=(plan.flaw or "unsure", *leader.oddities))]
    return [_due(plan, leader, absent)]


def _due(plan: Plan, delivery: Delivery, due: Due) -> Due:
    """The account of a delivery by a student whom the export names."""
    is_open = due.may_doubt or plan.kind in QUESTIONS or plan.flaw == "no metadata"
    return replace(
        due,
        fate=delivery.fate,
        accepted=delivery.accepted,
        token=delivery.token,
        may_doubt=is_open or delivery.may_doubt or _has_ambiguous_name(plan, delivery.person),
        must_name=() if is_open else delivery.must_name,
        oddities=delivery.oddities,
        score=delivery.score,
    )


def _delivery_for(plan: Plan, person: Person) -> Delivery:
    """The delivery that counts for a person: that of the group."""
    group = [person, *plan.members(person)]
    mine = [delivery for delivery in plan.deliveries if delivery.person in group]
    return next((d for d in mine if d.files), next(d for d in mine if d.person is person))


def _is_victim(plan: Plan, person: Person) -> bool:
    """Another student's number is this student's id, or a stranger has the name: both may be doubted."""
    others = [p for p in plan.people if p.key != person.key]
    if plan.roster is None:
        return False
    if plan.kind == "gradescope":
        return person.roster_id in {p.sid for p in others}
    is_named = any(not p.on_roster and _are_alike(plan, person, p) for p in others)
    return is_named or person.roster_id in {p.number for p in others}


def _has_ambiguous_name(plan: Plan, person: Person) -> bool:
    """hw1-an-lee may be lee's, anon_12345 may be no name, and borgunit_7_81_92 may be of user 7."""
    logins = {p.login for p in plan.people if p.key != person.key}
    if plan.kind == "github":
        return any(person.login.endswith(f"-{login}") for login in logins)
    return plan.kind == "canvas" and bool(re.search(r"^anon$|_\d+$", letters(person.sortable)))


def _standing(plan: Plan, person: Person) -> str:
    """How surely the export identifies a person on the roster: "sure", "unsure" or "unknown"."""
    if person.key == plan.unlisted:
        return "unknown"
    if plan.roster is None:
        return "sure"
    if plan.kind in UNNAMED:
        return "unknown"
    if plan.kind == "canvas_groups":
        return "sure" if plan.roster_style == "lms" else "unknown"
    if plan.kind == "gradescope":
        if plan.flaw == "no metadata":
            return "unknown"
        return "sure" if person.sid in (None, person.roster_id) else "unsure"
    if plan.layout.family in ("canvas", "moodle", "mixed"):
        return _standing_by_name(plan, person)
    return "sure"


def _standing_by_name(plan: Plan, person: Person) -> str:
    if plan.roster_style == "lms":
        return "sure"
    others = [p for p in plan.people if p.key != person.key]
    if any(p.roster_id == person.number for p in others if p.on_roster):
        return "unsure"
    return "unsure" if any(_are_alike(plan, person, other) for other in others) else "sure"


def _are_alike(plan: Plan, one: Person, other: Person) -> bool:
    """True if the export writes two people's names in the same way."""
    is_canvas = plan.layout.family == "canvas"
    return one.name == other.name or (is_canvas and letters(one.sortable) == letters(other.sortable))


def _ids(plan: Plan, person: Person) -> frozenset[str]:
    """The ids under which the intake may know a person."""
    if plan.roster is not None:
        return frozenset({person.roster_id})
    name = moodle_clean(person.group or person.name)
    ids = {
        "canvas": {person.number},
        "canvas_groups": {person.number, letters(person.group), person.group},
        "canvas_anonymous": {person.anonymous, f"anon_{person.anonymous}"},
        "moodle_blind": {person.number, f"{plan.names.participant}_{person.number}"},
        "gradescope": {person.sid or person.email, person.email, f"submission_{person.number}"},
        "folders": {person.label},
        "flat": {person.label},
        "github": {person.login, f"{plan.names.prefix}-{person.login}"},
    }.get(plan.kind, {person.number, name, f"{name}_{person.number}"})
    return frozenset(same(id) for id in ids)


def _mentions(plan: Plan, person: Person, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Texts that identify this person in a doubt."""
    mine = [entry.path.split("/") for entry in entries if person.key in entry.owners]
    first = [part for parts in mine for part in parts if part.startswith("submission_") or part == parts[0]]
    names = [
        person.roster_id,
        person.name,
        person.sortable,
        letters(person.sortable),
        moodle_clean(person.name),
    ]
    names += [person.email, person.label, f"{plan.names.prefix}-{person.login}", person.group]
    names += [part for part in first if not part.startswith("assignment_")]
    names += [person.anonymous, f"{letters(person.group or person.sortable)}_{person.number}"]
    names += [f"{plan.names.participant}_{person.number}", f"{moodle_clean(person.group)}_{person.number}"]
    return tuple(dict.fromkeys(same(name) for name in names if len(name) > 2))
