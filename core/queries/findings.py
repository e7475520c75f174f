"""What was found in uploads."""

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import SQLColumnExpression, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.selectable import LateralFromClause

from core.findings.finding import Finding
from core.models import UploadFinding

_findings: TypeAdapter[tuple[Finding, ...]] = TypeAdapter(tuple[Finding, ...])


def of_upload(upload_id: SQLColumnExpression[int]) -> LateralFromClause:
    """To be joined; its column `findings` is for `from_json`."""
    found = UploadFinding
    each = func.jsonb_build_object(
        *("kind", found.kind, "level", found.level, "score", found.score),
        *("measured", found.measured, "needed", found.needed, "details", found.details),
    )
    return (
        select(func.jsonb_agg(aggregate_order_by(each, found.score.desc())).label("findings"))
        .where(found.upload_id == upload_id)
        .lateral()
    )


def from_json(value: Any) -> Sequence[Finding]:
    """The worst first; none for an upload without any."""
    return _findings.validate_python(value or ())
