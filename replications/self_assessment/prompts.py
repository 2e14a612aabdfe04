"""What a model is shown: every statement for every respondent under every arrangement of the options.

A prompt is the template's system and user message, in the form that the model takes (`common.asking`). Lab models have
no chat template and read the messages joined by newlines. The words of the templates are in `common.likert`, the
layouts of their options in `arrangements`.
"""

from collections.abc import Iterable, Sequence
from typing import cast

import pandas as pd

from common import asking, likert
from common.engines import Engine, Message, Prompt
from common.errors import InputError
from replications.self_assessment import arrangements
from replications.self_assessment.inventories import Respondent, Statement


def questions(
    statements: Sequence[Statement],
    respondents: Sequence[Respondent],
    conditions: Iterable[tuple[str, str]],
    negated: bool = False,
) -> pd.DataFrame:
    """One row a respondent, condition (template, order) and statement: who and what is asked, with its `messages`.

    Columns as `answers.read` wants them (model is the respondent), and trait. With `negated`, the negations are asked
    of those statements that have one, under the statement's own name and key.
    """
    rows = [
        {
            "model": respondent.name,
            "template": template,
            "order": order,
            "item": statement.text,
            "trait": statement.trait,
            "key": statement.key,
            "messages": arrangements.messages(
                cast(likert.Template, template),
                (statement.negated or "") if negated else statement.text,
                order,
                respondent.persona,
            ),
        }
        for respondent in respondents
        for template, order in conditions
        for statement in statements
        if statement.negated or not negated
    ]
    return pd.DataFrame(rows)


def rendered(engine: Engine, messages: Iterable[Sequence[Message]]) -> list[Prompt]:
    """Messages in the form that the model takes.

    Raises:
        InputError: there are none.
    """
    found = [asking.prompt(engine, each, asking.joined(each)) for each in messages]
    if not found:
        raise InputError("nothing to ask: the inventory has no item that fits")
    return found
