"""How much one participant may ask for."""

from __future__ import annotations

from askpanel.chat.throttle import MOST_COUNTED, Throttle, Window


def test_one_browser_may_send_so_many_and_another_is_unaffected() -> None:
    throttle = Throttle(questions_per_minute=3, sockets_per_client=9)
    waits = [throttle.question(f"nonce-{i}", "sam", "home") for i in range(4)]
    assert waits[:3] == [0, 0, 0]
    assert 1 <= waits[3] <= 60
    assert throttle.question("nonce-9", "alex", "elsewhere") == 0


def test_trying_the_same_question_again_is_not_asking_for_more() -> None:
    throttle = Throttle(questions_per_minute=1, sockets_per_client=9)
    assert [throttle.question("the-same", "sam", "home") for _ in range(20)] == [0] * 20
    assert throttle.question("another", "sam", "home") > 0


def test_a_script_that_drops_its_cookie_meets_the_limit_of_its_network() -> None:
    throttle = Throttle(questions_per_minute=2, sockets_per_client=9)
    waits = [throttle.question(f"n-{i}", f"author-{i}", "one network") for i in range(21)]
    assert waits[:20] == [0] * 20
    assert waits[20] > 0
    assert throttle.question("n-99", "author-99", "another network") == 0


def test_a_refused_question_may_be_sent_when_the_minute_is_over() -> None:
    throttle = Throttle(questions_per_minute=1, sockets_per_client=9)
    throttle.question("first", "sam", "home")
    assert throttle.question("second", "sam", "home") > 0
    assert "second" not in throttle._counted


def test_what_is_remembered_of_nonces_is_bounded() -> None:
    throttle = Throttle(questions_per_minute=1000, sockets_per_client=9)
    for i in range(MOST_COUNTED + 50):
        throttle.question(f"nonce-{i}", f"author-{i}", f"network-{i}")
    assert len(throttle._counted) == MOST_COUNTED


def test_sockets_are_counted_in_and_out() -> None:
    throttle = Throttle(questions_per_minute=1, sockets_per_client=2)
    assert [throttle.socket_opened("home") for _ in range(3)] == [True, True, False]
    assert throttle.socket_opened("elsewhere")
    throttle.socket_closed("home")
    assert throttle.socket_opened("home")
    for _ in range(2):
        throttle.socket_closed("home")
    assert "home" not in throttle._sockets


def test_whoever_has_been_quiet_for_a_minute_is_forgotten() -> None:
    now = [0.0]
    window = Window(2, lambda: now[0])
    for second in range(1000):
        now[0] = float(second)
        window.count(f"visitor {second}")
    assert len(window._times) <= 60
    assert window.wait("visitor 0") == 0
    window.count("visitor 999")
    assert window.wait("visitor 999") == 60
