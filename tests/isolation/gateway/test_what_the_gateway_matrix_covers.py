"""What is added to a schema is covered without an edit, or the matrix says what it lacks."""

import pytest
from graphql import GraphQLString

from tests.isolation.gateway.contract import Side, all_roots, coordinates
from tests.isolation.gateway.coverage import NOT_TOUCHED, uncovered
from tests.isolation.gateway.document import MOST_POINTS, points
from tests.isolation.gateway.identity import NoKind, kinds_of
from tests.isolation.gateway.library import library
from tests.isolation.gateway.matrix import missing_like
from tests.isolation.gateway.place import places, said, with_value
from tests.isolation.gateway.sample import NoSample, Samples


def test_a_coordinate_that_no_cell_touches_is_named() -> None:
    every = {(side, coordinate) for side in Side for coordinate in coordinates(side)}
    assert list(uncovered(every - NOT_TOUCHED.keys())) == []
    one = (Side.SCHOOL, "Partnership.title")
    assert list(uncovered(every - NOT_TOUCHED.keys() - {one})) == ["school: Partnership.title is touched by no cell"]


def test_a_new_text_without_a_sample_is_named() -> None:
    document = next(d for d in library().whole[Side.SCHOOL] if d.root.name == "addOrganisation")
    with pytest.raises(NoSample, match=r"Query\.novelty\(motto:\)"):
        Samples(document, {}, "key")._value(GraphQLString, "Query.novelty(motto:)", "motto", "")


def test_a_new_id_of_no_known_kind_is_named() -> None:
    assert kinds_of(Side.SCHOOL, "x", "partnershipId", "") == ("Partnership",)
    assert "Partnership" in kinds_of(Side.SCHOOL, "x", "id", "Node")
    with pytest.raises(NoKind, match=r"Query\.novelty\(badgerId:\)"):
        kinds_of(Side.SCHOOL, "Query.novelty(badgerId:)", "badgerId", "")


def test_every_root_field_and_every_connection_has_its_documents() -> None:
    for root in all_roots():
        assert [d for d in library().whole[root.side] if d.root == root], root
        assert [d for d in library().brief[root.side] if d.root == root], root
    for side in Side:
        paged = {c.removesuffix("(after:)") for c in coordinates(side) if c.endswith("(after:)")}
        assert set(library().connections[side]) == paged


def test_a_way_that_asks_too_much_is_gone_for_a_few_leaves_at_a_time() -> None:
    every = {field for field in coordinates(Side.TRUST) if field.startswith("ComparedCell.")}
    whole = [document for document in library().whole[Side.TRUST] if document.root.name == "comparisons"]
    told = " ".join(document.text for document in whole)
    assert not [field for field in every if field.removeprefix("ComparedCell.") not in told.split()]
    assert max(map(points, whole)) <= MOST_POINTS


def test_an_id_in_a_list_is_a_place_of_its_own() -> None:
    document = next(d for d in library().brief[Side.TRUST] if d.root.name == "comparisons")
    listed, first = (place for place in places(document) if place.name == "measureIds")
    assert (listed.is_list, first.is_list) == (True, False)
    assert with_value({}, first, "x") == {str(listed.way[0]): ["x"]}
    assert said({str(listed.way[0]): ["x"]}, first) == "x"


def test_a_missing_id_has_the_form_of_the_one_it_stands_for() -> None:
    identifier = "par_" + "0" * 32
    assert missing_like(identifier).startswith("par_")
    assert len(missing_like(identifier)) == len(identifier)
    assert missing_like("900001") == "999999"
    assert missing_like("persistent-absence") != "persistent-absence"
