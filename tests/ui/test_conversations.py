"""What is kept of a conversation: all that an answer depends on, within bounds, and nothing that was not asked."""

from pathlib import Path

import pytest

from renzhi.rag.question import Filters
from renzhi.ui.conversations import MAX_CONVERSATIONS, MAX_TURNS, Asked, forget, new_conversation, recall, remember

FULL = Asked("有什么教训？", Filters("CN", "micro", "hz:waterlogging"), "en", {"case": "郑州", "hazard": None}, "f" * 64)


def test_a_question_comes_back_with_all_that_its_answer_depends_on(tmp_path: Path) -> None:
    name = new_conversation()
    plain = Asked("What went wrong?\n\"Line two\" \u2028")
    for asked in (FULL, plain):
        remember(tmp_path, name, asked)
    assert recall(tmp_path, name) == [FULL, plain]


def test_two_tabs_of_one_conversation_keep_each_others_questions(tmp_path: Path) -> None:
    name = new_conversation()
    remember(tmp_path, name, Asked("一"))
    assert [asked.question for asked in recall(tmp_path, name)] == ["一"]
    remember(tmp_path, name, Asked("二"))
    assert [asked.question for asked in recall(tmp_path, name)] == ["一", "二"]


def test_the_oldest_question_and_the_oldest_conversation_give_way(tmp_path: Path) -> None:
    name = new_conversation()
    for n in range(MAX_TURNS + 3):
        remember(tmp_path, name, Asked(f"问 {n}"))
    assert [asked.question for asked in recall(tmp_path, name)] == [f"问 {n}" for n in range(3, MAX_TURNS + 3)]
    for _ in range(MAX_CONVERSATIONS + 2):
        remember(tmp_path, new_conversation(), Asked("x"))
    assert len(list((tmp_path / "conversations").iterdir())) == MAX_CONVERSATIONS
    assert recall(tmp_path, name) == []


def test_what_is_forgotten_is_gone(tmp_path: Path) -> None:
    name = new_conversation()
    remember(tmp_path, name, FULL)
    forget(tmp_path, name)
    assert recall(tmp_path, name) == [] and list((tmp_path / "conversations").iterdir()) == []


@pytest.mark.parametrize("name", ["", "../base.sqlite3", "..", "a" * 31, "A" * 32, "a" * 32 + "\n", "/etc/passwd", "é" * 32])
def test_a_name_from_the_address_never_becomes_a_path(tmp_path: Path, name: str) -> None:
    (tmp_path / "conversations").mkdir()
    (tmp_path / "secret.jsonl").write_text('{"key": "00000000", "question": "q"}\n', encoding="utf-8")
    assert recall(tmp_path / "conversations", name) == []
    forget(tmp_path, name)
    assert (tmp_path / "secret.jsonl").exists()


def test_lines_of_another_shape_are_passed_over(tmp_path: Path) -> None:
    name = new_conversation()
    remember(tmp_path, name, FULL)
    file = tmp_path / "conversations" / f"{name}.jsonl"
    odd = ["", "{", "[]", "3", '{"key": 1, "question": "q"}', '{"key": "00000000", "question": ""}', '{"key": "../..", "question": "q"}']
    loose = '{"key": "0000000a", "question": "问", "place": 5, "answer_in": "fr", "carry": {"case": [1], "hazard": "hz:heat"}}'
    file.write_text("\n".join([*odd, loose, file.read_text(encoding="utf-8")]), encoding="utf-8")
    assert recall(tmp_path, name) == [Asked("问", carry={"hazard": "hz:heat"}, key="0000000a"), FULL]


def test_a_folder_that_cannot_be_written_costs_the_history_only(tmp_path: Path) -> None:
    (tmp_path / "conversations").write_text("a file in its place", encoding="utf-8")
    name = new_conversation()
    remember(tmp_path, name, FULL)
    assert recall(tmp_path, name) == []
