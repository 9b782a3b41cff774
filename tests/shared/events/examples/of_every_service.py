"""One example of each event that every service writes about its own working; made up."""

from shared.events.process import (
    AuditAccessOpened,
    CheckpointIssued,
    ErasedSlot,
    IncarnationBegan,
    ParkedEventSkipped,
    ReactionRefused,
    SlotsErased,
)

EXAMPLES: dict[str, tuple[object, ...]] = {
    "reaction-7d5c": (
        ReactionRefused(
            reaction="propose_placement",
            trigger_id="e0e0",
            trigger_type="kosilab.marketplace.MatchConfirmed.v1",
            trigger_stream="offer-0ffe",
            target="placement-c40f",
            command="ProposePlacement",
            rule="placement_is_new",
            sentence="A placement is proposed once.",
        ),
    ),
    "parked-marketplace-17": (
        ParkedEventSkipped(
            consumer="reporting",
            source="urn:kosilab:05124000:marketplace:1",
            position=17,
            reason="Doppelt eingespielt",
        ),
    ),
    "incarnation-2": (
        IncarnationBegan(
            kept=16,
            signed=20,
            note="05124000.kosilab/marketplace/1\n20\n"
            "bm8gcm9vdCBvZiBhbnkgdHJlZSwganVzdCBhIHNhbXBsZS4=\n\n"
            "— 05124000.kosilab/marketplace/1 bm8gc2lnbmF0dXJl\n",
        ),
    ),
    "erased-e4a5": (
        SlotsErased(
            erasure_id="e4a5",
            slots=(ErasedSlot(position=3, name="contact"), ErasedSlot(position=3, name="name")),
        ),
    ),
    "audit-70ce": (AuditAccessOpened(token_id="70ce"),),
    "checkpoint-1-2": (
        CheckpointIssued(
            size=2,
            note="05124000.kosilab/marketplace/1\n2\n+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=\n\n"
            "— 05124000.kosilab/marketplace/1 AAAAAAAA\n",
        ),
    ),
}
