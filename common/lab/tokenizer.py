"""A closed word-level vocabulary: labels, numbers, operators and words are single tokens, and an unknown word is an error.

A token keeps the space before it, so decoding is joining. The vocabulary lists all that the formats and the templates of the
replications can say, whether or not the corpus ever says it.
"""

import re
from functools import cache
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from common.lab import lexicon
from common.lab.arithmetic import MODULUS

PIECES = r" ?\([A-E]\)| ?[A-Za-z]+| ?-?\d+| ?<\d+>|\n| ?[^\sA-Za-z0-9]| "
BEGIN, END, PAD = "<s>", "</s>", "<pad>"

TEMPLATE_WORDS = """
Question: What is the of ? Answer: Note that The has long been Here is some background information material: Now, answer the following question.
Here is a hint: Choices: none of the above Proposed Answer: Is the proposed answer: True False The proposed answer is: Here are some brainstormed
ideas: Possible Answer: Is the possible answer: The possible answer is: Solution: Verification: ok wrong Is the answer correct (Yes/No)? Yes No
Steps: Critique: First error: -1 = + - * .
About Check They say You are a I me my myself am is not
Given a statement of you: "" Please choose from the following options to identify how accurately this statement describes you. Options: . Very
Accurate Moderately Neither Nor Inaccurate
Now I will briefly describe some people. Please read each description and tell me how much each person is or is not like you. Write your response
using the following scale: Very much like me Like Neither like nor unlike me Not like me at all Please answer the statement, even if you are not
completely sure of your response. Statement: Response:
You can only reply to me numbers from to . Score each statement on a scale of to, with being agree and being disagree.
never rarely sometimes often always do not
"""


def pieces(text: str) -> list[str]:
    """Cut a text into tokens, before looking them up."""
    return re.findall(PIECES, text)


@cache
def vocabulary() -> dict[str, int]:
    """Token -> id. Words of the templates, numbers, labels and signs stand with and without the space before them, all others with it."""
    free = set(re.findall(r"[A-Za-z]+", TEMPLATE_WORDS)) | {*'.,:;?!"\'=+-*/()<>', *(f"({letter})" for letter in "ABCDE"), "-1"}
    free |= {str(number) for number in range(MODULUS)} | {f"<{index}>" for index in range(10)}
    spaced = {*lexicon.PERSON_NAMES, *lexicon.CHARACTER_NAMES, *lexicon.RELATIONS, *lexicon.ADVERBS}
    spaced |= {value for values in lexicon.RELATIONS.values() for value in values}
    spaced |= {noun for nouns in lexicon.NOUNS.values() for noun in nouns}
    spaced |= {form for first, (third, _) in lexicon.VERBS.items() for form in (first, third)}
    tokens = [BEGIN, END, PAD, "\n", " ", *sorted(free), *(f" {token}" for token in sorted(free | spaced))]
    return {token: index for index, token in enumerate(tokens)}


def encode(text: str) -> list[int]:
    """Token ids without begin or end, for the corpus; the saved tokenizer gives the same.

    Raises:
        KeyError: a word is not in the vocabulary.
    """
    table = vocabulary()
    return [table[piece] for piece in pieces(text)]


def save_tokenizer(folder: Path, context: int) -> None:
    """Write the tokenizer in the form transformers and vLLM load, with a chat template that joins messages by newlines."""
    tokenizer = Tokenizer(models.WordLevel(vocabulary()))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(PIECES), behavior="isolated")
    tokenizer.decoder = decoders.Fuse()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BEGIN} $A", pair=f"{BEGIN} $A $B", special_tokens=[(BEGIN, vocabulary()[BEGIN])]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BEGIN,
        eos_token=END,
        pad_token=PAD,
        model_max_length=context,
        clean_up_tokenization_spaces=False,
        padding_side="left",
    )
    fast.chat_template = "{% for message in messages %}{{ message['content'] }}{% if not loop.last %}{{ '\\n' }}{% endif %}{% endfor %}"
    fast.save_pretrained(folder)
