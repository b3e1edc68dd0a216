"""The three languages and how a code somebody hands us maps onto them."""

ENGLISH = "en"
HANS = "zh-Hans"
HANT = "zh-Hant"
LANGUAGES: tuple[str, ...] = (ENGLISH, HANS, HANT)
WRITTEN: tuple[str, ...] = (ENGLISH, HANS)
"""Languages that authors write; zh-Hant is derived from zh-Hans unless a text is there."""

OWN_NAMES = {ENGLISH: "English", HANS: "简体中文", HANT: "繁體中文"}
"""Each language in its own script, the same on every screen."""
