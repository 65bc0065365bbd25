"""Names under which people ask for a country or region, by ISO 3166-1 alpha-2 code (those of the pack's cases)."""

from renzhi.ontology.model import Bilingual

_ROWS = """
BD|孟加拉国|Bangladesh|孟加拉
CA|加拿大|Canada|
CN|中国|China|国内;我国
DE|德国|Germany|
GB|英国|United Kingdom|UK;Britain;Great Britain;England;英格兰
HK|中国香港|Hong Kong, China|香港;Hong Kong
JP|日本|Japan|
MO|中国澳门|Macao, China|澳门;Macao;Macau
PH|菲律宾|Philippines|
PK|巴基斯坦|Pakistan|
PR|波多黎各|Puerto Rico|
SG|新加坡|Singapore|
TW|中国台湾|Taiwan, China|台湾;Taiwan
US|美国|United States|USA;U.S.;America
VN|越南|Viet Nam|Vietnam
ZA|南非|South Africa|
"""

COUNTRIES: dict[str, tuple[Bilingual, tuple[str, ...]]] = {
    code: (Bilingual(zh, en), tuple(filter(None, others.split(";"))))
    for code, zh, en, others in (row.split("|") for row in _ROWS.strip().splitlines())
}
"""Code: (display names, other names)."""


def country_name(code: str, lang: str) -> str:
    """The display name; the code itself where the table has none."""
    return COUNTRIES[code][0].get(lang) if code in COUNTRIES else code


def country_names(code: str | None) -> tuple[str, ...]:
    """Every name the table has for the code; empty for None or an unknown code."""
    if code not in COUNTRIES:
        return ()
    display, others = COUNTRIES[str(code)]
    return (display.zh, display.en, *others)
