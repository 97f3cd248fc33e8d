"""Bytes to rows: what agencies save, and what is no file of theirs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interventions.imports.clients import LAYOUT
from interventions.imports.columns import FileRefused, Refusal, Row
from interventions.imports.reading import read

HEADER = "N° client;Civilité;Nom;Prénom;Email;Téléphone;Adresse;Code postal;Ville"
LINE = 'CL1;Mme;Dubœuf;Aïcha;;;"3 ; rue des Mimosas";44500;La Baule'
FILE = f"{HEADER}\n{LINE}\n"


def rows(data):
    return list(read(data, LAYOUT))


def read_or_refused(data):
    """Whether the file gives rows and refusals only, or a sentence why it is refused."""
    try:
        return all(isinstance(row, Row | Refusal) for row in read(data, LAYOUT))
    except FileRefused as refusal:
        return str(refusal)


def refused(data):
    with pytest.raises(FileRefused) as refusal:
        rows(data)
    return str(refusal.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_read_alike(encoding, end):
    (row,) = rows(FILE.replace("\n", end).encode(encoding))
    assert (row.line, row["Nom"], row["Adresse"], row["Ville"]) == (2, "Dubœuf", "3 ; rue des Mimosas", "La Baule")


def test_decomposed_accents_are_composed():
    (row,) = rows(FILE.replace("ï", "i\u0308").encode())
    assert row["Prénom"] == "Aïcha"


def test_a_last_line_without_line_end_is_read_if_whole():
    assert [row["N° client"] for row in rows(FILE.rstrip("\n").encode())] == ["CL1"]


def test_columns_are_found_by_name_whatever_their_order_and_case():
    header, line = (
        "ville; NOM ;Autre;" + HEADER.removesuffix(";Ville").replace("Nom;", ""),
        "Batz;Weiß;x;CL1;M.;Noël;;;;44740",
    )
    (row,) = rows(f"{header}\n{line}\n".encode())
    assert [row[name] for name in ("N° client", "Nom", "Ville", "Code postal")] == ["CL1", "Weiß", "Batz", "44740"]


def test_blank_lines_count_but_are_passed_over_and_a_record_is_one_line():
    text = f'{HEADER}\n\n;;;;;;;;\nCL1;;A;;;;"2\nlignes";;\nCL2;;B;;;;;;\n'
    assert [(row.line, row["N° client"]) for row in rows(text.encode())] == [(4, "CL1"), (5, "CL2")]


def test_a_header_alone_has_no_rows():
    assert rows(HEADER.encode()) == []


@pytest.mark.parametrize("line", ["CL1;Mme;Nom", f"{LINE};trop", "CL1;Mme;Nom;;;;3 ; rue;44500;La Baule"])
def test_a_line_of_the_wrong_width_is_refused_and_others_are_read(line):
    first, second = rows(f"{HEADER}\n{line}\n{LINE}\n".encode())
    assert (type(first), first.line, second.line) == (Refusal, 2, 3)
    assert "colonnes au lieu de 9" in first.reason


def test_empty_cells_beyond_the_last_column_are_nothing():
    text = f"{HEADER};;\n{LINE};;\n{LINE}\n"
    assert [type(row) for row in rows(text.encode())] == [Row, Row]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\n"])
def test_an_empty_file_is_refused(data):
    assert "vide" in refused(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04\x14\x00", "classeur"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "classeur"),
        (FILE.encode("utf-16"), "UTF-16"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "fichier de texte"),
        (FILE.encode() + b"\x00", "fichier de texte"),
        (FILE.encode("cp1252") + b"\x81", "ni UTF-8 ni Windows-1252"),
        (b"\xef\xbb\xbf" + FILE.encode("cp1252"), "abîmé"),
        (FILE.replace(";", ",").encode(), "points-virgules"),
        (FILE.replace(";", "\t").encode(), "points-virgules"),
        (b"Bonjour\nle monde\n", "aucune des colonnes"),
        (FILE.replace("Nom;", "Name;").encode(), "Il manque à ce fichier\u00a0: Nom."),
        (f"Nom;{HEADER}\n".encode(), "«\u00a0Nom\u00a0» est là deux fois"),
        (f'{HEADER}\nCL1;M.;"Jean "dit" Paul;;;;;;\n'.encode(), "Ligne 2"),
        (f'{HEADER}\nCL1;;A;;;;"sans fin;;\nCL2;;B;;;;;;\n'.encode(), "guillemets"),
    ],
)
def test_a_wrong_file_is_refused_in_words(data, words):
    assert words in refused(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_cut_within_its_last_line_is_refused(encoding):
    whole = FILE.encode(encoding)
    last_separator = whole.rindex(b";")
    for cut in range(whole.index(b"\n") + 2, last_separator):
        assert refused(whole[:cut])


def test_a_file_of_a_program_cut_anywhere_but_between_two_lines_is_refused():
    whole = f"{FILE}CL2;;Noël;;;;;;Guérande\n".replace("\n", "\r\n").encode()
    ends = {place + 2 for place in range(len(whole)) if whole[place : place + 2] == b"\r\n"}
    for cut in set(range(min(ends), len(whole))) - ends:
        assert refused(whole[:cut])


def test_a_file_cut_within_a_letter_is_refused():
    whole = f"{HEADER}\nCL1;;A;;;;;;Guérandé".encode()
    assert "tronqué" in refused(whole[:-1])


@given(st.binary(max_size=300))
def test_whatever_the_bytes_a_file_is_read_or_refused(data):
    assert read_or_refused(data)


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=120), st.sampled_from(["utf-8", "utf-8-sig"])
)
def test_whatever_follows_the_header_is_read_or_refused(text, encoding):
    assert read_or_refused(f"{FILE}{text}".encode(encoding))
