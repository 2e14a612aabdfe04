"""A closed vocabulary: labels, numbers, operators, words and the set phrases of the templates are single tokens, and
an unknown word is an error.

A token keeps the space before it, so decoding is joining. The vocabulary lists all that the formats and the templates
of the replications can say, whether or not the corpus ever says it. Set phrases are one token each, as byte-pair
merges would make them: a small model then finds what is judged a dozen tokens back, not forty.
"""

import re
from functools import cache
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from common import likert
from lab import lexicon
from lab.arithmetic import MODULUS

PHRASES = (
    "Question:",
    "Answer:",
    "What is the",
    "Choices:",
    "Now, answer the following question.",
    "Here is some background information material:",
    "Here is a hint:",
    "Here are some brainstormed ideas:",
    "Proposed Answer:",
    "Is the proposed answer:",
    "The proposed answer is:",
    "Possible Answer:",
    "Is the possible answer:",
    "The possible answer is:",
    "Solution:",
    "Verification:",
    "Is the answer correct (Yes/No)?",
    "Steps:",
    "Critique:",
    "First error:",
    "They say",
    "You are",
    "Given a statement of you:",
    "Please choose from the following options to identify how accurately this statement describes you.",
    "Options:",
    *likert.MPI_OPTIONS,
    "Now I will briefly describe some people. Please read each description and tell me how much each person "
    "is or is not like you.",
    "Write your response using the following scale:",
    *likert.WHO_OPTIONS,
    "Please answer the statement, even if you are not completely sure of your response.",
    "Statement:",
    "Response:",
    "You can only reply to me numbers from 1 to 5.",
    "Score each statement on a scale of 1 to 5, with 1 being",
    "and 5 being",
)
"""What the formats and templates say word for word."""
_WORDS = r" ?\([A-E]\)| ?[A-Za-z]+| ?-?\d+| ?<\d+>|\n| ?[^\sA-Za-z0-9]| "
PIECES = f" ?(?:{'|'.join(map(re.escape, sorted(PHRASES, key=len, reverse=True)))})(?![A-Za-z])|{_WORDS}"
BEGIN, END, PAD = "<s>", "</s>", "<pad>"

TEMPLATE_WORDS = """
Question What is the of Answer Note that The has long been Here some background information material Now answer
following question a hint Choices none above Proposed Is proposed True False are brainstormed ideas Possible
possible Solution Verification ok wrong correct Yes No Steps Critique First error About Check They say You I me my
myself am not Given statement you Please choose from options to identify how accurately this describes Options Very
Accurate Moderately Neither Nor Inaccurate will briefly describe people read each description and tell much person
or like Write your response using scale Like nor unlike Not at all even if completely sure Statement Response can
only reply numbers Score on with being agree disagree never rarely sometimes often always do
"""
"""Every word that a format or template can say, free of its signs."""


def pieces(text: str) -> list[str]:
    """Cut a text into tokens, before looking them up."""
    return re.findall(PIECES, text)


@cache
def vocabulary() -> dict[str, int]:
    """Token -> id. Words of the templates, numbers, labels and signs stand with and without the space before them,
    all others with it.
    """
    free = {
        *TEMPLATE_WORDS.split(),
        *PHRASES,
        *".,:;?!\"'=+-*/()<>",
        *(f"({letter})" for letter in "ABCDE"),
        "-1",
    }
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


def readable(text: str) -> bool:
    """Whether every word of a text is in the vocabulary. What a model wrote may not be: two tokens can join to a new
    word.
    """
    return vocabulary().keys() >= set(pieces(text))


def save_tokenizer(folder: Path, context: int) -> None:
    """Write the tokenizer in the form transformers and vLLM load, with a chat template that joins messages by
    newlines.
    """
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
    fast.chat_template = (
        "{% for message in messages %}{{ message['content'] }}{% if not loop.last %}{{ '\\n' }}{% endif %}{% endfor %}"
    )
    fast.save_pretrained(folder)
