"""SQL expressions of text, put together: words that stand in the answer as they are, and expressions between them."""

from collections.abc import Callable, Mapping, Sequence

from graphql import FieldNode

Asked = Sequence[FieldNode]


def literal(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


class Text:
    """Neighbouring words become one literal, so that PostgreSQL has as little to concatenate as there is."""

    def __init__(self, *parts: "str | Sql") -> None:
        self._parts: list[str | Sql] = list(parts)

    def word(self, word: str) -> None:
        self._parts.append(word)

    def sql(self, expression: str) -> None:
        self._parts.append(Sql(expression))

    def add(self, text: "Text") -> None:
        self._parts.extend(text._parts)

    @property
    def expression(self) -> str:
        joined: list[str] = []
        words = ""
        for part in self._parts:
            if isinstance(part, Sql):
                joined += [literal(words), part] if words else [part]
                words = ""
            else:
                words += part
        return _balanced([*joined, literal(words)] if words or not joined else joined)


def _balanced(parts: Sequence[str]) -> str:
    """In halves: `||` copies both its sides, and one after another would copy the whole object for each field."""
    if len(parts) <= 4:
        return " || ".join(parts)
    half = len(parts) // 2
    return f"({_balanced(parts[:half])}) || ({_balanced(parts[half:])})"


class Sql(str):
    """An expression, and not a word."""


def quoted(expression: str) -> Text:
    """For text that JSON takes as it is."""
    return Text('"', Sql(expression), '"')


def object_text(type_name: str, fields: Mapping[str, Asked], show: Callable[[str, Asked], Text]) -> Text:
    """A JSON object of what is selected; `show` makes the value of a field from its name and nodes."""
    text = Text("{")
    for number, (key, asked) in enumerate(fields.items()):
        text.word(("," if number else "") + f'"{key}":')
        name = asked[0].name.value
        text.add(Text(f'"{type_name}"') if name == "__typename" else show(name, asked))
    text.word("}")
    return text
