"""One person for every hat, and the families whose requests fill the inboxes."""

import datetime as dt
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from mocap_portal.demo.models import DemoPerson
from mocap_portal.foundation.accounts import actions as accounts
from mocap_portal.foundation.accounts.models import (
    ADMIN_ROLES_ELSEWHERE,
    FAMILY_ROLES,
    MANAGED_ROLES,
    Membership,
    Role,
    User,
)
from mocap_portal.foundation.directory.models import Organization

from .times import ONE_DAY

PASSWORD = "only for the demo"  # noqa: S105 - of invented people, on one's own computer
JOINED = 180 * ONE_DAY  # before the demo is built

STATE = "state"
WALNUT_FORK = "Walnut Fork R-V"
HARROW_SPRINGS = "Harrow Springs"
COMPASS_POINT = "Compass Point Charter"
LANTERN = "Lantern Hill Online"
PRAIRIE = "Prairie Loop Learning"


@dataclass(frozen=True)
class Hat:
    """A role at an organization (none for families). With `about` it gets a card on the page of people."""

    role: Role
    organization: str | None = None
    about: str = ""


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    hats: tuple[Hat, ...]
    language: str = "en"


def parent(email: str, name: str, about: str = "", language: str = "en") -> Person:
    return Person(email, name, (Hat(Role.PARENT, about=about),), language)


# In the order of their cards. A person's own hats stand oldest first.
PEOPLE = (
    parent(
        "dana.whitlock@family.example",
        "Dana Whitlock",
        "Two children: one has an answer for each course, for the other a request was just sent. One draft.",
    ),
    parent(
        "elena.whitlock@family.example",
        "Elena Whitlock",
        "The second parent of the same children. Reads Spanish.",
        "es",
    ),
    Person(
        "jordan.peavey@student.example",
        "Jordan Peavey",
        (Hat(Role.ADULT_STUDENT, about="Asked for a course of their own. The provider has to confirm it."),),
    ),
    Person(
        "sky.marlowe@student.example",
        "Sky Marlowe",
        (Hat(Role.STUDENT_ON_OWN, about="Has no home and asks without a parent. The course is confirmed."),),
    ),
    Person(
        "helen.okafor@walnutfork.example",
        "Helen Okafor",
        (
            Hat(Role.PARENT, about="The same person as a parent. She may not decide about her own daughter."),
            Hat(Role.COUNSELOR, WALNUT_FORK, "Decides: requests in every state, one due soon, one overdue."),
        ),
    ),
    Person(
        "tomas.rey@walnutfork.example",
        "Tomas Rey",
        (Hat(Role.SPECIAL_EDUCATION, WALNUT_FORK, "The IEP team has paused the clock of a request."),),
    ),
    Person(
        "nadia.petrov@walnutfork.example",
        "Nadia Petrov",
        (Hat(Role.COORDINATOR, WALNUT_FORK, "Registers approved courses and confirms who a child is."),),
    ),
    Person(
        "lou.granger@walnutfork.example",
        "Lou Granger",
        (Hat(Role.DATA_CLERK, WALNUT_FORK, "Keeps the district's student records."),),
    ),
    Person(
        "frances.doyle@walnutfork.example",
        "Frances Doyle",
        (Hat(Role.LEA_ADMIN, WALNUT_FORK, "Invites and removes the people of the district."),),
    ),
    Person(
        "ben.carver@harrowsprings.example",
        "Ben Carver",
        (
            Hat(Role.COUNSELOR, HARROW_SPRINGS, "May only recommend: this district's principal decides."),
            Hat(Role.COORDINATOR, HARROW_SPRINGS, "Has certified October and fills in the June list."),
        ),
    ),
    Person(
        "ruth.lindqvist@harrowsprings.example",
        "Ruth Lindqvist",
        (Hat(Role.DECIDER, HARROW_SPRINGS, "The principal who decides here. One request is overdue."),),
    ),
    Person("victor.amsel@harrowsprings.example", "Victor Amsel", (Hat(Role.LEA_ADMIN, HARROW_SPRINGS),)),
    Person(
        "priya.nair@harrowsprings.example",
        "Priya Nair",
        (
            Hat(
                Role.HOST_STAFF,
                HARROW_SPRINGS,
                "Decides who is admitted to this district's full-time program.",
            ),
        ),
    ),
    Person("noah.fielding@harrowsprings.example", "Noah Fielding", (Hat(Role.HOST_STAFF, HARROW_SPRINGS),)),
    Person(
        "tessa.quill@compasspoint.example",
        "Tessa Quill",
        (Hat(Role.HOST_STAFF, COMPASS_POINT, "Works for the small program of a charter school."),),
    ),
    Person(
        "ines.calder@compasspoint.example",
        "Ines Calder",
        (
            Hat(Role.LEA_ADMIN, COMPASS_POINT),
            Hat(Role.COORDINATOR, COMPASS_POINT),
            Hat(Role.COUNSELOR, COMPASS_POINT, "Does everything at a small charter school: three roles."),
        ),
    ),
    Person(
        "amir.haddad@lanternhill.example",
        "Amir Haddad",
        (Hat(Role.PROVIDER_STAFF, LANTERN, "Has a student to confirm on the roster."),),
    ),
    Person(
        "june.kessler@lanternhill.example",
        "June Kessler",
        (Hat(Role.PROVIDER_ADMIN, LANTERN, "Invites and removes the provider's people."),),
    ),
    Person(
        "olga.brandt@prairieloop.example",
        "Olga Brandt",
        (Hat(Role.PROVIDER_ADMIN, PRAIRIE, "Another provider: sees its own roster and no other."),),
    ),
    Person(
        "walter.simms@dese.example",
        "Walter Simms",
        (Hat(Role.DESE_REVIEWER, STATE, "Sees which requests of the whole state are overdue."),),
    ),
    Person(
        "grace.tolliver@dese.example",
        "Grace Tolliver",
        (Hat(Role.DESE_ADMIN, STATE, "Confirms an emergency closure, keeps legal values and holidays."),),
    ),
    parent(
        "mira.solano@family.example",
        "Mira Solano",
        "Three children and full-time programs: a draft, an application just sent, a student in class.",
    ),
    parent("marcus.bell@family.example", "Marcus Bell"),
    parent("yuki.tanaka@family.example", "Yuki Tanaka"),
    parent("ken.tanaka@family.example", "Ken Tanaka"),
    parent("rosa.delgado@family.example", "Rosa Delgado"),
    parent("peter.novak@family.example", "Peter Novak"),
    parent("amara.obi@family.example", "Amara Obi"),
    parent("gwen.sawyer@family.example", "Gwen Sawyer"),
    parent("omar.farouk@family.example", "Omar Farouk"),
    parent("bianca.rossi@family.example", "Bianca Rossi"),
    parent("iris.hammond@family.example", "Iris Hammond"),
    parent("carl.lindahl@family.example", "Carl Lindahl"),
    parent("paula.ostrow@family.example", "Paula Ostrow"),
    parent("jon.ostrow@family.example", "Jon Ostrow"),
    parent("lucia.marin@family.example", "Lucia Marin"),
    parent(
        "edna.pruitt@family.example",
        "Edna Pruitt",
        "Seven children whose courses run, ended, were credited, exchanged, or could not start.",
    ),
)


