import pytest
import sympy

from common.algebra.meaning import meaning
from common.algebra.reading import UnreadableError, read
from common.algebra.values import Collection, Named, Numeral, Ordered, Quantity, Relation, Table, parts

x = sympy.Symbol("x", real=True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", sympy.Rational(1, 10)),
        (r"0.1\overline{6}", sympy.Rational(1, 6)),
        (r"2\frac{3}{4}", sympy.Rational(11, 4)),
        ("i^2", sympy.Integer(-1)),
        (r"\sin 30^\circ", sympy.Rational(1, 2)),
        (r"30^\circ", sympy.Integer(30)),
        (r"\log 100", sympy.Integer(2)),
        (r"\ln e", sympy.Integer(1)),
        (r"\sqrt[3]{-8}", sympy.Integer(-2)),
        (r"\sqrt{-4}", 2 * sympy.I),
        (r"\begin{vmatrix}1&2\\3&4\end{vmatrix}", sympy.Integer(-2)),
        ("x+1", x + 1),
        ("52_8", Numeral("52", sympy.Integer(8))),
        (r"5\text{ cm}", Quantity(sympy.Integer(5), (("cm", 1),))),
        (r"5\text{ degrees}", sympy.Integer(5)),
        ("(1, 2]", Ordered("(]", (sympy.Integer(1), sympy.Integer(2)))),
        ("]1, 2[", Ordered("()", (sympy.Integer(1), sympy.Integer(2)))),
        ("1, 2", Collection((sympy.Integer(1), sympy.Integer(2)))),
        (r"1 \pm 2", Collection((sympy.Integer(3), sympy.Integer(-1)))),
        ("x = 5", Named("x", x, sympy.Integer(5))),
        ("x > 5", Relation("<", 5 - x)),
        ("2x + 1 = 0", Relation("=", 2 * x + 1)),
        (r"-\begin{pmatrix}1\\2\end{pmatrix}", Table(((-1,), (-2,)))),
        (r"\begin{pmatrix}1&2\end{pmatrix}^T", Table(((1,), (2,)))),
        (r"(1,2) \cup (2,3]", sympy.Union(sympy.Interval.open(1, 2), sympy.Interval.Lopen(2, 3))),
    ],
)
def test_a_tree_has_its_exact_meaning(text, value):
    assert meaning(read(text)) == value


@pytest.mark.parametrize(
    "text",
    [r"\frac{1}{0}", r"(1,2)+3", r"\emptyset+1", r"5\text{ m}+1", r"\begin{pmatrix}1\\2&3\end{pmatrix}", "x=1<2"],
)
def test_parts_that_do_not_go_together_are_refused(text):
    with pytest.raises(UnreadableError):
        meaning(read(text))


def test_the_expressions_of_a_value_are_found_in_all_its_parts():
    assert set(parts(meaning(read("(1, 2), 3")))) == {1, 2, 3}
    assert list(parts(meaning(read(r"\begin{pmatrix}1\\2\end{pmatrix}")))) == [1, 2]
    assert list(parts(meaning(read(r"x = 5\text{ cm}")))) == [5]
