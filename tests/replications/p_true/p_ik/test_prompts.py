from replications.p_true.p_ik import prompts
from replications.p_true.p_ik.prompts import PLAIN, Variants
from replications.p_true.tasks import load_task


def test_a_version_changes_the_prompt_and_nothing_else():
    task = load_task("facts", "dev", 3)
    told = prompts.beside(task.questions[0], f"It is so.\n{task.questions[0].prompt}")
    made = Variants(task, {PLAIN: task.questions, ("hint", 1.0): (told, None, None)})
    assert (told.id, told.answer) == (task.questions[0].id, task.questions[0].answer)
    assert told.prompt != task.questions[0].prompt
    assert made.questions == task.questions
