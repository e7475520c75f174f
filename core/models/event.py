"""What happened: append-only, and without personal data."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, utc_now


class EventName(StrEnum):
    ORDER_SYNCED = "order.synced"
    ORDER_ASSIGNED = "order.assigned"
    ORDER_HELD = "order.held"
    ORDER_RELEASED = "order.released"
    ORDER_ERASED = "order.erased"
    ORDER_DELETED = "order.deleted"
    ORDER_REFUSED = "order.refused"
    ORDER_HANDED_OVER = "order.handed_over"
    ORDER_NOTED = "order.noted"
    ORDER_CHANGED = "order.changed"  #: By staff: its address, or how gently it is asked about
    ORDER_MORE_TIME = "order.more_time"
    HOLD_ASKED = "hold.asked"
    HOLD_REMOVED = "hold.removed"
    HOST_TRUSTED = "host.trusted"
    HOST_DISTRUSTED = "host.distrusted"
    PHOTO_FOUND = "photo.found"
    PHOTO_ARRIVED = "photo.arrived"
    PHOTO_UNAVAILABLE = "photo.unavailable"
    PHOTO_CHANGED = "photo.changed"
    CHANGE_DECLINED = "change.declined"
    PHOTO_EDITED = "photo.edited"
    PHOTO_REVERTED = "photo.reverted"
    PHOTO_APPROVED = "photo.approved"
    PHOTO_REJECTED = "photo.rejected"
    PHOTO_SET_ASIDE = "photo.set_aside"
    PHOTO_LEFT = "photo.left"
    PHOTO_UNDONE = "photo.undone"
    PHOTO_REOPENED = "photo.reopened"
    PHOTO_RETRIED = "photo.retried"
    PHOTO_REPLACED = "photo.replaced"
    PHOTO_KEPT = "photo.kept"
    PHOTO_ASKED = "photo.asked"
    PHOTO_ANSWER_UNDONE = "photo.answer_undone"
    PHOTO_OVERDUE = "photo.overdue"
    PHOTO_WITHDRAWN = "photo.withdrawn"
    PHOTO_RETURNED = "photo.returned"
    PRODUCT_CHANGED = "product.changed"
    SHOP_CHANGED = "shop.changed"
    SHOP_CONNECTED = "shop.connected"
    SHOP_DISCONNECTED = "shop.disconnected"
    SHOP_WENT_LIVE = "shop.went_live"
    SHOP_ERASED = "shop.erased"
    DATA_REQUESTED = "data.requested"
    MESSAGE_QUEUED = "message.queued"
    MESSAGE_SENT = "message.sent"
    MESSAGE_FAILED = "message.failed"
    MESSAGE_UNCERTAIN = "message.uncertain"
    MESSAGE_SETTLED = "message.settled"  #: What became of an uncertain one, as a person says
    STAFF_SIGNED_IN = "staff.signed_in"
    STAFF_SIGNED_OUT = "staff.signed_out"
    STAFF_CHANGED = "staff.changed"


class Event(Base):
    """Never edited, never deleted: the database refuses."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[EventName]
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shops.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("photos.id"), index=True)
    #: None: the customer or Loupe itself; the name of the event tells which.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    ids: Mapped[dict[str, Any]] = mapped_column(default=dict)
    happened_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
