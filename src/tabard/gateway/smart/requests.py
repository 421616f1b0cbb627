"""Reading the parameters of an OAuth request: each at most once, none guessed."""

from collections import Counter

from authlib.common.urls import add_params_to_uri

from tabard.gateway.errors import OAuthRefused

Parameters = dict[str, str]


def once_each(pairs: tuple[tuple[str, str], ...]) -> tuple[Parameters, frozenset[str]]:
    """The parameters by name, and the names that came more than once. Empty values count as absent. Source: RFC 6749, 3.1."""
    counted = Counter(name for name, _ in pairs)
    return {name: value for name, value in pairs if value}, frozenset(
        name for name, times in counted.items() if times > 1
    )


def require(parameters: Parameters, name: str) -> str:
    """The parameter's value. Raises OAuthRefused (invalid_request)."""
    value = parameters.get(name)
    if value is None:
        raise OAuthRefused("invalid_request", f"The parameter {name} is missing or empty.")
    return value


def with_parameters(uri: str, pairs: tuple[tuple[str, str], ...]) -> str:
    """The URI with parameters added to its query."""
    return str(add_params_to_uri(uri, pairs))  # type: ignore[no-untyped-call]  # Authlib tells no types
