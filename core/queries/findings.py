"""What was found in uploads."""

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import SQLColumnExpression, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.selectable import LateralFromClause

from core.findings.finding import Finding, Level
from core.findings.judgement import OF_THE_PRINT
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


def as_of_now(noted: Sequence[Finding], print_: Sequence[Finding]) -> Sequence[Finding]:
    """What was noted, with what holds for the print as its size is known now; the worst first."""
    of_picture = [found for found in noted if found.kind not in OF_THE_PRINT]
    of_print = [found for found in print_ if found.level is not Level.FINE]
    return sorted([*of_picture, *of_print], key=lambda found: -found.score)


def from_json(value: Any) -> Sequence[Finding]:
    """The worst first; none for an upload without any."""
    return _findings.validate_python(value or ())
