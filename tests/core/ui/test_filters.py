from core.findings.finding import Kind
from core.ui.filters import FINDINGS


def test_every_finding_can_be_looked_for() -> None:
    named = [kind for name, kinds in FINDINGS.items() if name != "Any finding" for kind in kinds]

    assert sorted(named) == sorted(Kind)
    assert set(FINDINGS["Any finding"]) == set(Kind)
