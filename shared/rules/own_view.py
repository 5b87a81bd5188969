"""The rules of a person's own view, one sentence each, with where they come from."""

from shared.runtime.facts import Acting, Refused
from shared.trust.access import Thing
from shared.trust.step_up import Proof, proof_of, proved_anew


def the_coordinator_prints_what_is_held(acting: Acting, action: str) -> None:
    """Regulation (EU) 2016/679, art. 15(1) and 26(1): the network names one door at which the
    person asks. Whoever has their custody is not that door: custody opens nothing."""
    if not acting.may(action, Thing("Network")):
        raise Refused(
            "the-coordinator-prints-what-is-held",
            "Your role does not print what is held about a person.",
            "Pass the person's request on to the coordinator at once.",
            "authority",
        )


def what_is_held_is_opened_on_fresh_proof(acting: Acting) -> Proof:
    """Everything at once is what a thief would ask for (OWASP ASVS 5.0, 7.5.3): in codes as well,
    a person's whole way says where to look for them. The proof is kept with what was opened."""
    proof = proof_of(acting.authenticated_at, acting.factors)
    if proof is None or not proved_anew(proof, acting.now):
        raise Refused(
            "what-is-held-is-opened-on-fresh-proof",
            "You have not signed in with a second factor within the last five minutes.",
            "Sign in again with your second factor, then send it again; a command under a new key.",
            "authority",
        )
    return proof
