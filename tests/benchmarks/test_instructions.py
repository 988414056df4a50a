"""What counts instructions runs without valgrind too, as far as it can."""

from benchmarks.alone.calls import an_app, answer, list_scenarios
from benchmarks.alone.instructions import settle
from cds_service.web.deployment import CONFIG_KEY, Deployment


def test_what_calls_leave_behind_is_written_before_a_count_begins() -> None:
    scenario = next(one for one in list_scenarios() if one.name == "order")
    with an_app() as app:
        answer(app, scenario.path, scenario.bodies[0])
        settle(app)

        deployment: Deployment = app.config[CONFIG_KEY]
        assert deployment.store.counts.waiting == 0
