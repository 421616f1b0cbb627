"""The canonical URLs of the guide. Source: Subscriptions R5 Backport 1.1."""

_OF = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition"

PROFILE = f"{_OF}/backport-subscription"
NOTIFICATION = f"{_OF}/backport-subscription-notification-r4"
STATUS = f"{_OF}/backport-subscription-status-r4"
FILTER = f"{_OF}/backport-filter-criteria"
CONTENT = f"{_OF}/backport-payload-content"
HEARTBEAT = f"{_OF}/backport-heartbeat-period"
TIMEOUT = f"{_OF}/backport-timeout"
MAX_COUNT = f"{_OF}/backport-max-count"
