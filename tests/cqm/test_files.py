"""Files as pandas, R and spreadsheets write them hold the same points and labels."""

import bz2
import gzip
import lzma
import re

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from cqm.files import read_labels, read_points

POINTS = np.array([[0.5, 0.25], [0.5, 1.0], [9.0, 9.0], [9.0, 11.5]])
KINDS = ["a", "a", "b", "b"]
FRAME = pd.DataFrame(POINTS, columns=["x", "y"]).assign(kind=KINDS)


def decimal_commas(text):
    return text.replace(".", ",")


BODY = "0.5,0.25,a\n0.5,1,a\n9,9,b\n9,11.5,b\n"
TABLES = {
    "pandas, with its index": FRAME.to_csv(),
    "pandas, without": FRAME.to_csv(index=False),
    "pandas, numbered columns": FRAME.set_axis([0, 1, "kind"], axis=1).to_csv(index=False),
    "pandas, index and numbered columns": FRAME.set_axis([0, 1, "kind"], axis=1).to_csv(),
    "pandas, saved twice": FRAME.reset_index().rename(columns={"index": "Unnamed: 0"}).to_csv(index=False),
    "pandas, a named index": FRAME.rename_axis("id").to_csv(),
    "pandas, an index that does not count": FRAME.set_axis([101, 7, 205, 33]).rename_axis("ID").to_csv(),
    "pandas, named rows": FRAME.set_axis(list("pqrs")).to_csv(),
    "no header": BODY,
    "no header, spaces after commas": BODY.replace(",", ", "),
    "no header, windows line ends": BODY.replace("\n", "\r\n"),
    "a spreadsheet, semicolons": "x;y;kind\n" + decimal_commas(BODY.replace(",", ";")),
    "a spreadsheet, semicolons, no header": decimal_commas(BODY.replace(",", ";")),
    "a spreadsheet, quoted decimal commas": 'x,y,kind\n"0,5","0,25",a\n"0,5","1",a\n"9","9",b\n"9","11,5",b\n',
    "tabs": "x\ty\tkind\n" + BODY.replace(",", "\t"),
    "tabs, decimal commas": "x\ty\tkind\n" + decimal_commas(BODY.replace(",", "\t")),
    "bars": "x|y|kind\n" + BODY.replace(",", "|"),
    "spaces": BODY.replace(",", " "),
    "many spaces": "  x     y   kind\n" + "".join(f"  {line}  \n" for line in BODY.replace(",", "     ").splitlines()),
    "R, write.csv": '"","x","y","kind"\n"1",0.5,0.25,"a"\n"2",0.5,1,"a"\n"3",9,9,"b"\n"4",9,11.5,"b"\n',
    "R, write.table": '"x" "y" "kind"\n"1" 0.5 0.25 "a"\n"2" 0.5 1 "a"\n"3" 9 9 "b"\n"4" 9 11.5 "b"\n',
    "R, write.csv2": '"";"x";"y";"kind"\n"1";0,5;0,25;"a"\n"2";0,5;1;"a"\n"3";9;9;"b"\n"4";9;11,5;"b"\n',
    "numpy.savetxt's header": "# x y kind\n" + BODY.replace(",", " "),
    "comments": "# made by hand\n" + BODY,
    "a spreadsheet, emptied rows and columns": "x,y,kind,,\n" + BODY.replace("\n", ",,\n") + ",,,,\n,,,,\n",
    "a spreadsheet, semicolons at the ends": "x;y;kind;\n"
    + decimal_commas(BODY.replace(",", ";")).replace("\n", ";\n"),
    "a spreadsheet that says its separator": "sep=;\nx;y;kind\n" + decimal_commas(BODY.replace(",", ";")),
    "a comment with as many cells as the table": "# by hand, in May, again\nx,y,kind\n" + BODY,
    "scientific notation": "5e-1,2.5E-1,a\n0.5,1e0,a\n9,9,b\n9,1.15e1,b\n",
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("suffix", [".csv", ".txt", ".csv.gz"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_tables(tmp_path, text, suffix, encoding):
    path = tmp_path / f"table{suffix}"
    data = text.encode(encoding)
    path.write_bytes(gzip.compress(data) if suffix.endswith(".gz") else data)
    found = read_points(path)
    assert np.array_equal(found.points, POINTS)
    assert found.labels == KINDS
    assert found.source in ("column 'kind'", "column 3")


@pytest.mark.parametrize("suffix", [".bz2", ".xz"])
def test_other_compressions_and_minus_signs(tmp_path, suffix):
    compress = {".bz2": bz2.compress, ".xz": lzma.compress}[suffix]
    (tmp_path / f"table.csv{suffix}").write_bytes(compress(b"x,y\n1,2\n\xe2\x88\x923,4\n"))
    assert read_points(tmp_path / f"table.csv{suffix}").points.tolist() == [[1, 2], [-3, 4]]


@pytest.mark.parametrize("triangle", [np.tril, np.triu])
@pytest.mark.parametrize("diagonal", [True, False])
def test_a_triangle_of_distances_is_mirrored(tmp_path, triangle, diagonal):
    distances = np.abs(POINTS[:, 1:] - POINTS[:, 1])
    kept = (triangle(np.ones((4, 4))) == 1) & (diagonal | ~np.eye(4, dtype=bool))
    pd.DataFrame(np.where(kept, distances, np.nan), list("pqrs"), list("pqrs")).to_csv(tmp_path / "half.csv")
    found = read_points(tmp_path / "half.csv")
    assert np.array_equal(found.points, distances)
    assert "a triangle of distances, mirrored" in found.read
    with pytest.raises(ValueError, match="remove or fill in such rows"):
        read_points(written(tmp_path, "x,y\n1,\n,2\n3,4\n"))


def test_a_diagonal_that_is_there_is_kept(tmp_path):
    found = read_points(written(tmp_path, "1,,\n0.5,1,\n0.2,0.4,1\n"))  # similarities, which nobody takes for distances
    assert found.points.tolist() == [[1, 0.5, 0.2], [0.5, 1, 0.4], [0.2, 0.4, 1]]


def test_labels_in_a_row(tmp_path):
    assert read_labels(written(tmp_path, "0 0 1 1\n", "row.txt"), 4).labels == [0, 0, 1, 1]
    assert read_labels(written(tmp_path, "a,a,b,b\n"), 4).labels == KINDS


@pytest.mark.parametrize(
    ("text", "ignored"),
    [
        ("name,day,x,y,class\np,May,0.5,0.25,a\nq,May,0.5,1,a\nr,June,9,9,b\ns,June,9,11.5,b\n", ["name", "day"]),
        ("x,class,flag,y\n0.5,a,True,0.25\n0.5,a,False,1\n9,b,True,9\n9,b,True,11.5\n", ["flag"]),
        ("x,x,class,x\n0.5,p,a,0.25\n0.5,q,a,1\n9,r,b,9\n9,s,b,11.5\n", ["2"]),
        ("x,class,note,y\n0.5,a,,0.25\n0.5,a,,1\n9,b,,9\n9,b,,11.5\n", ["note"]),
    ],
)
def test_without_the_columns_that_an_error_names_a_table_can_be_read(tmp_path, text, ignored):
    path = written(tmp_path, text)
    with pytest.raises(ValueError, match=r"with (--ignore '?\w+'?\s?)+$") as caught:
        read_points(path)
    assert re.findall(r"--ignore '?(\w+)", str(caught.value)) == ignored
    found = read_points(path, ignore=ignored)
    assert np.array_equal(found.points, POINTS)
    assert found.labels == KINDS


def test_tsv_and_parquet(tmp_path):
    FRAME.to_csv(tmp_path / "table.tsv", sep="\t")
    FRAME.to_parquet(tmp_path / "table.parquet")
    FRAME.set_axis(list("pqrs")).to_parquet(tmp_path / "named.parquet")
    FRAME.astype({"kind": "category"}).to_parquet(tmp_path / "categories.parquet")
    FRAME.reset_index().rename(columns={"index": "Unnamed: 0"}).to_parquet(tmp_path / "again.parquet")
    for name in ("again.parquet", "table.tsv", "table.parquet", "named.parquet", "categories.parquet"):
        found = read_points(tmp_path / name)
        assert np.array_equal(found.points, POINTS)
        assert found.labels == KINDS


def written(tmp_path, text, name="table.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("column", ["kind", "3", "-1"])
def test_columns_by_name_and_number(tmp_path, column):
    found = read_points(written(tmp_path, TABLES["pandas, without"]), column)
    assert found.labels == KINDS
    assert read_points(written(tmp_path, BODY.replace(",a", ",1").replace(",b", ",2")), "3").labels == [1, 1, 2, 2]


def test_a_header_of_numbers_is_no_point(tmp_path):
    numbers = pd.DataFrame(np.arange(12).reshape(4, 3))
    for text in (numbers.to_csv(index=False), numbers.to_csv()):
        assert read_points(written(tmp_path, text)).points.tolist() == numbers.to_numpy().tolist()
    assert len(read_points(written(tmp_path, pd.DataFrame(POINTS).to_csv(index=False))).points) == 4
    small = written(tmp_path, "0,1\n3,4\n")  # two whole numbers might be either
    assert "no header" in read_points(small).read
    assert len(read_points(small).points) == 2
    assert len(read_points(small, header=True).points) == 1


def test_a_usual_name_for_labels_is_no_coordinate(tmp_path):
    found = read_points(written(tmp_path, "x,y,Cluster\n0,0.5,1\n1,1,1\n2,2,2\n"))
    assert found.labels == [1, 1, 2]
    assert found.points.shape == (3, 2)


def test_columns_that_nobody_has(tmp_path):
    path = written(tmp_path, TABLES["pandas, without"])
    with pytest.raises(
        ValueError, match=r"no column is named 'Kind': did you mean 'kind'\? the 3 columns are 'x', 'y'"
    ):
        read_points(path, "Kind")


def test_columns_can_be_ignored(tmp_path):
    path = written(tmp_path, "name,x,y,kind\np,0.5,0.25,a\nq,0.5,1,a\nr,9,9,b\ns,9,11.5,b\n")
    with pytest.raises(
        ValueError, match=r"has 'p' in data row 1, column 'name'.*--ignore 'name' --label-column 'kind'"
    ):
        read_points(path)
    found = read_points(path, "kind", ignore=["name"])
    assert np.array_equal(found.points, POINTS)
    assert found.labels == KINDS
    assert np.array_equal(read_points(path, "-1", ignore=["1"]).points, POINTS)


@pytest.mark.parametrize("name", ["label", "species", "0", "x"])
def test_a_header_over_labels_of_text_is_known_by_their_number(tmp_path, name):
    with_header = written(tmp_path, "\n".join([name, *KINDS]) + "\n")
    assert read_labels(with_header, 4).labels == KINDS
    assert read_labels(written(tmp_path, "\n".join(KINDS)), 4).labels == KINDS
    assert read_labels(written(tmp_path, f",{name}\n0,a\n1,a\n2,b\n3,b\n"), 4).labels == KINDS
    assert read_labels(written(tmp_path, f"{name}\n0\n0\n1\n1\n"), 4).labels == [0, 0, 1, 1]


@pytest.mark.parametrize("cells", [["0", "-1", "1"], ["0.0", "-1.0", "1.0"], ['"0"', '"-1"', '"1"']])
def test_whole_numbers_are_one_label_however_written(tmp_path, cells):
    assert read_labels(written(tmp_path, "\n".join(cells)), 3).labels == [0, -1, 1]


@pytest.mark.parametrize("cell", ["", "NA", "NaN", "null", "#N/A", "?"])
def test_empty_labels_are_none(tmp_path, cell):
    assert read_points(written(tmp_path, f"x,y,kind\n1,2,a\n3,4,{cell}\n5,6,b\n")).labels == ["a", None, "b"]


def test_arrays(tmp_path):
    np.savez(tmp_path / "bytes.npz", X=POINTS, labels=np.array(KINDS, dtype="S"))
    assert read_points(tmp_path / "bytes.npz").labels == KINDS
    sparse.save_npz(tmp_path / "sparse.npz", sparse.csr_array(POINTS))
    assert (read_points(tmp_path / "sparse.npz").points.toarray() == POINTS).all()
    np.savez(tmp_path / "objects.npz", X=POINTS, labels=np.array(KINDS, dtype=object))
    with pytest.raises(ValueError, match=r"labels as text with y.astype\(str\)"):
        read_points(tmp_path / "objects.npz")
    np.savez(tmp_path / "objects.npz", X=POINTS, labels=np.array(KINDS, dtype=object).astype(str))
    assert read_points(tmp_path / "objects.npz").labels == KINDS


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x,y\n1,2\n3,\n", r"has '' in data row 2, column 'y', where a number was wanted: remove or fill in"),
        ("x,y\n1,2\n3,NA\n", "has 'NA' in data row 2, column 'y'"),
        ("x,y\n1,2\n3,4x\n5,6\n", "has '4x' in data row 2, column 'y', .*correct it, or remove the row, or leave the"),
        ("x;y\n1.234,5;2\n3,0;4\n", r"has '1.234,5' in data row 1, column 'x'.*write plain numbers"),
        ('x,y\n"1,234.5",2\n"3,000.0",4\n', "write plain numbers, without separators between thousands"),
        ("x;y\n1\N{NO-BREAK SPACE}234,5;2\n3,0;4\n", "write plain numbers, without separators between thousands"),
        ("x,y\n$10,3%\n$11,4%\n", r"has '\$10' in data row 1, column 'x', .*per cent or currency signs"),
        ("x,y,note\n1,2,\n3,4,\n", "leave the empty column out with --ignore 'note'"),
        ("Measured in May\n\nx,y,z\n1,2,3\n3,4,5\n", "3, remove what is above it"),
        (",p,p\n,x,y\n0,1,2\n1,3,4\n", "has names in its first two lines.*leave one line of names"),
        (
            "x,y\n1,2\n3,4,5\n",
            "has 3 cells in line 3 but 2 in the first: correct it; a cell that has commas in it needs",
        ),
        ("1,2\n1,2,3\n4,5\n", "has 3 cells in line 2 but 2 in the first"),
        ("x,y\n", "has a header and no rows"),
        ("PK\x03\x04 and more", "is a spreadsheet or an archive in spite of its name: save the sheet as CSV"),
        ("x\0y\n1\x002\n", "is no text in spite of its name"),
        ("x,y\n1,2\n?,4\n", r"has '\?' in data row 2, column 'x', where a number was wanted: remove or fill in"),
        ("", "is empty"),
        ("# nothing\n", "is empty"),
    ],
)
def test_what_cannot_be_read(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        read_points(written(tmp_path, text))
