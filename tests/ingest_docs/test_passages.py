"""Passages: spans of one page, of a fair size, under their headings, cut at sentences and at a statute's articles."""

from renzhi.ingest_docs.passages import TARGET, length_of, split
from renzhi.ingest_docs.read import read_file

SENTENCES = [
    "暴雨在三小时内淹没了港边的老街，水位一度没过门槛。",
    "居民把病人抬到二楼，等候冲锋舟。",
    "泵站的备用电源只撑了一夜。",
]
ENGLISH = [
    "Heavy rain filled the drains of the old harbour within an hour.",
    "Nurses carried patients upstairs and waited for boats.",
    "The pumps had power for one night only.",
]


def _split(path, text):
    path.write_text(text, encoding="utf-8")
    return split(read_file(path), "doc:a")


def test_long_paragraphs_are_cut_at_sentences_into_parts_of_fair_size(tmp_path):
    for name, sentences, glue in (("长.txt", SENTENCES, ""), ("long.txt", ENGLISH, " ")):
        text = glue.join(sentences * 30)
        passages = _split(tmp_path / name, text)
        assert len(passages) > 2
        assert all(0.4 * TARGET < length_of(p.text) <= 1.2 * TARGET for p in passages)
        assert all(p.text.endswith(("。", ".")) for p in passages)
        assert glue.join(p.text for p in passages) == text


def test_a_sentence_without_end_is_still_cut(tmp_path):
    passages = _split(tmp_path / "a.txt", "水" * 3000)
    assert max(length_of(p.text) for p in passages) <= 1.2 * TARGET
    assert "".join(p.text for p in passages) == "水" * 3000


def test_short_paragraphs_share_a_passage_but_headings_part_them(tmp_path):
    passages = _split(
        tmp_path / "a.md",
        f"# 总结\n\n## 灾情\n\n{SENTENCES[0] * 2}\n\n{SENTENCES[1] * 2}\n\n## 处置\n\n{SENTENCES[2] * 2}\n\n停水。",
    )
    assert [p.heading for p in passages] == [("总结", "灾情"), ("总结", "处置")]
    assert passages[0].text == f"{SENTENCES[0] * 2}\n{SENTENCES[1] * 2}"
    assert passages[1].text.endswith("停水。")
    assert [p.paragraph for p in passages] == [1, 3]
    assert [p.id for p in passages] == ["doc:a#0", "doc:a#1"]


def test_a_heading_that_nothing_stands_under_is_not_lost(tmp_path):
    passages = _split(tmp_path / "a.md", f"# 总结\n\n{SENTENCES[0] * 2}\n\n# 附：各街道积水点名录\n")
    assert [p.text for p in passages] == [SENTENCES[0] * 2, "附：各街道积水点名录"]
    assert passages[1].paragraph is None


def test_each_passage_has_its_own_language(tmp_path):
    passages = _split(
        tmp_path / "a.md", f"# 双语\n\n## 中文\n\n{SENTENCES[0] * 3}\n\n## English\n\n{' '.join(ENGLISH)}\n"
    )
    assert [p.lang for p in passages] == ["zh", "en"]


def test_an_article_of_a_statute_is_one_passage(tmp_path):
    articles = [f"第{n}条 街道应当编制防汛预案。\n预案每年修订。\n未编制的，责令改正。" for n in "一二三四"]
    passages = _split(
        tmp_path / "条例.txt",
        "样港区防汛条例\n第一章 总则\n" + "\n".join(articles[:2]) + "\n第二章 预案\n" + "\n".join(articles[2:]),
    )
    assert [p.text for p in passages if p.text.startswith("第")] == articles
    assert [p.heading for p in passages[-2:]] == [("第二章 预案",)] * 2


def test_no_passage_crosses_a_page_and_a_continued_article_keeps_its_number(make_pdf, line):
    first = [
        "第一条 为了防御内涝，制定本条例。",
        "第二条 防汛工作实行预防为主的原则。",
        "第三条 街道应当编制防汛预案，配备沙袋和",
    ]
    second = ["水泵，并在汛期前检查。", "第四条 本条例自公布之日起施行。"]
    path = make_pdf(
        "条例.pdf", [[line(60, 780 - 22 * at, text) for at, text in enumerate(page)] for page in (first, second)]
    )
    read = read_file(path)
    passages = split(read, "doc:a")
    texts = {page.page: page.text for page in read.pages}
    assert [(p.page, p.text) for p in passages] == [(1, text) for text in first] + [(2, text) for text in second]
    assert all(texts[p.page][p.start : p.end] == p.text for p in passages)
    assert [p.heading for p in passages[2:]] == [(), ("第三条",), ()]
    assert [p.paragraph for p in passages] == [1, 2, 3, 1, 2]


def test_contents_lines_of_text_formats_are_no_headings_and_no_passages(tmp_path):
    contents = "1 Flooding ........ 3\n2 Heat waves ........ 17\n第三章 内涝……………………25"
    passages = _split(tmp_path / "a.txt", f"{contents}\n\n{SENTENCES[0]}他停了一下……2021 年又淹了一次。")
    assert [p.text for p in passages] == [f"{SENTENCES[0]}他停了一下……2021 年又淹了一次。"]
    assert passages[0].heading == ()
