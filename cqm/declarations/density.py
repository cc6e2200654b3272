"""Indices for clusters of any shape, made of how dense they are."""

from cqm.declarations.entry import Measure
from cqm.definitions import dcsi as dcsi_definitions
from cqm.definitions import density as density_definitions
from cqm.definitions import disco as disco_definitions
from cqm.definitions import viasckde as viasckde_definitions
from cqm.measures import dcsi, density, disco, viasckde

DBCV = Measure(
    name="dbcv",
    function=density.dbcv,
    core=density.dbcv_of,
    definition=density_definitions.dbcv_of_points,
    better="higher",
    range=(-1.0, 1.0),
    needs="points",
    cost="n2",
    reference="Moulavi et al. 2014, Definition 8",
    counts_coordinates=True,
    counts_noise=True,
)
DISCO = Measure(
    name="disco",
    function=disco.disco,
    core=disco.disco_of,
    definition=disco_definitions.disco,
    better="higher",
    range=(-1.0, 1.0),
    needs="distances",
    cost="ranks",
    reference="Beer et al. 2026",
    judged=(("min_points", 3),),
    counts_noise=True,
    fewest_clusters=1,
)
DCSI = Measure(
    name="dcsi",
    function=dcsi.dcsi,
    core=dcsi.dcsi_of,
    definition=dcsi_definitions.dcsi,
    better="higher",
    range=(0.0, 1.0),
    needs="distances",
    cost="n2",
    reference="Gauss, Scheipl & Herrmann 2023",
    judged=(("min_points", 1),),
)
VIASCKDE = Measure(
    name="viasckde",
    function=viasckde.viasckde,
    core=viasckde.viasckde_of,
    definition=viasckde_definitions.viasckde,
    better="higher",
    range=(-1.0, 1.0),
    needs="distances",
    cost="ranks",
    reference="Şenol 2022, Algorithm 1",
    judged=(("bandwidth", 1),),
)
