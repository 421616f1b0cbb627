"""The store's pages, made from the templates of this room."""

from tabard.web.design.render import pages_of

page = pages_of("tabard.web.store")

__all__ = ["page"]
