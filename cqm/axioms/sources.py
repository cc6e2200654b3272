"""Where the axioms were stated."""

from collections.abc import Iterable

from cqm.axioms.axiom import Axiom

__all__ = ["SOURCES", "sources"]

SOURCES = {
    "Kleinberg 2002": "An impossibility theorem for clustering, NIPS 15",
    "Ackerman & Ben-David 2008": "Measures of clustering quality: a working set of axioms for clustering, NIPS 21",
    "Zadeh & Ben-David 2009": "A uniqueness theorem for clustering, UAI",
    "Ackerman, Ben-David & Loker 2010": "Towards property-based classification of clustering paradigms, NIPS 23",
    "Ackerman 2012": "Towards theoretical foundations of clustering, PhD thesis, University of Waterloo",
    "Ackerman, Ben-David, Brânzei & Loker 2012": "Weighted clustering, AAAI",
    "van Laarhoven & Marchiori 2014": "Axioms for graph clustering quality functions, JMLR 15, arXiv:1308.3383",
    "Cohen-Addad, Kanade & Mallmann-Trenn 2018": "Clustering redemption – beyond the impossibility of Kleinberg's "
    "axioms, NeurIPS 31",
    "Kłopotek & Kłopotek 2022": "Towards continuous consistency axiom, Applied Intelligence, arXiv:2202.06015",
    "Strazzeri & Sánchez-García 2022": "Possibility results for graph clustering: a novel consistency axiom, Pattern "
    "Recognition 128, 108687, arXiv:1806.06142",
    "Jeon, Aupetit, Shin, Cho, Park & Seo 2025": "Measuring the validity of clustering validation datasets, IEEE "
    "TPAMI, arXiv:2503.01097",
    "Friedman & Rubin 1967": "On some invariant criteria for grouping data, JASA 62",
    "Meilă 2007": "Comparing clusterings – an information based distance, Journal of Multivariate Analysis 98, 873–895",
    "Gösgens, Tikhonov & Prokhorenkova 2021": "Systematic analysis of cluster similarity indices: how to validate "
    "validation measures, ICML, arXiv:1911.04773",
}
"""Titles and places by authors and year, as axioms name them."""


def sources(axioms: Iterable[Axiom]) -> str:
    """The sources of some axioms as a section of a page."""
    named = " ".join(axiom.source for axiom in axioms)
    rows = (f"- {short}. {title}.\n" for short, title in SOURCES.items() if short in named)
    return f"\n## Sources\n\n{''.join(rows)}"
