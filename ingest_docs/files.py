"""The home folder, and the bytes of added files under their hash, so that names given by people never become paths."""

import shutil
from pathlib import Path

from renzhi.errors import StoreError


def make_folder(folder: Path) -> None:
    """Makes the folder, if it is not there, and sees that it can be written; raises `StoreError`."""
    probe = folder / ".writable"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as exc:
        raise StoreError(zh=f"无法写入文件夹 {folder}（{exc.strerror}）；请换一个 --home，或修改权限。",
                         en=f"The folder {folder} cannot be written ({exc.strerror}); choose another --home, or mend its permissions.") from exc


def keep_file(folder: Path, path: Path, sha256: str) -> Path:
    """Copies the file into the folder as `<sha256><suffix>`, whole or not at all; raises `StoreError`."""
    target = folder / (sha256 + path.suffix.lower())
    part = target.with_suffix(".part")
    try:
        folder.mkdir(exist_ok=True)
        shutil.copyfile(path, part)
        part.replace(target)
    except OSError as exc:
        part.unlink(missing_ok=True)
        raise StoreError(
            zh=f"无法在 {folder} 保存文件（{exc.strerror}）；请检查磁盘空间和权限。",
            en=f"The file cannot be kept in {folder} ({exc.strerror}); check disk space and permissions.",
        ) from exc
    return target


def drop_file(folder: Path, sha256: str) -> None:
    """Removes the kept bytes; nothing happens if there are none."""
    for file in folder.glob(f"{sha256}*"):
        file.unlink(missing_ok=True)
