"""The tables. Import from here, so that every table is known to the metadata."""

from core.models.base import Base, utc_now
from core.models.decision import Decision, DecisionComment, DecisionReason, Undo, Verdict
from core.models.event import Event, EventName
from core.models.message import Message, MessageDecision, MessageKind, MessageState
from core.models.note import PhotoNote
from core.models.order import FulfillmentOrder, Hold, HoldState, LineItem, Order
from core.models.photo import (
    ANSWER_DUE,
    REJECTION,
    UNFLAGGED,
    Draft,
    Origin,
    Photo,
    PhotoState,
    PictureFile,
    Upload,
    UploadFinding,
    WithdrawnBecause,
)
from core.models.product import Product, Variant
from core.models.response import Response, ResponseBy, ResponseKind
from core.models.shop import Reason, Shop, ShopMode, SyncKind, SyncRun
from core.models.staff import Role, Staff, StaffSession, StaffTicket, ThrottleBucket
from core.models.webhook import DataRequest, WebhookDelivery

__all__ = [
    "ANSWER_DUE",
    "REJECTION",
    "UNFLAGGED",
    "Base",
    "DataRequest",
    "Decision",
    "DecisionComment",
    "DecisionReason",
    "Draft",
    "Event",
    "EventName",
    "FulfillmentOrder",
    "Hold",
    "HoldState",
    "LineItem",
    "Message",
    "MessageDecision",
    "MessageKind",
    "MessageState",
    "Order",
    "Origin",
    "Photo",
    "PhotoNote",
    "PhotoState",
    "PictureFile",
    "Product",
    "Reason",
    "Response",
    "ResponseBy",
    "ResponseKind",
    "Role",
    "Shop",
    "ShopMode",
    "Staff",
    "StaffSession",
    "StaffTicket",
    "SyncKind",
    "SyncRun",
    "ThrottleBucket",
    "Undo",
    "Upload",
    "UploadFinding",
    "Variant",
    "Verdict",
    "WebhookDelivery",
    "WithdrawnBecause",
    "utc_now",
]
