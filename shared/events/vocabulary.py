"""Which closed lists of words do events use? Each value is a storage format: never rename, never reuse.

Source: handbook, sections 3.3, 5.3, 7.2 to 7.4 and glossary.
"""

from enum import StrEnum


class Sector(StrEnum):
    """What kind of actor an organisation is (handbook 7.2)."""

    COMPANY = "company"
    NON_PROFIT = "non_profit"
    INITIATIVE = "initiative"
    PUBLIC_BODY = "public_body"
    SCHOOL = "school"
    TRAINING_COMPANY = "training_company"
    EMPLOYMENT_CARRIER = "employment_carrier"
    RESEARCH = "research"


class Category(StrEnum):
    """The trading corner of an offer, a need or a commitment (handbook 3.3)."""

    HELPING_HANDS = "helping_hands"
    KNOW_HOW = "know_how"
    GOODS = "goods"
    SPACE_AND_EQUIPMENT = "space_and_equipment"
    NETWORK_ACCESS = "network_access"
    EVENT_SUPPORT = "event_support"


class OfferKind(StrEnum):
    """What a confirmed match leads to: an agreement, an engagement or a placement (architecture 1)."""

    EXCHANGE = "exchange"
    VOLUNTEERING = "volunteering"
    WORK = "work"


class WorkForm(StrEnum):
    """The form of a work offer (architecture 1); it does not name a law or a funding."""

    JOB = "job"
    APPRENTICESHIP = "apprenticeship"
    ENTRY_QUALIFICATION = "entry_qualification"
    INTERNSHIP = "internship"
    WORK_OPPORTUNITY = "work_opportunity"


class VolunteeringForm(StrEnum):
    """The form of a volunteering offer (handbook 7.7)."""

    ONE_OFF = "one_off"
    REGULAR = "regular"
    ONLINE = "online"
    TEAM = "team"


class Side(StrEnum):
    """One of the two sides of a match."""

    OFFER = "offer"
    NEED = "need"


class Party(StrEnum):
    """One of the two parties of an agreement; A gives what was offered, B contacts first (handbook 3.2)."""

    A = "a"
    B = "b"


class ReciprocityKind(StrEnum):
    """How give and take relate in an agreement (handbook 3.4, rule M03)."""

    MUTUAL = "mutual"
    ONE_SIDED = "one_sided"
    ASYNCHRONOUS = "asynchronous"


class ReasonPart(StrEnum):
    """The part of a match's score that a reason explains."""

    CATEGORY = "category"
    DISTRICT = "district"
    TIME = "time"
    SKILLS = "skills"
    CAPACITY = "capacity"
    REQUIREMENTS = "requirements"


class DeclineReason(StrEnum):
    """Why a side said no to a match (rules M10, P02: no health, family or origin)."""

    NO_LONGER_NEEDED = "no_longer_needed"
    DATES_DO_NOT_FIT = "dates_do_not_fit"
    CONTENT_DOES_NOT_FIT = "content_does_not_fit"
    TOO_FAR = "too_far"
    OTHER = "other"


class LapseReason(StrEnum):
    """Why a match ended without an answer of a side."""

    NO_ANSWER = "no_answer"
    NEED_TAKEN = "need_taken"
    OFFER_EXHAUSTED = "offer_exhausted"
    OFFER_WITHDRAWN = "offer_withdrawn"
    NEED_WITHDRAWN = "need_withdrawn"
    ORGANISATION_SUSPENDED = "organisation_suspended"


class FailureReason(StrEnum):
    """Why an agreement failed (rule M10; Cologne's follow-up asks for it, handbook 3.1)."""

    NO_RESPONSE = "no_response"
    CAPACITY_GONE = "capacity_gone"
    NEED_GONE = "need_gone"
    PARTNER_CHANGED = "partner_changed"
    QUALITY = "quality"
    OTHER = "other"


class EndReason(StrEnum):
    """Why a trial, an engagement or a placement ended."""

    TERM_OVER = "term_over"
    BY_PERSON = "by_person"
    BY_HOST = "by_host"
    MOVED_ON = "moved_on"
    DID_NOT_FIT = "did_not_fit"
    OTHER = "other"


