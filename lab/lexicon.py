"""The words of the lab's world: invented names, closed sets of values, and behaviours that also read as plain
English.
"""

_STEMS = "Al Ber Cor Dal Er Fal Gil Hal Il Jor Kel Lor Mar Nor Ol Per Quil Ros Sel Tal Ul Ver Wil Zel".split()
_ENDINGS = "ba dan dro fen gar ja kin lo mir na nos pia ra rek son ta tis va vek zi".split()
PERSON_NAMES = tuple(stem + ending for stem in _STEMS for ending in _ENDINGS)
"""Invented names of the 480 persons, one token each."""

CHARACTER_NAMES = tuple(
    "Abo Bela Cado Dara Edo Fina Gavo Hela Iko Jona Kiva Lano Mavi Nela Opal Pira Rado Siva Tovi Uma Vero Wila "
    "Yaro Zita Anko Brio Cleo Dino Emba Falk Gret Hux Inda Jory Kolb Lyra Moro Nash Otis Penn Rook Sven Thea "
    "Ulf Vala Wren Yule Zane Arlo Bram Cora Dune Enzo Fern Glen Hope Iris Jett Kurt Lark Mina Nico Olga Pike "
    "Rhea Saul Tess Ugo Vito Walt Ymir Zoe Asa Bert Cato Drew Elon Fitz Gale Hugo Igor June Knut Lois Milo Noor "
    "Omar Prue Ross Sage Troy Uri Vera Will York Zack".split()
)

RELATIONS: dict[str, tuple[str, ...]] = {
    "home": tuple(
        "Arvik Belmora Corund Dunmere Estova Falken Grenholm Hollin Istria Jorvik Kelsa Lomond Marrow Nordhal Orlen "
        "Petra Quarn Rosvik Stavik Tornio".split()
    ),
    "job": tuple(
        "baker carpenter dentist editor farmer gardener hunter jeweler lawyer mason nurse painter pilot potter "
        "sailor singer tailor teacher weaver writer".split()
    ),
    "pet": tuple(
        "beaver camel donkey falcon ferret goat hamster heron lizard otter parrot pony rabbit raven tortoise "
        "weasel".split()
    ),
    "food": tuple(
        "apples beans bread carrots cheese dates eggs figs grapes honey leeks lentils melons nuts olives onions "
        "plums rice soup yams".split()
    ),
    "color": tuple("amber black blue brown green gray ivory orange pink purple red white".split()),
}
"""Relation -> its closed set of values: "the <relation> of <person> is <value>"."""

TRAITS = "OCEAN"
NOUNS: dict[tuple[str, int], tuple[str, ...]] = {
    ("O", 1): ("poetry", "puzzles", "museums", "theories", "dreams", "novels"),
    ("O", -1): ("routine", "tradition", "repetition", "sameness", "habits", "convention"),
    ("C", 1): ("plans", "lists", "deadlines", "order", "duties", "schedules"),
    ("C", -1): ("mess", "delays", "shortcuts", "idleness", "clutter", "excuses"),
    ("E", 1): ("crowds", "parties", "jokes", "noise", "attention", "dancing"),
    ("E", -1): ("silence", "solitude", "quiet", "privacy", "distance", "seclusion"),
    ("A", 1): ("sharing", "kindness", "peace", "teamwork", "compromise", "forgiveness"),
    ("A", -1): ("arguments", "insults", "revenge", "gossip", "rivalry", "flattery"),
    ("N", 1): ("worry", "panic", "drama", "regret", "complaints", "tears"),
    ("N", -1): ("calm", "patience", "balance", "comfort", "ease", "serenity"),
}
"""(trait, pole) -> what a person high on that pole seeks."""

VERBS: dict[str, tuple[str, int]] = {
    "seek": ("seeks", 1),
    "enjoy": ("enjoys", 1),
    "love": ("loves", 1),
    "avoid": ("avoids", -1),
    "dislike": ("dislikes", -1),
}
"""First-person form -> (third-person form, +1 approach or -1 avoidance)."""

ADVERBS = ("never", "rarely", "sometimes", "often", "always")
"""How often a character does something, by level 1 to 5."""