def hat_of(email: str, role: Role | None = None) -> Membership:
    """A person's hat; the one of this role when there are several."""
    hats = Membership.objects.active().filter(user__email=email).select_related("user", "organization")
    return hats.get(role=role) if role else hats.get()


def build_people(at: dt.datetime) -> None:
    joined = at - JOINED
    password = make_password(PASSWORD)  # once: it takes as long as it should
    for person in PEOPLE:
        user = User.objects.create(
            email=person.email, name=person.name, language=person.language, password=password
        )
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    wanted = [(person, place, hat) for person in PEOPLE for place, hat in enumerate(person.hats)]
    # Who invites comes first; of one person's hats the newest is the one worn at sign-in.
    for person, place, hat in sorted(wanted, key=lambda entry: _rank(entry[2].role)):
        _give(person, hat, at=joined + dt.timedelta(minutes=place))
    cards = [(person, hat) for person in PEOPLE for hat in person.hats if hat.about]
    DemoPerson.objects.bulk_create(
        DemoPerson(hat=hat_of(person.email, hat.role), position=position, about=hat.about)
        for position, (person, hat) in enumerate(cards, start=1)
    )


def _rank(role: Role) -> int:
    if role == Role.DESE_ADMIN:
        return 0
    return 1 if role in ADMIN_ROLES_ELSEWHERE else 2


def _give(person: Person, hat: Hat, *, at: dt.datetime) -> None:
    user = User.objects.get(email=person.email)
    if hat.role in FAMILY_ROLES:
        accounts.add_family_hat(user.pk, role=hat.role, at=at)
        return
    organization = _organization(hat)
    if hat.role == Role.DESE_ADMIN:
        accounts.appoint_first_administrator(email=person.email, name=user.name, at=at)
        return
    invitation = accounts.invite(
        email=person.email,
        role=hat.role,
        organization_id=organization.pk,
        by=_inviter(hat.role, organization),
        at=at,
    )
    accounts.accept_invitation(invitation.token_hash, user=user, at=at)


def _organization(hat: Hat) -> Organization:
    if hat.organization == STATE:
        return Organization.objects.get(is_state_office=True)
    return Organization.objects.get(name=hat.organization)


def _inviter(role: Role, organization: Organization) -> Membership:
    if role in ADMIN_ROLES_ELSEWHERE:
        return Membership.objects.active().get(role=Role.DESE_ADMIN)
    managers = [manager for manager, managed in MANAGED_ROLES.items() if role in managed]
    return Membership.objects.in_organization(organization.pk).get(role__in=managers)
