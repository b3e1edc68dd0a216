"""The environment: each bad value stops the start with one sentence that names it."""

from pathlib import Path

import pytest

from bot.settings import SECRETS, BadSetting, Settings, read

BAD = [
    ({"ORGANISATION_TIME_ZONE": "Singapore City"}, "'Singapore City' is not a time zone"),
    ({"DEFAULT_LANGUAGE": "zh_Hans"}, "'zh_Hans' is not a language here; use one of en, zh-Hans, zh-Hant"),
    ({"LOG_LEVEL": "chatty"}, "use DEBUG, INFO, WARNING or ERROR"),
    ({"LOG_FORMAT": "xml"}, "use console or json"),
    ({"LISTEN": "8080"}, "write an address and a port, like 127.0.0.1:8080"),
    ({"LISTEN": "127.0.0.1:0"}, "write an address and a port"),
    ({"LISTEN": "127.0.0.1:99999"}, "write an address and a port"),
    ({"SENDS_PER_SECOND": "-1"}, "greater than or equal to 0"),
    ({"SENDS_PER_SECOND": "many"}, "valid integer"),
    ({"WEBHOOK_URL": "http://bot.example/hook", "WEBHOOK_SECRET": "s"}, "Telegram needs an https address"),
    ({"WEBHOOK_URL": "ftp://127.0.0.1/hook", "WEBHOOK_SECRET": "s"}, "Telegram needs an https address"),
    ({"WEBHOOK_URL": "https://", "WEBHOOK_SECRET": "s"}, "Telegram needs an https address"),
]


def env(**values: str) -> dict[str, str]:
    return {f"FRAUDWISE_{name}": value for name, value in values.items()}


def test_without_anything_the_defaults_hold() -> None:
    found = read({})
    assert found.database == "sqlite:///data/fraudwise.sqlite"
    assert (found.listen, found.organisation_time_zone, found.default_language) == (
        "127.0.0.1:8080",
        "UTC",
        "en",
    )
    assert (found.sends_per_second, found.telegram_base_url) == (30, "https://api.telegram.org/bot")


@pytest.mark.parametrize(("values", "sentence"), BAD)
def test_a_bad_value_is_told_in_one_sentence_that_names_it(values: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadSetting) as refused:
        read(env(**values))
    said = str(refused.value)
    assert said.startswith(f"FRAUDWISE_{next(iter(values))}: ") and sentence in said
    assert said.endswith(".") and "\n" not in said


def test_a_webhook_needs_its_secret() -> None:
    with pytest.raises(
        BadSetting, match=r"FRAUDWISE_WEBHOOK_SECRET is needed together with FRAUDWISE_WEBHOOK_URL"
    ):
        read(env(WEBHOOK_URL="https://bot.example/hook"))


@pytest.mark.parametrize(
    "url", ["https://bot.example/hook", "http://127.0.0.1:9000/x", "http://localhost:1/x"]
)
def test_a_webhook_may_stand_on_https_or_on_this_machine(url: str) -> None:
    assert read(env(WEBHOOK_URL=url, WEBHOOK_SECRET="s3cret")).webhook_url == url


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_may_stand_in_a_file(tmp_path: Path, name: str) -> None:
    file = tmp_path / "secret"
    file.write_text("hush-hush\n")
    found = getattr(read(env(**{f"{name}_FILE": str(file)})), name.lower())
    assert found.get_secret_value() == "hush-hush"


def test_a_secret_in_the_environment_goes_before_its_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from the file")
    found = read(env(BOT_TOKEN="from here", BOT_TOKEN_FILE=str(file))).bot_token
    assert found is not None and found.get_secret_value() == "from here"


def test_a_secret_file_that_is_not_there_is_told_by_its_path(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    with pytest.raises(
        BadSetting, match=r"FRAUDWISE_BOT_TOKEN_FILE: the file .*nowhere cannot be read\."
    ) as refused:
        read(env(BOT_TOKEN_FILE=str(missing)))
    assert str(missing) in str(refused.value)


def test_what_is_no_secret_is_not_read_from_files(tmp_path: Path) -> None:
    file = tmp_path / "name"
    file.write_text("From A File")
    assert read(env(ORGANISATION_FILE=str(file))).organisation == ""


def test_empty_values_are_as_if_they_were_not_there() -> None:
    assert read(env(DATABASE_URL="", LISTEN="", ORGANISATION_TIME_ZONE="")).listen == "127.0.0.1:8080"


def test_no_secret_shows_when_settings_are_printed_or_refused() -> None:
    found = read(
        env(
            BOT_TOKEN="123:hush",
            WEBHOOK_SECRET="hush",
            SECRET_KEYS="hush",
            DATABASE_URL="postgresql://u:hush@h/d",
        )
    )
    assert "hush" not in repr(found) + str(found.model_dump())
    with pytest.raises(BadSetting) as refused:
        read(env(WEBHOOK_URL="http://x.example", WEBHOOK_SECRET="hush", BOT_TOKEN="hush"))
    assert "hush" not in str(refused.value)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(Exception, match="frozen"):
        Settings().organisation = "Another"  # type: ignore[misc]
