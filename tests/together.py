"""Which tests run in the same process of pytest-xdist, because they share what is slow to start.

`xdist_group` should say so beside the tests, but with pytest 9.2 xdist 3.8 passes it over: it writes the group into
an attribute of the item that pytest no longer reads.
"""

from __future__ import annotations

from xdist.scheduler.loadscope import LoadScopeScheduling

TOGETHER = ("tests/browser/", "tests/commands/test_running.py", "tests/commands/test_up.py")


class Together(LoadScopeScheduling):
    """Tests of one line of `TOGETHER` go to the same process, each of the others to whichever is free."""

    def _split_scope(self, nodeid: str) -> str:
        return next((each for each in TOGETHER if nodeid.startswith(each)), nodeid)
