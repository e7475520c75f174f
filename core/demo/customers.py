"""The demo shop's customers. None of them exists; their addresses cannot."""

import unicodedata

from core.demo.records import Customer

_ENGLISH = """
    Amelia Hart, Noah Okafor, Priya Raman, Liam O'Brien, Chloé Dubois, Mateo Alvarez, Yuki Tanaka,
    Grace Adeyemi, Ethan Walsh, Zofia Kowalska, Omar Haddad, Isla McKenzie, Daniel Kim, Fatima Noor,
    Ruby Sinclair, Lucas Pereira, Hannah Cohen, Samuel Mensah, Elena Petrova, Jack Thornton,
    Aisha Rahman, Oscar Lindqvist, Maya Goldberg, Finn Gallagher, Leila Hosseini, Tom Ashworth,
    Nadia Ivanova, Arjun Mehta, Sophie Laurent, Diego Morales, Wei Chen, Ingrid Dahl, Kofi Boateng,
    Rosa Bianchi, Peter Novák, Harriet Lowe
"""
_GERMAN = """
    Jürgen Weiß, Anna-Lena Schröder, Björn Müller, Käthe Vogel, Sebastian Groß, Özlem Yıldız,
    Friederike Bauer
"""


def _customers() -> list[Customer]:
    named = [(name, "en") for name in _ENGLISH.split(",")]
    named += [(name, "de") for name in _GERMAN.split(",")]
    return [
        _customer(6_500_000_000_000 + number, name, locale)
        for number, (name, locale) in enumerate(named, start=1)
    ]


def _customer(number: int, name: str, locale: str) -> Customer:
    first, last = name.split(maxsplit=1)
    return Customer(
        id=number,
        first_name=first,
        last_name=last.strip(),
        email=f"{_plain(first)}.{_plain(last)}@example.{'org' if number % 3 == 0 else 'com'}",
        locale=locale,
    )


def _plain(name: str) -> str:
    spelled = name.strip().lower().replace("ß", "ss").replace("ı", "i")
    decomposed = unicodedata.normalize("NFKD", spelled)
    return "".join(letter for letter in decomposed if letter.isascii() and letter.isalpha())


CUSTOMERS = _customers()
