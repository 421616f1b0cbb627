"""The pages of the portal, made from the templates of this room."""

from tabard.web.design.render import pages_of

page = pages_of("tabard.web.hospital")

__all__ = ["page"]
