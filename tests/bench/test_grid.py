from tests.bench.grid import beside


def test_the_plain_page_is_so_many_times_slower_in_the_middle_of_all_runs() -> None:
    result = beside("select", [10, 20, 900], [300, 400, 500], at_least=15)

    assert (result.ours, result.other, result.ratio) == (20, 400, 20)
    assert result.more["holds"] is True


def test_a_limit_does_not_hold_below_it() -> None:
    result = beside("select", [20], [299], at_least=15)

    assert result.more["holds"] is False
