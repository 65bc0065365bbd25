"""Looking concepts up by what people call them."""

import pytest

from renzhi.ontology.load import find_concepts, short_label
from renzhi.ontology.model import Vocabulary


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("内涝", "hz:waterlogging"),
        ("城市内涝", "hz:waterlogging"),
        ("內澇", "hz:waterlogging"),
        ("雨水花園", "mea:rain_garden"),
        ("waterlogging", "hz:waterlogging"),
        ("WATERLOGGING ", "hz:waterlogging"),
        ("ＷＡＴＥＲＬＯＧＧＩＮＧ", "hz:waterlogging"),
        ("hz:waterlogging", "hz:waterlogging"),
        ("停电", "imp:power_outage"),
        ("blackout", "imp:power_outage"),
        ("flood", "hz:flood"),
        ("海绵城市", "mea:sponge_city"),
    ],
)
def test_an_exact_name_in_either_language_comes_first(vocabulary: Vocabulary, text: str, first: str) -> None:
    assert find_concepts(vocabulary, text)[0].id == first


def test_a_name_that_begins_so_comes_before_one_that_contains_it(vocabulary: Vocabulary) -> None:
    ids = [concept.id for concept in find_concepts(vocabulary, "heatw")]
    assert ids.index("hz:heatwave") < ids.index("hz:marine_heatwave")


def test_empty_text_gives_all_concepts_and_nonsense_none(vocabulary: Vocabulary) -> None:
    assert len(find_concepts(vocabulary, " ")) == len(vocabulary.concepts)
    assert find_concepts(vocabulary, "量子纠缠") == []


@pytest.mark.parametrize(
    ("concept", "en", "zh"),
    [
        ("hz:waterlogging", "urban pluvial flooding", "城市内涝"),
        ("hz:fluvial_flood", "fluvial flood", "河流洪水"),
        ("imp:casualties", "deaths and injuries", "人员伤亡"),
        ("mea:iot_sensing", "IoT sensing network", "物联网感知网络"),
        ("mea:data_sovereignty", "Indigenous and community data governance", "原住民与社区数据治理"),
    ],
)
def test_a_short_label_reads_well_inside_a_sentence(vocabulary: Vocabulary, concept: str, en: str, zh: str) -> None:
    assert short_label(vocabulary.concepts[concept], "en") == en
    assert short_label(vocabulary.concepts[concept], "zh") == zh
