"""The tables. Import from here, so that every table is known to the metadata."""

from core.models.base import Base, utc_now
from core.models.customer import CustomerSession, CustomerSignIn
from core.models.decision import Decision, DecisionComment, DecisionReason, Undo, Verdict
from core.models.event import Event, EventName
from core.models.message import Message, MessageDecision, MessageKind, MessageState
from core.models.note import OrderNote, OrderNoteKind, PhotoNote
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
from core.models.response import Response, ResponseBy, ResponseKind, ResponseUndo
from core.models.shop import (
    GENTLE_WORDS,
    Reason,
    Shop,
    ShopLogo,
    ShopMode,
    SyncKind,
    SyncRun,
    WhenSilent,
)
from core.models.staff import Role, Staff, StaffSession, StaffTicket, ThrottleBucket
from core.models.webhook import DataRequest, WebhookDelivery

__all__ = [
    "ANSWER_DUE",
    "GENTLE_WORDS",
    "REJECTION",
    "UNFLAGGED",
    "Base",
    "CustomerSession",
    "CustomerSignIn",
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
    "OrderNote",
    "OrderNoteKind",
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
    "ResponseUndo",
    "Role",
    "Shop",
    "ShopLogo",
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
    "WhenSilent",
    "WithdrawnBecause",
    "utc_now",
]
