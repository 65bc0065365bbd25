"""Reads case files: YAML held against the case format, with messages that name file and line."""

from pathlib import Path

import yaml
from pydantic import ValidationError

from renzhi.errors import InvalidCase, Unreadable
from renzhi.graph.case import Case


def load_case(path: Path) -> Case:
    """The case in the YAML file at `path`.

    Raises `Unreadable` if the file cannot be read or is no YAML, `InvalidCase` (naming file, line and what is
    expected) if it breaks the format.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise Unreadable(zh=f"无法读取案例文件 {path}：{exc}", en=f"Cannot read the case file {path}: {exc}") from exc
    return parse_case(text, name=str(path))


def parse_case(text: str, *, name: str) -> Case:
    """The case in `text`; `name` stands in messages. Raises as `load_case` does."""
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as exc:
        mark = getattr(exc, "problem_mark", None)
        line = f"{name}:{mark.line + 1}" if mark else name
        what = getattr(exc, "problem", None) or "not valid YAML"
        raise InvalidCase(
            zh=f"{line}：不是有效的 YAML（{what}）。请检查缩进、引号和冒号。",
            en=f"{line}: not valid YAML ({what}). Check indentation, quotes and colons.",
        ) from exc
    if not isinstance(data, dict):
        raise InvalidCase(
            zh=f"{name}：案例文件应是键值形式，见 docs/case-format.md。",
            en=f"{name}: a case file is a mapping; see docs/case-format.md.",
        )
    try:
        return Case.model_validate(data)
    except ValidationError as exc:
        lines = [
            f"{name}:{_line(tree, error['loc'])}: {_path(error['loc'])}: {error['msg']}" for error in exc.errors()[:8]
        ]
        more = len(exc.errors()) - len(lines)
        listing = "\n".join(lines + ([f"… and {more} more"] if more > 0 else []))
        raise InvalidCase(
            zh=f"案例文件不符合格式，请按 docs/case-format.md 修改：\n{listing}",
            en=f"The case file breaks the format; mend it after docs/case-format.md:\n{listing}",
        ) from exc


def _path(loc: tuple[int | str, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".") or "file"


def _line(node: yaml.Node | None, loc: tuple[int | str, ...]) -> int:
    """The line (from 1) of the deepest part of `loc` that the file has."""
    line = node.start_mark.line + 1 if node else 1
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == str(part)]
            if not found:
                break
            node, line = found[0][1], found[0][0].start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line
