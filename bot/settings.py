"""The environment, read once; a bad value stops the start with one sentence."""

from datetime import tzinfo
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.rules.languages import LANGUAGES

PREFIX = "FRAUDWISE_"
SECRETS = ("BOT_TOKEN", "WEBHOOK_SECRET", "SECRET_KEYS", "DATABASE_URL")


class BadSetting(ValueError):
    """One sentence that names the setting and says what it should be."""


class Settings(BaseSettings):
    """Every setting, frozen. Names in the environment carry the prefix ``FRAUDWISE_``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    bot_token: SecretStr | None = None
    organisation: str = ""
    organisation_time_zone: str = "UTC"
    database_url: SecretStr | None = None
    data_dir: Path = Path("data")
    content_dir: Path | None = None
    listen: str = "127.0.0.1:8080"
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    telegram_base_url: str = "https://api.telegram.org/bot"
    telegram_file_url: str = "https://api.telegram.org/file/bot"
    sends_per_second: Annotated[int, Field(ge=0, le=1000)] = 30
    sends_in_flight: Annotated[int, Field(ge=0, le=500)] = 0
    """Messages on their way at once, so that no more may come twice after a kill; 0 goes by the limit."""
    updates_per_minute: Annotated[int, Field(ge=0, le=100_000)] = 300
    secret_keys: SecretStr | None = None
    default_language: str = "en"
    log_level: str = "INFO"
    log_format: str = "console"

    @field_validator("organisation_time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is not a time zone; write it like Asia/Singapore")
        return value

    @field_validator("default_language")
    @classmethod
    def _language(cls, value: str) -> str:
        if value not in LANGUAGES:
            raise ValueError(f"{value!r} is not a language here; use one of {', '.join(LANGUAGES)}")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("use DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("log_format")
    @classmethod
    def _format(cls, value: str) -> str:
        if value not in ("console", "json"):
            raise ValueError("use console or json")
        return value

    @field_validator("listen")
    @classmethod
    def _listen(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError("write an address and a port, like 127.0.0.1:8080")
        return value

    @field_validator("webhook_url")
    @classmethod
    def _webhook(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        local = parts.hostname in ("127.0.0.1", "localhost")
        if not (parts.scheme == "https" or (parts.scheme == "http" and local)) or not parts.hostname:
            raise ValueError("Telegram needs an https address (http only for 127.0.0.1)")
        return value

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.webhook_url and not self.webhook_secret:
            raise ValueError(f"{PREFIX}WEBHOOK_SECRET is needed together with {PREFIX}WEBHOOK_URL")
        return self

    @property
    def host_and_port(self) -> tuple[str, int]:
        host, _, port = self.listen.rpartition(":")
        return host, int(port)

    @property
    def zone(self) -> tzinfo:
        return ZoneInfo(self.organisation_time_zone)

    def secrets(self) -> list[str]:
        """Every value that no log line may hold."""
        held = [s.get_secret_value() for s in (self.bot_token, self.webhook_secret, self.secret_keys) if s]
        return [
            *held,
            *(key for one in held for key in one.split(",")),
            urlsplit(self.database).password or "",
        ]

    @property
    def database(self) -> str:
        """The database's address; SQLite in `DATA_DIR` unless another was named."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'fraudwise.sqlite'}"


def read(environment: dict[str, str], **fixed: Any) -> Settings:
    """Settings from the environment; any secret may stand in a file named by ``…_FILE``."""
    values = {}
    for name in Settings.model_fields:
        key = PREFIX + name.upper()
        if key in environment and environment[key] != "":
            values[name] = environment[key]
        elif (path := environment.get(f"{key}_FILE")) and name.upper() in SECRETS:
            try:
                values[name] = Path(path).read_text().strip()
            except OSError:
                raise BadSetting(f"{key}_FILE: the file {path} cannot be read.") from None
    try:
        return Settings(**{**values, **fixed}, _env_file=None)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper() + ": " if first["loc"] else ""
        raise BadSetting(f"{name}{first['msg'].removeprefix('Value error, ')}.") from None
