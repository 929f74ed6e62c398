"""Celery's side: every kind of work has a task, a schedule, and does what its use case does."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from celery import Celery

from service.domain.ports import Work
from service.domain.reply import Status
from service.queue import make_celery
from service.services import Services
from service.settings import Settings
from service.storage.database import Database
from tests.factories import a_decided_reply, a_received_reply, a_site, make_services, stored
from tests.fakes import CLEAN, FixedClock, RecordingOutgoing
from tests.running import ROOT, plain_environment
from workers import delivery, scoring, upkeep
from workers.one_at_a_time import OneAtATime
from workers.schedule import schedule


@pytest.fixture
def app(services: Services) -> Celery:
    """The tasks as a worker registers them, over this test's services."""
    app = make_celery(services.settings)
    for room in (scoring, delivery, upkeep):
        room.register(app, services)
    return app


def test_every_kind_of_work_is_a_task_and_every_task_a_kind_of_work(app: Celery) -> None:
    ours = {name for name in app.tasks if not name.startswith("celery.")}

    assert ours == {work.value for work in Work}


def test_every_kind_of_work_is_swept_and_nothing_else() -> None:
    planned = schedule(Settings())

    assert sorted(line["task"] for line in planned.values()) == sorted(work.value for work in Work)


def test_the_sweep_follows_the_setting_and_no_message_outlives_the_next() -> None:
    planned = schedule(Settings(sweep_seconds=2.5))

    assert planned["scoring"]["schedule"] == planned["delivery"]["schedule"] == 2.5
    assert all(line["options"]["expires"] <= line["schedule"] for line in planned.values())


def test_the_app_that_workers_start_knows_all_tasks_and_the_schedule(tmp_path: Path) -> None:
    asked = (
        "import json; from workers.app import app;"
        "print(json.dumps([sorted(t for t in app.tasks if t.startswith('civility.')), sorted(app.conf.beat_schedule)]))"
    )
    said = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env=plain_environment(CIVILITY_DATA=str(tmp_path)),
        capture_output=True,
        text=True,
        check=True,
    )

    tasks, planned = json.loads(said.stdout)
    assert tasks == sorted(work.value for work in Work)
    assert planned == sorted(work.name.lower() for work in Work)


def test_the_scoring_task_drains_the_list(database: Database) -> None:
    services = make_services(database, settings={"batch_replies": 3})
    app = make_celery(services.settings)
    scoring.register(app, services)
    site = a_site(services)
    receipts = [a_received_reply(services, site) for _ in range(8)]

    app.tasks[Work.SCORING].apply().get()

    assert {stored(services, receipt.reply_id).status for receipt in receipts} == {Status.APPROVED}


def test_the_delivery_task_sends_what_is_due(app: Celery, services: Services, outgoing: RecordingOutgoing) -> None:
    site = a_site(services)
    decided = {a_decided_reply(services, site, CLEAN).id for _ in range(3)}

    app.tasks[Work.DELIVERY].apply().get()

    assert {event.reply_id for event in outgoing.events} == decided


def test_the_upkeep_task_drops_what_is_past_its_date(app: Celery, services: Services, clock: FixedClock) -> None:
    from service.storage import authors

    receipt = a_received_reply(services, a_site(services), ip="192.0.2.77")
    today = services.hash_keys.ip_hash("192.0.2.77", clock().date())
    clock.advance(services.settings.ip_days * 86_400 + 1)

    app.tasks[Work.UPKEEP].apply().get()

    with services.database.reading() as tx:
        assert authors.replies_per_ip(tx, [today], since=receipt.received_at.replace(year=2000)) == {}


class TestOneAtATime:
    def test_who_knocks_while_it_runs_makes_it_run_once_more_and_waits_for_nobody(self) -> None:
        running, go_on, runs = threading.Event(), threading.Event(), []

        def work() -> None:
            runs.append(threading.current_thread().name)
            running.set()
            assert go_on.wait(10)

        drain = OneAtATime(work)
        first = threading.Thread(target=drain, name="first")
        first.start()
        assert running.wait(10)
        for _ in range(20):
            drain()  # returns at once
        assert runs == ["first"]
        go_on.set()
        first.join(10)

        assert runs == ["first", "first"]

    def test_never_two_at_the_same_time_and_nobody_is_missed(self) -> None:
        at_work, most, waiting, done = 0, 0, [], []
        lock = threading.Lock()

        def work() -> None:
            nonlocal at_work, most
            with lock:
                at_work += 1
                most = max(most, at_work)
            taken = waiting[:]
            del waiting[: len(taken)]
            done.extend(taken)
            with lock:
                at_work -= 1

        drain = OneAtATime(work)

        def knock(name: int) -> None:
            for number in range(50):
                waiting.append((name, number))
                drain()

        people = [threading.Thread(target=knock, args=(name,)) for name in range(8)]
        for person in people:
            person.start()
        for person in people:
            person.join(30)

        assert most == 1
        assert len(done) == len(set(done)) == 400

    def test_work_that_fails_is_said_and_does_not_lock_out_the_next(self) -> None:
        answers = iter([ZeroDivisionError(), None])
        runs = []

        def work() -> None:
            runs.append(1)
            if error := next(answers):
                raise error

        drain = OneAtATime(work)
        with pytest.raises(ZeroDivisionError):
            drain()
        drain()

        assert len(runs) == 2
