"""The one exception that means "the input is wrong", as opposed to "the program is wrong"."""


class InputError(ValueError):
    """Bad input: one clear line that says what is wrong and how to mend it.

    Command lines print the line and exit with code 2; notebooks show it as it is.
    """
