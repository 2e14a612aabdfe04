from dataclasses import replace

import numpy as np
import pytest

from common.errors import InputError
from lab.tokenizer import encode
from lab.world import build_world
from replications.p_true.p_ik import articles
from replications.p_true.p_ik.articles import CONTROL, TELLING
from replications.p_true.p_ik.prompts import PLAIN
from replications.p_true.tasks import load_task


@pytest.fixture(scope="module")
def set_out():
    return articles.set_out(load_task("facts", "dev", 80), np.random.default_rng(0))


def article(question):
    return question.prompt.split("\n")[0].removeprefix("Here is some background information material: ")


def test_one_article_tells_the_fact_and_the_control_does_not_name_the_person(set_out):
    facts = {f"{fact.relation}/{fact.person}": fact for fact in build_world().facts}
    for plain, telling, control in zip(*set_out.versions.values(), strict=True):
        fact = facts[plain.id]
        assert f"The {fact.relation} of {fact.person} is {fact.value}." in article(telling)
        assert fact.person not in article(control)
        assert f"The {fact.relation} of " in article(control)
        assert telling.prompt.endswith(plain.prompt)
        assert control.prompt.endswith(plain.prompt)
        assert telling.answer == control.answer == plain.answer


def test_control_and_article_are_equally_long_and_in_the_same_order_of_relations(set_out):
    for telling, control in zip(set_out.versions[TELLING], set_out.versions[CONTROL], strict=True):
        assert len(encode(telling.prompt)) == len(encode(control.prompt))
        relations = [[s.split()[0] for s in article(q).split("The ")[1:]] for q in (telling, control)]
        assert relations[0] == relations[1]
        assert len(set(relations[0])) == 5


def test_articles_are_the_same_for_the_same_seed(set_out):
    again = articles.set_out(load_task("facts", "dev", 80), np.random.default_rng(0))
    assert again.versions == set_out.versions
    assert articles.set_out(load_task("facts", "dev", 80), np.random.default_rng(1)).versions != set_out.versions


def test_the_place_of_the_fact_in_its_article_varies(set_out):
    places = []
    for question in set_out.versions[TELLING]:
        sentences = article(question).split("The ")[1:]
        places.append(next(i for i, s in enumerate(sentences) if s.startswith(question.id.split("/")[0])))
    assert set(places) == {0, 1, 2, 3, 4}


def test_other_tasks_and_a_single_person_are_refused():
    with pytest.raises(InputError, match="not about arithmetic"):
        articles.set_out(load_task("arithmetic", "dev", 10), np.random.default_rng(0))
    task = load_task("facts", "dev", 10)
    with pytest.raises(InputError, match="two persons"):
        articles.set_out(replace(task, questions=task.questions[:1]), np.random.default_rng(0))


def test_the_plain_version_is_the_open_question(set_out):
    assert set_out.versions[PLAIN] == set_out.task.questions == set_out.questions


def test_the_budget_counts_an_answer_to_every_version(set_out):
    assert articles.most_tokens(set_out.task) == len(set_out.versions) * 80 * set_out.task.max_tokens
