"""Subscriptions: who asked for it is told what changes, for as long and as far as they may see it.

Source: Subscriptions R5 Backport Implementation Guide 1.1, in FHIR R4; topic-based, by rest-hook.
"""

from tabard.gateway.subscriptions.app import SubscriptionApp, is_subscription
from tabard.gateway.subscriptions.building import Here, Notices, Subscriptions, subscriptions_of
from tabard.gateway.subscriptions.endpoints import Endpoints
from tabard.gateway.subscriptions.hearing import Hearing
from tabard.gateway.subscriptions.model import Content, Owner, Status, Subscription, Wanted
from tabard.gateway.subscriptions.ports import Sockets
from tabard.gateway.subscriptions.shelf import Shelf
from tabard.gateway.subscriptions.tables import FILE
from tabard.gateway.subscriptions.telling_topics import is_topic
from tabard.gateway.subscriptions.topics import topics_of, unheard

__all__ = [
    "FILE",
    "Content",
    "Endpoints",
    "Hearing",
    "Here",
    "Notices",
    "Owner",
    "Shelf",
    "Sockets",
    "Status",
    "Subscription",
    "SubscriptionApp",
    "Subscriptions",
    "Wanted",
    "is_subscription",
    "is_topic",
    "subscriptions_of",
    "topics_of",
    "unheard",
]
