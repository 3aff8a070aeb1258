"""Students who move to another district: one has arrived with credit, of one the new district has to say so."""

import datetime as dt

from enrollment.records.models import Student
from enrollment.transfers import actions as transfers
from mocap_portal.foundation.accounts.models import Role
from mocap_portal.foundation.directory.models import Lea, School

from .people import hat_of
from .places import COMPASS_POINT, HARROW_SPRINGS, WALNUT_FORK
from .requests import Stage
from .times import ONE_DAY


def build_moves(at: dt.datetime) -> None:
    stage = Stage(WALNUT_FORK, at=at)
    nadia = hat_of("nadia.petrov@walnutfork.example")
    last_day = stage.today - ONE_DAY
    arrived, runs = (
        Student.objects.get(first_name=name, last_name="Pruitt", lea__state_district_id=WALNUT_FORK)
        for name in ("Cole", "Abel")
    )
    harrow = Lea.objects.get(state_district_id=HARROW_SPRINGS)
    transfer = transfers.announce(arrived.pk, to_lea_id=harrow.pk, leaves_on=last_day, by=nadia, at=at)
    school = School.objects.filter(lea=harrow, grades_high__gte=arrived.grade).order_by("pk")[0]
    transfers.receive(
        transfer.pk,
        school_id=school.pk,
        starts_on=stage.today,
        by=hat_of("ben.carver@harrowsprings.example", Role.COORDINATOR),
        at=at,
    )
    compass = Lea.objects.get(state_district_id=COMPASS_POINT)
    transfers.announce(runs.pk, to_lea_id=compass.pk, leaves_on=last_day, by=nadia, at=at)
