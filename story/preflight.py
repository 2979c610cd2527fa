"""Checks a scenario against the running services before the first command: does the form have these questions?"""

from story.desk import Desk
from story.sheet import Problem, UnusableScenario


async def preflight(desk: Desk) -> None:
    """Raises UnusableScenario for columns of answers.csv that the form does not ask."""
    scenario = desk.scenario
    version = scenario.header.story.form
    form = await desk.get(scenario.on_duty("INTERVIEWS"), f"/screening/v1/forms/{version}")
    if form is None:
        raise UnusableScenario([Problem("story.toml", 1, "story.form", f"screening has no form {version}")])
    asked = {question["code"] for question in form["questions"]}
    strange = dict.fromkeys(answer.question for answer in scenario.answers if answer.question not in asked)
    problems = [Problem("answers.csv", 1, question, f"is not a question of form {version}") for question in strange]
    if problems:
        raise UnusableScenario(problems)
