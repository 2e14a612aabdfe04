from common.algebra.tokens import Token, tokens


def test_an_answer_is_cut_into_its_kinds_of_tokens():
    found = tokens(r"2x + \frac{1}{3} \text{ cm}")
    assert found[:3] == [Token("number", "2"), Token("name", "x"), Token("sign", "+")]
    assert found[3] == Token("command", r"\frac")
    assert found[-1] == Token("words", " cm")


def test_a_row_break_is_one_token_whatever_follows():
    assert tokens("\\\\ 2") == tokens("\\\\2") == [Token("command", "\\\\"), Token("number", "2")]


def test_functions_and_greek_letters_are_read_without_a_backslash():
    assert tokens("sqrt") == tokens(r"\operatorname{sqrt}") == [Token("command", r"\sqrt")]
    assert tokens("pi") == [Token("command", r"\pi")]
    assert tokens("xy") == [Token("name", "x"), Token("name", "y")]


def test_upright_constants_are_letters_and_upright_minutes_are_a_unit():
    assert tokens(r"\mathrm{e}") == tokens("e")
    assert tokens(r"\text{min}") == [Token("words", "min")]
