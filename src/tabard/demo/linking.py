"""The links as those see them who answer for them: what came, what became of it, and how it is read."""

from html import unescape

from tabard.demo.errors import Failed
from tabard.demo.house import House
from tabard.demo.visitor import Visitor
from tabard.link import journal_of


def links_told(house: House) -> str:
    """A clinical safety officer sees the link, its messages without anybody's data, what is held, and the dialect."""
    officer = next(one for one in house.sign_ins if one.username == "safety")
    visitor, counts = Visitor(house.base), journal_of(house.folder).counts()
    try:
        visitor.sign_in(officer.username, officer.password)
        for address, words in (
            ("/links", f"How {house.link} is read: its dialect"),
            (f"/messages?link={house.link}", f"{counts.received:,} received"),
            ("/messages/1", "Why you look"),
            ("/parked", "messages were not filed"),
            (f"/links/{house.link}/dialect", f"Dialect of {house.link}"),
        ):
            if words not in unescape(visitor.get(address).text):
                raise Failed("a page does not say what it should", where=address, expected=words)
    finally:
        visitor.close()
    return f"{counts.received} messages, each with a page of its own; the dialect of {house.link} with its history"
