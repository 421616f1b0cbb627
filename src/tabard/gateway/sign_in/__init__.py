"""Sign-in by the hospital's own identity provider: an OpenID Connect relying party. No password is seen here.

Source: OpenID Connect Core 1.0; RFC 7636 (PKCE); RFC 9207 (iss); OpenID Connect RP-Initiated Logout 1.0.
"""

from tabard.gateway.sign_in.attempts import Attempt, Attempts
from tabard.gateway.sign_in.errors import NotSignedIn, ProviderAway
from tabard.gateway.sign_in.fetching import Fetch
from tabard.gateway.sign_in.id_token import Expected, check_id_token
from tabard.gateway.sign_in.model import RoleRule, SignInSettings
from tabard.gateway.sign_in.once import Once
from tabard.gateway.sign_in.practitioners import Staff
from tabard.gateway.sign_in.provider import Provider
from tabard.gateway.sign_in.settings import read_sign_in
from tabard.gateway.sign_in.sign_in import SignedIn, SignIn

__all__ = [
    "Attempt",
    "Attempts",
    "Expected",
    "Fetch",
    "NotSignedIn",
    "Once",
    "Provider",
    "ProviderAway",
    "RoleRule",
    "SignIn",
    "SignInSettings",
    "SignedIn",
    "Staff",
    "check_id_token",
    "read_sign_in",
]
