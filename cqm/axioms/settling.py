"""What needs no search: proofs that hold for any number of points, and counterexamples that are on record."""

import math

from cqm.axioms.clusterers import FUNCTIONS, TOLD_FUNCTIONS
from cqm.axioms.domains import Domain
from cqm.axioms.kleinberg import FunctionSubject
from cqm.axioms.limits import until
from cqm.axioms.proofs.functions import function_proof
from cqm.axioms.proofs.registry import hand_proof
from cqm.axioms.refutations import function_refutation, refutation
from cqm.axioms.statements import Axiom
from cqm.axioms.subjects import Subject
from cqm.axioms.verdict import Verdict

__all__ = ["settled", "settled_function"]


def settled(subject: Subject, axiom: Axiom, domain: Domain) -> Verdict | None:
    """The verdict on a catalogued measure that a proof or a recorded counterexample gives; None where neither does.

    A counterexample is replayed here; a proof is run by the tests, and whenever the table is written.
    """
    if (proof := hand_proof(subject, axiom, domain)) is not None:
        return Verdict(subject.name, axiom.name, domain.name, proof.holds, proof.evidence())
    with until(math.inf):  # a few evaluations, of what is on record
        witness = refutation(subject, axiom, domain)
    if witness is not None:
        return Verdict(subject.name, axiom.name, domain.name, False, witness)
    return None


def settled_function(subject: FunctionSubject, axiom: Axiom, domain: Domain) -> Verdict | None:
    """The same for the clustering functions of docs/axioms.md."""
    if (FUNCTIONS | TOLD_FUNCTIONS).get(subject.name, (None,))[0] is not subject.function:
        return None
    if (proof := function_proof(subject.name, axiom)) is not None:
        return Verdict(subject.name, axiom.name, domain.name, proof.holds, proof.evidence())
    with until(math.inf):
        witness = function_refutation(subject, axiom)
    if witness is not None:
        return Verdict(subject.name, axiom.name, domain.name, False, witness)
    return None
