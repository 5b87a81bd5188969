"""Whose cosignatures count, and how many of them are needed: C2SP tlog-policy's text.

Of its forms the one that is needed here: a log, its witnesses, one group of them, and the quorum
that is this group. https://c2sp.org/tlog-policy
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.trust.cosigning import cosigned
from shared.trust.notes import COSIGNATURE, NotANote, Verifier, verifier_of

_GROUP = "witnesses"


@dataclass(frozen=True)
class Policy:
    log: Verifier
    witnesses: Sequence[Verifier]
    quorum: int

    def __str__(self) -> str:
        names = [each.name for each in self.witnesses]
        lines = [f"log {self.log}", *(f"witness {each.name} {each}" for each in self.witnesses)]
        lines += [f"group {' '.join([_GROUP, str(self.quorum), *names])}", f"quorum {_GROUP}"]
        return "\n".join(lines) + "\n"

    def cosigners(self, note: str) -> Iterator[str]:
        """The names of the witnesses that cosigned a note. Raises `NotANote`."""
        for each in self.witnesses:
            if cosigned(note, each) is not None:
                yield each.name


def read_policy(text: str) -> Policy:
    """Raises `NotANote` where it has another form."""
    words = [line.split(" ") for line in text.removesuffix("\n").split("\n")]
    try:
        (log,) = [verifier_of(told) for kind, told in (w for w in words if w[0] == "log")]
        witnesses = [verifier_of(w[2], COSIGNATURE) for w in words if w[0] == "witness"]
        (quorum,) = [int(w[2]) for w in words if w[0] == "group"]
    except (ValueError, IndexError):
        raise NotANote("the policy has another form") from None
    policy = Policy(log, witnesses, quorum)
    if str(policy) != text:
        raise NotANote("the policy has another form")
    return policy