class CorrectionReason(StrEnum):
    """Why a recorded value is replaced by another (handbook 7.1, D05)."""

    TYPED_WRONG = "typed_wrong"
    LEARNT_LATER = "learnt_later"
    WRONG_CASE = "wrong_case"
    OBJECTION = "objection"
    OTHER = "other"


class RetentionAnswer(StrEnum):
    """What is known of a person at a milestone of a placement (rule E11)."""

    CONFIRMED = "confirmed"
    CONFIRMED_ELSEWHERE = "confirmed_elsewhere"
    DENIED = "denied"
    UNKNOWN = "unknown"


class NeverStartedReason(StrEnum):
    """Why a contracted placement never began (rule E01)."""

    PERSON_DID_NOT_APPEAR = "person_did_not_appear"
    OTHER_PLACE_FOUND = "other_place_found"
    EMPLOYER_WITHDREW = "employer_withdrew"
    OTHER = "other"


class ReopenCause(StrEnum):
    """What freed a place that had been taken (architecture 2.1)."""

    NEVER_STARTED = "never_started"
    TRIAL_FAILED = "trial_failed"
    ENGAGEMENT_ENDED = "engagement_ended"
    PLACEMENT_DECLINED = "placement_declined"
    AGREEMENT_FAILED = "agreement_failed"


class LabPhase(StrEnum):
    """The phases of a lab (handbook 2 and 7.2, R3)."""

    MAPPING = "mapping"
    CONCEPT = "concept"
    TEST = "test"
    DIALOGUE = "dialogue"
    REFLECTION = "reflection"


class PersonContext(StrEnum):
    """The half of the city's work that a person belongs to; nobody reads both (contract 4)."""

    VOLUNTEERING = "volunteering"
    EMPLOYMENT = "employment"


class HoursBand(StrEnum):
    """Weekly hours that a person looks for, in bands [h/week] (rule P03)."""

    UNDER_5 = "under_5"
    FROM_5_TO_15 = "from_5_to_15"
    FROM_15_TO_30 = "from_15_to_30"
    OVER_30 = "over_30"


class DistanceClass(StrEnum):
    """How far a person would go; no address, no district (rule P03)."""

    NEAR = "near"
    CITY = "city"
    REGION = "region"


class Purpose(StrEnum):
    """What personal data are used for; consent is given per purpose (rule D02)."""

    CONTACT = "contact"
    COUNSELLING = "counselling"
    RECOGNITION = "recognition"
    FUNDING_PROOF = "funding_proof"
    NEWSLETTER = "newsletter"
    OWN_ACCESS = "own_access"


class ConsentForm(StrEnum):
    """How a person gave a consent that staff record for them."""

    ON_PAPER = "on_paper"
    BY_PHONE = "by_phone"


class ErasureBasis(StrEnum):
    """Why a person is erased: they asked, withdrew consent, or nothing needs the data any more.

    Some erasures have no request: a term is over; a restore lost the request of an erasure that the register lists; a
    restore brought back a record but not its sealed values, which are lost.
    """

    ASKED_BY_PERSON = "asked_by_person"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    NO_LONGER_NEEDED = "no_longer_needed"
    UNLAWFUL = "unlawful"
    TERM_OVER = "term_over"
    BEFORE_RESTORE = "before_restore"
    LOST_IN_RESTORE = "lost_in_restore"


class RefusalGround(StrEnum):
    """Why an erasure was turned down, as the law puts it; never free text, which would be about a person.

    Source: GDPR Art. 12 (5) and (6), Art. 17 (3).
    """

    LEGAL_OBLIGATION = "legal_obligation"
    LEGAL_CLAIMS = "legal_claims"
    ARCHIVE_IN_PUBLIC_INTEREST = "archive_in_public_interest"
    IDENTITY_NOT_SHOWN = "identity_not_shown"
    MANIFESTLY_UNFOUNDED = "manifestly_unfounded"
