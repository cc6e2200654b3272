"""What is proved of external indices for any number of points, as arguments that run; docs/external-proofs.md has text.

Each runs on clusterings of 8 to 12 points, in exact arithmetic, and raises `Broken` where a step does not hold.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from cqm.axioms.agreement.partitions import Partition, improvements, is_improvement, meet
from cqm.axioms.agreement.subjects import IndexSubject
from cqm.axioms.closed_forms import ClosedForm
from cqm.axioms.lattice import canonical
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.statements import Axiom
from cqm.axioms.verdict import Evidence
from cqm.definitions import agreement
from cqm.definitions.arithmetic import irrational, ratio
from cqm.external import external_catalog

__all__ = ["INDEX_PROOFS", "PAGE", "IndexProof", "index_proof"]

PAGE = "docs/external-proofs.md"
SMALLEST, LARGEST = 8, 12

Argument = Callable[[IndexSubject, Random], None]


@dataclass(frozen=True, slots=True)
class IndexProof:
    """What is proved of some indices by one argument.

    Attributes
    ----------
    heading : of the section in docs/external-proofs.md.
    axiom : name of the axiom that holds.
    indices : names of the indices.
    argument : runs the steps on clusterings of its own making.
    """

    heading: str
    axiom: str
    indices: tuple[str, ...]
    argument: Argument

    @property
    def link(self) -> str:
        """Where the text is."""
        return f"{PAGE}#{self.heading.lower().replace(' ', '-')}"

    def evidence(self) -> Evidence:
        """The proof as evidence of a verdict."""
        return Evidence("proof", f"proved for any number of points: {self.link}")

    def run(self, subject: IndexSubject, *, cases: int, seed: int = 0) -> None:
        """Run the steps on so many cases; raises `Broken` where one does not hold."""
        rng = Random(f"{subject.name} {self.axiom} {seed}")
        token = irrational.set(ClosedForm.of)
        try:
            for _ in range(cases):
                self.argument(subject, rng)
        finally:
            irrational.reset(token)


def clustering(rng: Random, n: int, *, trivial: bool = True) -> Partition:
    """Any clustering of n points; few clusters and many are as frequent."""
    while True:
        k = rng.randint(1, n)
        labels = canonical(tuple(rng.randrange(k) for _ in range(n)))
        if trivial or 1 < max(labels) + 1 < n:
            return labels


def two(rng: Random, *, trivial: bool = True) -> tuple[Partition, Partition]:
    """Two clusterings of as many points, often alike."""
    n = rng.randint(SMALLEST, LARGEST)
    one = clustering(rng, n, trivial=trivial)
    if rng.random() < 0.5:
        return one, clustering(rng, n)
    other = list(one)
    other[rng.randrange(n)] = rng.randrange(n)
    return one, canonical(tuple(other))


def want(what: str, truth: Any) -> None:
    """Raise where a step does not hold."""
    if not truth:
        raise Broken(what)


def extremes(n: int) -> tuple[Partition, Partition]:
    """One cluster, and all singletons."""
    return (0,) * n, tuple(range(n))


def only_counts(subject: IndexSubject, rng: Random) -> None:
    """Label invariance: the definition asks of labels only whether they are equal."""
    a, b = two(rng)
    order = rng.sample(range(len(a)), len(a))
    names = rng.sample(range(100), len(a)), rng.sample(range(100), len(a))
    renamed = [tuple(names[i][labels[x]] for x in order) for i, labels in enumerate((a, b))]
    want("the value is the same under other names", subject.of(a, b) == subject.of(renamed[0], renamed[1]))


def same_formula(subject: IndexSubject, rng: Random) -> None:
    """Symmetry: exchanging the clusterings exchanges terms of sums and products."""
    a, b = two(rng)
    want("the value is the same the other way round", subject.of(a, b) == subject.of(b, a))


def shortfall(subject: IndexSubject, a: Partition, b: Partition) -> tuple[Any, Any]:
    """Numerator and denominator of what the value is short of its best: disagreement, and what it is measured by."""
    both, first, second, neither = agreement.pairs_together(a, b)
    n, m_a, m_b = both + first + second + neither, both + first, both + second
    information = agreement.entropy(a) + agreement.entropy(b) - 2 * agreement.mutual_information(a, b)
    match subject.name:
        case "rand":
            return first + second, n
        case "pair_jaccard":
            return first + second, both + first + second
        case "adjusted_rand":
            return first + second, m_a + m_b - Fraction(2 * m_a * m_b, n)
        case "variation_of_information":
            return information, 1
        case "adjusted_mutual_information":
            expected = agreement.expected_mutual_information(a, b)
            return information, agreement.entropy(a) + agreement.entropy(b) - 2 * expected
        case _:
            return information, agreement.entropy(a) + agreement.entropy(b)


def falls_short_by_disagreement(subject: IndexSubject, rng: Random) -> None:
    """Maximal agreement: what the value lacks is a quotient whose numerator is 0 for equal clusterings alone."""
    for a, b in (two(rng), (one := two(rng)[0], one)):
        above, below = shortfall(subject, a, b)
        want("the numerator is 0 for equal clusterings alone", (above == 0) == (a == b) and above >= 0)
        want("the denominator is 0 for equal clusterings at most", below > 0 or a == b)
        value, best = subject.of(a, b), 0 if subject.better == "lower" else 1
        want("the value is its best less the quotient", abs(best - value) == (ratio(above, below) if below != 0 else 0))


def disagreeing_everywhere(subject: IndexSubject, rng: Random) -> None:
    """Minimal agreement: two points that are together in one are apart in the other, and so is a third from one."""
    n = rng.randint(SMALLEST, LARGEST)
    one, alone = extremes(n)
    want("one cluster and singletons disagree on all pairs", subject.of(one, alone) == 0 == subject.of(alone, one))
    a, b = two(rng)
    if {a, b} != {one, alone}:
        want("others agree on a pair", subject.of(a, b) > 0)


def step(rng: Random) -> tuple[Partition, Partition, Partition]:
    """A clustering that is not trivial, another, and one that agrees on more pairs by one smallest step."""
    while True:
        a, b = two(rng, trivial=False)
        if better := list(improvements(a, b)):
            after = rng.choice(better)
            want("a step agrees on more pairs", is_improvement(a, b, after))
            return a, b, after


def fewer_disagreements(subject: IndexSubject, rng: Random) -> None:
    """Monotonicity of the Rand index: pairs that are disagreed on are counted, and there are fewer."""
    a, before, after = step(rng)
    lost = subject.of(a, after) - subject.of(a, before)
    n = Fraction(len(a) * (len(a) - 1), 2)
    pairs = [sum(agreement.pairs_together(a, b)[1:3]) for b in (before, after)]
    want("the value rises by the share of the pairs", lost == (pairs[0] - pairs[1]) / n > 0)


def adjusted_for_chance(subject: IndexSubject, rng: Random) -> None:
    """Monotonicity of the adjusted Rand index x/y, with the inequalities of the page."""
    a, before, after = step(rng)
    (both, first, second, neither), new = (agreement.pairs_together(a, b) for b in (before, after))
    n = both + first + second + neither
    p, m_b = Fraction(both + first, n), both + second
    x, y = both - p * m_b, p * n / 2 + m_b * (Fraction(1, 2) - p)
    want("0 < p < 1", 0 < p < 1)
    want("x ≤ y and y > 0", x <= y > 0)
    want("x ≥ −p·m_B and x ≥ −(1 − p)(N − m_B)", x >= -p * m_b and x >= -(1 - p) * (n - m_b))
    joined, split = new[0] - both, new[3] - neither
    want(
        "either together or apart",
        (joined > 0) != (split > 0) and new[1] + joined == first and new[2] + split == second,
    )
    if joined:
        want("joining raises the quotient", (1 - p) * y > (Fraction(1, 2) - p) * x)
        after_x, after_y = x + joined * (1 - p), y + joined * (Fraction(1, 2) - p)
    else:
        want("splitting raises the quotient", p * y > (p - Fraction(1, 2)) * x)
        after_x, after_y = x + split * p, y + split * (p - Fraction(1, 2))
    want(
        "the value is x/y before and after",
        subject.of(a, before) == x / y and subject.of(a, after) == after_x / after_y,
    )


def information_of_a_step(subject: IndexSubject, rng: Random) -> None:
    """Monotonicity of what is made of information: joining lowers H(B) alone, splitting raises H(B) and I as much."""
    a, before, after = step(rng)
    h_a = agreement.entropy(a)
    (h, i), (new_h, new_i) = ((agreement.entropy(b), agreement.mutual_information(a, b)) for b in (before, after))
    if max(after) < max(before):
        want("joining lowers H(B) and leaves I, which is positive", new_h < h and new_i == i > 0)
    else:
        want("splitting raises both by as much", new_h - h == new_i - i > 0)
        want("I is below H(A) + H(B)", i < h_a + h)
    if subject.name == "variation_of_information":
        want(
            "the value falls",
            subject.of(a, before) == h_a + h - 2 * i > h_a + new_h - 2 * new_i == subject.of(a, after),
        )
    else:
        want("the value is 2·I / (H(A) + H(B))", subject.of(a, before) == 2 * i / (h_a + h))
        want("the value rises", subject.of(a, after) > subject.of(a, before))


def adjusted_by_the_mean(subject: IndexSubject, rng: Random) -> None:
    """Constant baseline: what is subtracted is the mean, and the denominator is the same for all clusterings."""
    n = rng.randint(4, 7)  # all clusterings with the same sizes are asked for
    a, b = (clustering(rng, n, trivial=False) for _ in range(2))
    want("the mean is 0", subject.mean(a, b) == 0)


def a_distance_of_sets(subject: IndexSubject, rng: Random) -> None:
    """Triangle inequality of Rand and Jaccard: distances of the sets of pairs that are together."""
    a, b, c = _three(rng)
    ab, bc, ac = (1 - subject.of(*pair) for pair in ((a, b), (b, c), (a, c)))
    want("the direct way is no longer", ac <= ab + bc)
    if subject.name == "rand":
        apart = [sum(agreement.pairs_together(*pair)[1:3]) for pair in ((a, b), (b, c), (a, c))]
        want(
            "a pair on which two disagree is disagreed on by one of them and the third", apart[2] <= apart[0] + apart[1]
        )


def conditional_entropies(subject: IndexSubject, rng: Random) -> None:
    """Triangle inequality of the variation of information: H(A|C) ≤ H(A|B) + H(B|C), either way round."""
    a, b, c = _three(rng)

    def unknown(x: Partition, y: Partition) -> Any:
        return agreement.entropy(x) - agreement.mutual_information(x, y)

    for x, y, z in ((a, b, c), (c, b, a)):
        want("H(X|Z) ≤ H(X|Y) + H(Y|Z)", unknown(x, z) <= unknown(x, y) + unknown(y, z))
    want("the value is H(A|B) + H(B|A)", subject.of(a, b) == unknown(a, b) + unknown(b, a))


def guesses(subject: IndexSubject, rng: Random) -> None:
    """Triangle inequality of purity: 1 − V is the share that the best guess of a class from a cluster gets wrong."""
    a, b, c = _three(rng)
    first, second = best_guess(a, b), best_guess(b, c)
    composed = sum(a[x] != first[second[c[x]]] for x in range(len(a)))
    wrong = [
        sum(x != guess[y] for x, y in zip(*pair, strict=True)) for pair, guess in (((a, b), first), ((b, c), second))
    ]
    want("a composed guess is wrong only where one of both is", composed <= sum(wrong))
    want("the best guess is no worse", (1 - subject.of(a, c)) * len(a) <= composed)
    want("1 − V is the share of wrong guesses", (1 - subject.of(a, b)) * len(a) == wrong[0])


def best_guess(true: Partition, pred: Partition) -> dict[int, int]:
    """Cluster → its commonest class."""
    members = {p: [t for t, q in zip(true, pred, strict=True) if q == p] for p in pred}
    return {p: max(classes, key=classes.count) for p, classes in members.items()}


def nothing_to_split(subject: IndexSubject, rng: Random) -> None:
    """Refinement additivity where all three distances are 0: nothing is impure in one class or in singletons."""
    n = rng.randint(SMALLEST, LARGEST)
    one, alone = extremes(n)
    a = clustering(rng, n)
    want("all three values are 1", subject.of(one, a) == subject.of(a, alone) == subject.of(one, alone) == 1)


def along_the_lattice(subject: IndexSubject, rng: Random) -> None:
    """Refinement and join additivity: what is lost and what is gained are counted apart."""
    a, b = two(rng)
    one, alone = extremes(len(a))
    best = subject.of(a, a)

    def distance(x: Partition, y: Partition) -> Any:
        return abs(best - subject.of(x, y))

    want("d(1, A) + d(A, 0) = d(1, 0)", distance(one, a) + distance(a, alone) == distance(one, alone))
    common = meet(a, b)
    want("d(A, A∧B) + d(B, A∧B) = d(A, B)", distance(a, common) + distance(b, common) == distance(a, b))


def by_parts(subject: IndexSubject, rng: Random) -> None:
    """Convex additivity: no cluster of A or B reaches into two of C, so the sum over clusters is one over parts."""
    first, second = two(rng), two(rng)
    n, m = len(first[0]), len(second[0])
    whole = [canonical((*x, *(100 + label for label in y))) for x, y in zip(first, second, strict=True)]
    parts = n * subject.of(*first) + m * subject.of(*second)
    want("the value is the mean over parts", (n + m) * subject.of(whole[0], whole[1]) == parts)


def _three(rng: Random) -> tuple[Partition, Partition, Partition]:
    a, b = two(rng)
    c = list(rng.choice((a, b)))
    for _ in range(rng.randint(0, 4)):
        c[rng.randrange(len(c))] = rng.randrange(len(c))
    return a, b, canonical(tuple(c))


_INFORMATION = ("v_measure", "normalized_mutual_information", "variation_of_information")
_SYMMETRIC = ("adjusted_rand", "adjusted_mutual_information", *_INFORMATION, "rand", "fowlkes_mallows", "pair_jaccard")

INDEX_PROOFS = (
    IndexProof("Names and order", "index_label_invariance", tuple(external_catalog), only_counts),
    IndexProof("Symmetry", "index_symmetry", _SYMMETRIC, same_formula),
    IndexProof(
        "Maximal agreement",
        "index_maximal_agreement",
        ("adjusted_rand", "adjusted_mutual_information", *_INFORMATION, "rand", "pair_jaccard"),
        falls_short_by_disagreement,
    ),
    IndexProof("Minimal agreement", "index_minimal_agreement", ("rand",), disagreeing_everywhere),
    IndexProof("Monotonicity of the Rand index", "index_monotonicity", ("rand",), fewer_disagreements),
    IndexProof(
        "Monotonicity of the adjusted Rand index", "index_monotonicity", ("adjusted_rand",), adjusted_for_chance
    ),
    IndexProof("Monotonicity of information", "index_monotonicity", _INFORMATION, information_of_a_step),
    IndexProof(
        "Constant baseline",
        "index_constant_baseline",
        ("adjusted_rand", "adjusted_mutual_information"),
        adjusted_by_the_mean,
    ),
    IndexProof("Distances of sets", "index_triangle_inequality", ("rand", "pair_jaccard"), a_distance_of_sets),
    IndexProof(
        "Conditional entropies", "index_triangle_inequality", ("variation_of_information",), conditional_entropies
    ),
    IndexProof("Guesses", "index_triangle_inequality", ("purity",), guesses),
    IndexProof("Nothing to split", "index_refinement_additivity", ("homogeneity", "purity"), nothing_to_split),
    IndexProof(
        "Along the lattice", "index_refinement_additivity", ("rand", "variation_of_information"), along_the_lattice
    ),
    IndexProof("Along the lattice", "index_join_additivity", ("rand", "variation_of_information"), along_the_lattice),
    IndexProof("By parts", "index_convex_additivity", ("purity", "variation_of_information"), by_parts),
)


def index_proof(subject: IndexSubject, axiom: Axiom) -> IndexProof | None:
    """The proof that a catalogued index has the property, if there is one."""
    if not subject.generic or external_catalog[subject.name].definition is not subject.function:
        return None
    for proof in INDEX_PROOFS:
        if proof.axiom == axiom.name and subject.name in proof.indices:
            return proof
    return None
