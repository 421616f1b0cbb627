"""What can go wrong with a product's own processes, by whose fault it is."""

from tabard.ground.errors import CallerError, ProductError


class Unconfinable(CallerError):  # noqa: N818  says what the host is
    """This host cannot keep a product's process apart, so that none is started."""


class NoEnvironment(ProductError):  # noqa: N818  says what is missing
    """A product's wheels do not make an environment in which it could run."""


class PartDown(ProductError):  # noqa: N818  says how the part is
    """A product's server is not running, or broke off while it was asked."""


class PartTooSlow(ProductError):  # noqa: N818  says how the part is
    """A product's server did not answer in time."""


class BadAnswer(ProductError):  # noqa: N818  says what came
    """What a product's server answered is no HTTP answer, or more than may be."""
