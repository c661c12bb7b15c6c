"""SQL expressions of text, put together: words that stand in the answer as they are, and expressions between them."""


def literal(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


class Text:
    """Neighbouring words become one literal, so that PostgreSQL has as little to concatenate as there is."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._words: list[str] = []

    def word(self, word: str) -> None:
        self._words.append(word)

    def sql(self, expression: str) -> None:
        self._close()
        self._parts.append(expression)

    @property
    def expression(self) -> str:
        self._close()
        return " || ".join(self._parts)

    def _close(self) -> None:
        words = "".join(self._words)
        if words:
            self._parts.append(literal(words))
        self._words = []
