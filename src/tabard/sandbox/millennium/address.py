"""Where the tenant of a pretend Millennium is asked what. Source: Oracle Health's smart-configuration."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """Where the tenant is: `root` such as `http://localhost:8123`, and its GUID."""

    root: str
    tenant: str

    @property
    def base(self) -> str:
        """The FHIR base."""
        return f"{self.root}/r4/{self.tenant}"

    @property
    def issuer(self) -> str:
        """Who gives the tokens."""
        return f"{self.root}/tenants/{self.tenant}"

    @property
    def token_url(self) -> str:
        """Where tokens are given: the FHIR server's name stands in the path."""
        return f"{self.issuer}/hosts/localhost/protocols/oauth2/profiles/smart-v1/token"

    @property
    def authorize_url(self) -> str:
        """Where a doctor's browser is sent by an app."""
        return f"{self.issuer}/protocols/oauth2/profiles/smart-v1/personas/provider/authorize"

    @property
    def jwks_url(self) -> str:
        """Where the keys of id_tokens are."""
        return f"{self.issuer}/oidc/jwks"
