"""getFile: a link to a file, for an hour."""

from typing import Any

from bot.demo.telegram import limits
from bot.demo.telegram.asked import Asked
from bot.demo.telegram.refusals import bad

_FOLDERS = {"document": "documents", "photo": "photos", "sticker": "stickers", "voice": "voice"}


def get_file(asked: Asked) -> dict[str, Any]:
    """Where a file can be fetched until the link expires."""
    file_id = asked.text("file_id")
    if not file_id:
        raise bad("file_id is empty")
    found = asked.world.files.get(file_id)
    if found is None:
        raise bad("invalid file_id")
    if found.size > limits.DOWNLOAD:
        # constants.FileSizeLimit.FILESIZE_DOWNLOAD
        raise bad("file is too big")
    extension = (
        found.name.rpartition(".")[2] if "." in found.name else "jpg" if found.kind == "photo" else "bin"
    )
    path = f"{_FOLDERS[found.kind]}/file_{asked.world.number()}.{extension}"
    asked.world.paths[path] = (file_id, asked.world.now() + limits.LIFE_OF_LINK)
    return {
        "file_id": found.file_id,
        "file_unique_id": found.unique_id,
        "file_size": found.size,
        "file_path": path,
    }
