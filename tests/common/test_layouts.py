from common import layouts


def test_layouts_of_the_judging_formats():
    assert layouts.true_or_false("Q?", "soup", " (A)") == layouts.Example(
        "Question: Q?\nProposed Answer: soup\nIs the proposed answer:\n (A) True\n (B) False\nThe proposed answer is:",
        " (A)\n",
    )
    ideas = layouts.true_or_false_with_ideas("Q?", ["soup", "rice"], "soup").prompt
    assert "Here are some brainstormed ideas: soup\n rice\nPossible Answer: soup\n" in ideas
    assert layouts.choices("Q?", ["a", "b"], " (B)") == layouts.Example(
        "Question: Q?\nChoices:\n (A) a\n (B) b\nAnswer:", " (B)\n"
    )


def test_swapping_the_options_swaps_the_words_only():
    plain = layouts.true_or_false("Q?", "soup").prompt
    swapped = layouts.true_or_false("Q?", "soup", options=("False", "True")).prompt
    assert swapped == plain.replace("(A) True", "(A) False").replace("(B) False", "(B) True")
