"""What is said of a fault that was never met: its limits, and what came nearest."""

import httpx
import pytest

from pytest_tiltsession import FakeTilt, faults
from pytest_tiltsession.faults import arming, unmet

KUBECTL = "kubectl/v1.36 (linux/amd64)"
SECOND = 1_000_000


@pytest.mark.parametrize(
    ("fault", "seen", "said"),
    [
        (faults.CutWatch(2), [], "no watch came; there was no request at all"),
        (faults.CutWatch(2), [("list", KUBECTL, 0)], "no watch came; there was 1 list"),
        (faults.CutWatch(2), 2 * [("get", "", 0)] + [("", "", 0)], "no watch came; there were 2 gets, 1 other request"),
        (faults.CutWatch(2, client="kr8s"), 3 * [("watch", KUBECTL, 0)], "3 watches came, all from kubectl/v1.36"),
        (
            faults.Refuse(client="kr8s", operation="update"),
            [("update status", "a/1 x", 0), ("update", "b", 0)],
            "1 update status, 1 update came, from a/1, b",
        ),
        (faults.Refuse(), [], "no request for Sessions came; there was no request at all"),
        (faults.Conflict(), [("get", "", 0)], "no update, patch or delete came; there was 1 get"),
        (faults.Refuse(after="1m"), [("get", "", 0)], "it begins at 1m0s, and the clock came to 10s only"),
        (faults.Refuse(after="2s", for_="1s"), [("get", "", SECOND)], "1 get came, at 1s"),
        (
            faults.Refuse(after="2s", for_="1s"),
            [("get", "", SECOND), ("get", "", 3 * SECOND)],
            "2 gets came, between 1s and 3s",
        ),
        (
            faults.CutWatch(5),
            2 * [("watch", "", 0)],
            "2 watches came, all from (no user agent), and none got as far as 5",
        ),
        (faults.DropEvent(3), [("watch", "x", 0)], "1 watch came, from x, and none got as far as event 3"),
        (faults.WatchFreeze(on_yaml=True), [("watch", "x", 0)], "none was a watch with Accept: application/yaml"),
        (faults.Refuse(), [("get", "x", 0)], "met a fault that was armed before"),
        (faults.FailHandshake(), [("get", "x", 0)], "no client connected then"),
    ],
)
def test_the_nearest_miss_is_told(fault, seen, said):
    """The message begins with the fault and what it was limited to."""
    found = unmet.explain(arming.Armed(fault), [unmet.Seen(*item) for item in seen], 10 * SECOND)
    assert found.startswith(f"the fault {fault} was never met: ")
    assert said in found


@pytest.mark.parametrize("fault", [faults.FailHandshake(), faults.ExpiredCertificate()], ids=str)
def test_a_fault_of_tls_is_not_met_over_plain_http(fault):
    """Where there is no TLS, that is said, and not that nobody connected."""
    with FakeTilt(tls=False, faults=fault) as fake:
        assert 200 == httpx.get(f"{fake.url}/version", headers={"Authorization": f"Bearer {fake.token}"}).status_code
        (problem,) = fake.problems()
    assert "tls=False" in problem
