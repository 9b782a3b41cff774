"""One example of each event of actors; made up, with every optional field filled."""

from datetime import date
from decimal import Decimal

from shared.events.actors.erasure import (
    ErasureAsked,
    ErasureBlocked,
    ErasureCompleted,
    ErasureRefused,
    ErasureReported,
    ErasureRequested,
)
from shared.events.actors.lab import (
    LabClosed,
    LabEstablished,
    LabMandateDefined,
    LabMemberAdmitted,
    LabMemberReleased,
    LabPhaseEntered,
)
from shared.events.actors.organisation import (
    OrganisationAmended,
    OrganisationCheckReopened,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
)
from shared.events.actors.person import (
    ConsentGiven,
    ConsentRecorded,
    ConsentWithdrawn,
    PersonAmended,
    PersonDisclosed,
    PersonRegistered,
)
from shared.events.vocabulary import (
    ConsentForm,
    ErasureBasis,
    LabPhase,
    PersonContext,
    Purpose,
    RefusalGround,
    Sector,
)
from shared.kernel.sealed import Retention

EXAMPLES: dict[str, tuple[object, ...]] = {
    "organisation-5b1d": (
        OrganisationRegistered(
            name="Bürgerverein Musterstraße e. V.",
            sector=Sector.NON_PROFIT,
            district="Elberfeld",
            legal_form="e. V.",
            charitable=True,
        ),
        OrganisationVerified(),
        OrganisationCheckReopened(),
        OrganisationAmended(
            name="Bürgerverein Musterstraße gGmbH",
            sector=Sector.NON_PROFIT,
            district="Barmen",
            legal_form="gGmbH",
            charitable=False,
        ),
        OrganisationSuspended(),
        OrganisationReinstated(),
    ),
    "person-90c2": (
        PersonRegistered(context=PersonContext.VOLUNTEERING),
        PersonAmended(),
        ConsentGiven(purpose=Purpose.CONTACT),
        ConsentRecorded(
            purpose=Purpose.RECOGNITION,
            given_how=ConsentForm.ON_PAPER,
            given_on=date(2026, 1, 15),
            role="coordinator",
        ),
        ConsentWithdrawn(purpose=Purpose.NEWSLETTER),
        PersonDisclosed(purpose=Purpose.CONTACT, role="coordinator"),
    ),
    "erasure-e4a5": (
        ErasureAsked(basis=ErasureBasis.NO_LONGER_NEEDED),
        ErasureRequested(
            basis=ErasureBasis.ASKED_BY_PERSON, retentions=(Retention.PROFILE, Retention.ENQUIRY)
        ),
        ErasureBlocked(retention=Retention.FUNDING_PROOF, until=date(2036, 1, 15)),
        ErasureRefused(reason=RefusalGround.LEGAL_CLAIMS),
        ErasureReported(service="marketplace", n_slots=2),
        ErasureCompleted(n_slots=5),
    ),
    "lab-77e0": (
        LabEstablished(
            name="Musterlabor",
            begins_on=date(2016, 6, 1),
            ends_on=date(2019, 5, 31),
            funding_ref="033L174A",
            budget=Decimal("998000.00"),
        ),
        LabMandateDefined(mandate="Ein Labor für bürgerschaftliches Engagement – im Auftrag des Rates"),
        LabMemberAdmitted(organisation_id="5b1d", joined_on=date(2016, 7, 1)),
        LabMemberReleased(organisation_id="5b1d", left_on=date(2018, 12, 31)),
        LabPhaseEntered(phase=LabPhase.REFLECTION),
        LabClosed(),
    ),
}
