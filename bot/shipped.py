"""Where lessons, quizzes and locales lie: beside the code in a checkout, inside the package when installed."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def content_root(package: Path = PACKAGE) -> Path:
    """The folder that holds `lessons/ quizzes/ locales/` of this very code."""
    checkout = package.parent
    if (checkout / "pyproject.toml").exists() and (checkout / "lessons").is_dir():
        return checkout
    return package / "_shipped"
