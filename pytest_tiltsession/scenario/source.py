"""The text of a scenario file as a piece of Python, copied as that, or as YAML without its first and last line."""


def call(text: str) -> str:
    """Give the call that reads the text: ``Scenario.parse(r'''…''')``.

    The lines stand as they are, without an indent, unless the text holds both kinds of three quotes.
    """
    for quotes in ("'''", '"""'):
        if quotes not in text:
            return f"Scenario.parse(r{quotes}\n{text}{quotes})"
    return f"Scenario.parse({text!r})"
