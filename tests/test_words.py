"""What the bot says in each language: catalogues, templates, zh-Hant, days, money and time zones."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from bot.words import (
    CatalogueRefused,
    Converter,
    TermsRefused,
    UnreadableMessage,
    Words,
    city,
    converter,
    dates,
    days,
    hant,
    ill_filled,
    language_from_telegram,
    level,
    messages,
    territory,
    zone,
)
from bot.words.hant import OURS, read_terms

NOW = datetime(2026, 3, 10, 1, 12, tzinfo=UTC)
TODAY = date(2026, 3, 10)
FIRST, LAST = (datetime(year, 1, 1) for year in (2024, 2030))  # noqa: DTZ001 - hypothesis adds the zone itself

PO = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Menu"
msgstr "菜单"

msgctxt "staff"
msgid "Hello {name}, your account is safe."
msgstr "{name}，你的账户很安全。"

msgctxt "borrower"
msgid "Hello {name}, your account is safe."
msgstr "{name}，您的账户很安全。"

msgid "One lesson"
msgid_plural "{n} lessons"
msgstr[0] "{n} 课"

#, fuzzy
msgid "Settings"
msgstr "设定"

msgid "Help"
msgstr ""
"""
HANT_PO = """\
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Menu"
msgstr "選單"
"""


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    for folder, text in (("zh_Hans", PO), ("zh_Hant", HANT_PO)):
        home = tmp_path / "locales" / folder / "LC_MESSAGES"
        home.mkdir(parents=True)
        (home / "bot.po").write_text(text, encoding="utf-8")
    (tmp_path / "locales/terms.toml").write_text('[ours]\n"账户" = "帳戶"\n', encoding="utf-8")
    return tmp_path / "locales"


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    home = tmp_path / "templates"
    home.mkdir()
    (home / "hello.html").write_text(
        "<b>{{ _you('Hello {name}, your account is safe.', name=name) }}</b>\n"
        "{% if lessons %}\n{{ _n('One lesson', '{n} lessons', lessons) }}\n{% endif %}\n{{ _('Menu') }}",
        encoding="utf-8",
    )
    return home


@pytest.fixture
def words(locales: Path, templates: Path) -> Words:
    return Words(locales, templates)


# Catalogues and templates


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Menu"), ("zh-Hans", "菜单"), ("zh-Hant", "選單"), ("ms", "Menu")]
)
def test_a_message_is_said_in_the_readers_language(words: Words, language: str, said: str) -> None:
    assert words.gettext(language, "Menu") == said


@pytest.mark.parametrize("message", ["Nobody wrote this", "Settings", "Help"])
def test_what_is_missing_fuzzy_or_empty_is_said_in_english(words: Words, message: str) -> None:
    assert words.gettext("zh-Hans", message) == message
    assert words.gettext("zh-Hant", message) == message


def test_traditional_is_derived_with_our_terms_where_nobody_wrote_it(words: Words) -> None:
    message = "Hello {name}, your account is safe."
    assert words.gettext("zh-Hant", message, "borrower") == "{name}，您的帳戶很安全。"


def test_staff_and_borrowers_are_addressed_each_in_their_way(words: Words) -> None:
    employee = words.render("hello.html", "zh-Hans", "employee", name="梅", lessons=0)
    borrower = words.render("hello.html", "zh-Hans", "borrower", name="梅", lessons=0)
    assert employee == "<b>梅，你的账户很安全。</b>\n菜单"
    assert borrower == "<b>梅，您的账户很安全。</b>\n菜单"


@pytest.mark.parametrize(
    ("language", "lessons", "said"),
    [("en", 1, "One lesson"), ("en", 3, "3 lessons"), ("zh-Hans", 1, "1 课"), ("zh-Hant", 3, "3 課")],
)
def test_numbers_choose_their_form(words: Words, language: str, lessons: int, said: str) -> None:
    assert said in words.render("hello.html", language, "employee", name="Mei", lessons=lessons).splitlines()


@pytest.mark.parametrize("name", ["<b>", '"><a href=x>', "&", "{name}", "{0.__class__}"])
def test_a_name_is_never_more_than_a_name(words: Words, name: str) -> None:
    shown = words.render("hello.html", "en", "employee", name=name, lessons=0)
    assert shown == f"<b>Hello {Markup.escape(name)}, your account is safe.</b>\nMenu"


@pytest.mark.parametrize(
    ("message", "values", "said"),
    [
        ("安静到 {day}。", {"day": "明天"}, "安静到明天。"),
        ("安静到{day}。", {"day": "3 月 23 日（周一）"}, "安静到 3 月 23 日（周一）。"),
        ("给 {name} 指派什么？", {"name": "陈梅"}, "给陈梅指派什么？"),
        ("给{name}指派什么？", {"name": "Mei"}, "给 Mei 指派什么？"),
        ("{name} {day}学完。", {"name": "陈梅", "day": "周四"}, "陈梅周四学完。"),
        ("{name} {day}学完。", {"name": "Mei", "day": "周四"}, "Mei 周四学完。"),
        ("{when} 再来。", {"when": "明天 9:00"}, "明天 9:00 再来。"),
        ("还有 {n} 课。", {"n": 3}, "还有 3 课。"),
        ("{who} 写道：{note}", {"who": "林玲", "note": "看 2 遍"}, "林玲写道：看 2 遍"),
        ("<b>{name}</b> 完成", {"name": "陈梅"}, "<b>陈梅</b> 完成"),
        ("{name} 的团队", {"name": Markup("<i>陈</i>")}, "<i>陈</i> 的团队"),
        ("{name} 的团队", {"name": "<陈>"}, "&lt;陈&gt; 的团队"),
    ],
)
def test_what_is_filled_in_is_spaced_as_if_written(
    locales: Path, templates: Path, message: str, values: dict[str, object], said: str
) -> None:
    catalogue = locales / "zh_Hans" / "LC_MESSAGES" / "bot.po"
    catalogue.write_text(f'{PO}\nmsgid "Seam"\nmsgstr "{message}"\n', encoding="utf-8")
    (templates / "seam.html").write_text("{{ _('Seam', **values) }}", encoding="utf-8")
    assert Words(locales, templates).render("seam.html", "zh-Hans", "employee", values=values) == said


def test_english_is_left_as_it_is_written(words: Words) -> None:
    shown = words.render("hello.html", "en", "employee", name="陈梅", lessons=0)
    assert shown.startswith("<b>Hello 陈梅, your account")


def test_our_own_html_stays_html(words: Words) -> None:
    shown = words.render("hello.html", "en", "employee", name=Markup("<code>Mei</code>"), lessons=0)
    assert "<code>Mei</code>" in shown


def test_a_name_that_a_template_lacks_is_an_error(words: Words) -> None:
    with pytest.raises(jinja2.UndefinedError):
        words.render("hello.html", "en", "employee", lessons=1)


def test_a_macro_lent_with_context_reads_what_its_borrower_was_given(words: Words, templates: Path) -> None:
    (templates / "_foot.html").write_text(
        "{% from '_way.html' import out with context %}"
        "{% macro foot(n=0) %}{{ out() }} {{ me }} {{ n }}{% endmacro %}{% macro now() %}not wanted{% endmacro %}",
        encoding="utf-8",
    )
    (templates / "_way.html").write_text("{% macro out() %}{{ _('Menu') }}{% endmacro %}", encoding="utf-8")
    (templates / "screen.html").write_text(
        "{% from '_foot.html' import foot with context %}{% set n = 1 %}{{ foot(2) }} {{ now }} {{ foot() }}",
        encoding="utf-8",
    )
    said = words.render("screen.html", "zh-Hans", "employee", me="<Mei>", now="09:00")
    assert said == "菜单 &lt;Mei&gt; 2 09:00 菜单 &lt;Mei&gt; 0"


def test_templates_know_days_and_money(words: Words, templates: Path) -> None:
    (templates / "due.html").write_text("{{ due|day(today) }}, {{ fee|money('CNY') }}", encoding="utf-8")
    shown = words.render("due.html", "zh-Hant", "borrower", due=date(2026, 3, 13), today=TODAY, fee=60_000)
    assert shown == "3 天後, 人民幣 6 萬元"


def test_an_unreadable_catalogue_is_refused_with_its_place(locales: Path, templates: Path) -> None:
    file = locales / "zh_Hans/LC_MESSAGES/bot.po"
    file.write_text(PO + "\nnonsense\n", encoding="utf-8")
    with pytest.raises(CatalogueRefused) as refused:
        Words(locales, templates).gettext("zh-Hans", "Menu")
    assert refused.value.file == file


def test_messages_are_found_in_templates(templates: Path) -> None:
    (templates / "more.html").write_text(
        "{{ _('A' if x else 'B') }}{% set y = _('C') %}{{ other('D') }}", encoding="utf-8"
    )
    assert messages(templates) == {
        ("staff", "Hello {name}, your account is safe."),
        ("borrower", "Hello {name}, your account is safe."),
        (None, "One lesson"), (None, "Menu"), (None, "A"), (None, "B"), (None, "C"),
    }  # fmt: skip


def test_a_message_put_together_on_the_spot_is_refused(templates: Path) -> None:
    (templates / "more.html").write_text("{{ _('A' ~ x) }}", encoding="utf-8")
    with pytest.raises(UnreadableMessage):
        messages(templates)


def test_catalogues_out_of_level_are_told(locales: Path, templates: Path) -> None:
    (templates / "more.html").write_text("{{ _('Settings') }}{{ _('Help') }}", encoding="utf-8")
    wanted = messages(templates) - {(None, "Menu")}
    said = {complaint.sentence for complaint in level(locales, wanted)}
    assert said == {
        "“Settings” has no words in zh-Hans yet.",
        "“Help” has no words in zh-Hans yet.",
        "“Menu” is not said anywhere any more.",
    }


@pytest.mark.parametrize(
    ("entry", "complains"),
    [
        ('msgid "Hi {name}"\nmsgstr "{name}好"', False),
        ('msgid "Hi {name}"\nmsgstr "好"', True),
        ('msgid "Hi {name}"\nmsgstr "{nam}好"', True),
        ('msgid "Hi"\nmsgstr "{x}好"', True),
        ('msgid "<b>Hi</b>"\nmsgstr "<b>好</b>"', False),
        ('msgid "<b>Hi</b>"\nmsgstr "<i>好</i>"', True),
        ('msgid "One"\nmsgid_plural "{n}"\nmsgstr[0] "{n} 个"', False),
        ('msgid "One"\nmsgid_plural "{n}"\nmsgstr[0] "{m} 个"', True),
    ],
)
def test_placeholders_are_those_of_the_message(tmp_path: Path, entry: str, complains: bool) -> None:
    file = tmp_path / "bot.po"
    header = PO.partition('msgid "Menu"')[0]
    file.write_text(f"{header}{entry}\n", encoding="utf-8")
    assert bool(ill_filled(file)) is complains


# zh-Hant


@pytest.mark.parametrize(
    ("hans", "wanted"),
    [
        ("账户", "帳戶"), ("转账", "轉帳"), ("已屏蔽", "已封鎖"), ("复核", "覆核"), ("注销", "刪除帳號"), ("质量", "品質"),
        ("反馈", "回饋"), ("反馈渠道", "回饋管道"), ("钟", "鐘"), ("一个钟头", "一個鐘頭"), ("报告可疑", "通報可疑"), ("举报", "通報"),
        ("U 盘和U盘", "隨身碟和隨身碟"), ("“他说‘好’”", "「他說『好』」"), ("操作风险", "作業風險"), ("征信报告", "聯徵"),
        ("催收", "催款"), ("屏幕共享", "螢幕分享"), ("双岗复核", "雙人覆核"), ("实际到账", "實際到帳"), ("安全账户", "安全帳戶"),
        ("挂断电话", "掛斷電話"), ("身份证", "身分證"), ("合同", "合約"), ("台湾的柜台", "台灣的櫃檯"), ("3 天后", "3 天後"),
        ("周五", "週五"), ("3 周后", "3 週後"), ("今天后悔", "今天後悔"), ("钟女士", "鍾女士"), ("每周，周先生", "每週，周先生"), ("don’t 说", "don’t 說"), ("Open it", "Open it"), ("", ""),
    ],
)  # fmt: skip
def test_traditional_follows_taiwan(hans: str, wanted: str) -> None:
    assert hant(hans) == wanted


def test_a_term_acts_only_where_its_source_stands() -> None:
    assert hant("退出登录") == "退出登入"
    assert hant("先登出\n再注销") == "先登出\n再刪除帳號"


def test_the_longest_term_wins() -> None:
    short_and_long = Converter({"账户": "甲", "安全账户": "乙"})
    assert short_and_long("安全账户和账户") == "乙和甲"


def test_a_line_stays_a_line_and_a_placeholder_a_placeholder() -> None:
    text = "# 标题\n## safe: “好” {policy:it-duty}\n- look: 打开 → `转账`"
    assert hant(text) == "# 標題\n## safe: 「好」 {policy:it-duty}\n- look: 開啟 → `轉帳`"


@settings(deadline=None)
@given(
    st.text(
        st.characters(codec="utf-8", exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), max_size=40
    )
)
def test_converting_keeps_the_lines(text: str) -> None:
    assert hant(text).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "broken", ["[a\n", '[a]\n"账" = 3\n', '"账" = "帳"\n', '[a]\n"账" = "甲"\n[b]\n"账" = "乙"\n']
)
def test_a_broken_term_list_is_refused(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "terms.toml"
    file.write_text(broken, encoding="utf-8")
    with pytest.raises(TermsRefused):
        converter(file)


def test_our_terms_are_what_readers_get() -> None:
    """Each term of ours comes out as it is written, whatever the others do."""
    for hans, wanted in read_terms(OURS).items():
        assert hant(hans) == wanted


# Languages of Telegram


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("zh", "zh-Hans"), ("zh-hans", "zh-Hans"), ("zh-CN", "zh-Hans"), ("zh-SG", "zh-Hans"), ("zh-Hans-HK", "zh-Hans"),
        ("zh-hant", "zh-Hant"), ("zh-TW", "zh-Hant"), ("zh-HK", "zh-Hant"), ("zh-MO", "zh-Hant"), ("zh-Hant-TW", "zh-Hant"),
        ("en", "en"), ("en-GB", "en"), ("de", "en"), ("", "en"), (None, "en"), ("xx", "en"), ("not a code", "en"), ("pt-br", "en"),
        ("zh-hans-raw", "zh-Hans"), ("../zh", "en"),
    ],
)  # fmt: skip
def test_telegrams_codes_are_ours(code: str | None, language: str) -> None:
    assert language_from_telegram(code) == language
    assert Words.language_from_telegram(code) == language


@settings(deadline=None)
@given(st.text(max_size=20))
def test_no_code_stops_anybody(code: str) -> None:
    assert language_from_telegram(code) in ("en", "zh-Hans", "zh-Hant")


# Days, times, money


@pytest.mark.parametrize(
    ("away", "english", "hans", "derived"),
    [
        (-1, "yesterday", "昨天", "昨天"),
        (0, "today", "今天", "今天"),
        (1, "tomorrow", "明天", "明天"),
        (3, "in 3 days", "3 天后", "3 天後"),
        (6, "in 6 days", "6 天后", "6 天後"),
        (7, "Tue 17 Mar", "3 月 17 日（周二）", "3 月 17 日（週二）"),
        (-2, "Sun 8 Mar", "3 月 8 日（周日）", "3 月 8 日（週日）"),
        (368, "Sat 13 Mar 2027", "2027 年 3 月 13 日（周六）", "2027 年 3 月 13 日（週六）"),
    ],
)
def test_a_day_is_said_as_people_say_it(
    words: Words, away: int, english: str, hans: str, derived: str
) -> None:
    on = TODAY + timedelta(days=away)
    assert [words.day(on, language, TODAY) for language in ("en", "zh-Hans", "zh-Hant")] == [
        english,
        hans,
        derived,
    ]


@pytest.mark.parametrize(
    ("typed", "away"),
    [
        ("today", 0), ("Tomorrow", 1), ("until tomorrow", 1), ("tuesday", 7), ("to Thursday", 2), ("on Monday.", 6),
        ("the 13th of March", 3), ("until the 13 Mar", 3), ("13/3", 3), ("3/13", 3), ("2026-03-13", 3), ("one week", 7),
        ("in two weeks", 14), ("in 3 days", 3), ("a week", 7), ("October 1", 205), ("Toby", None), ("to", None),
        ("", None), ("31 February", None), ("0/0", None), ("今天", 0), ("明天", 1), ("到后天", 2), ("大後天", 3),
        ("下周一", 6), ("周五", 3), ("禮拜天", 5), ("两周后", 14), ("3月13日", 3), ("3 月 13 號", 3), ("到3月13日", 3),
    ],
)  # fmt: skip
def test_a_day_is_understood_as_people_type_it(typed: str, away: int | None) -> None:
    """10 March 2026 is a Tuesday."""
    assert days.day(typed, TODAY, "en") == (None if away is None else TODAY + timedelta(days=away))


@pytest.mark.parametrize(("language", "expected"), [("en", date(2026, 4, 3)), ("zh-Hans", date(2027, 3, 4))])
def test_of_two_numbers_the_language_says_which_is_the_day(language: str, expected: date) -> None:
    assert days.day("3/4", TODAY, language) == expected


@pytest.mark.parametrize(
    ("at", "english", "hans"),
    [
        (NOW + timedelta(hours=1), "today, 10:12", "今天 10:12"),
        (NOW + timedelta(days=1), "tomorrow, 09:12", "明天 9:12"),
        (NOW + timedelta(hours=20), "tomorrow, 05:12", "明天 5:12"),
        (NOW + timedelta(days=3, hours=9), "Fri 13 Mar, 18:12", "3 月 13 日（周五）18:12"),
    ],
)
def test_an_instant_is_said_in_the_readers_zone(words: Words, at: datetime, english: str, hans: str) -> None:
    assert words.day_and_time(at, "en", NOW, "Asia/Singapore") == english
    assert words.day_and_time(at, "zh-Hans", NOW, "Asia/Singapore") == hans


def test_the_clock_and_the_day_of_the_week(words: Words) -> None:
    assert words.time(NOW, "en", "Asia/Singapore") == "09:12"
    assert words.time(NOW, "zh-Hans", "Asia/Singapore") == "9:12"
    assert [words.weekday(TODAY, language) for language in ("en", "zh-Hans", "zh-Hant")] == [
        "Tuesday",
        "周二",
        "週二",
    ]


@pytest.mark.parametrize(
    ("amount", "currency", "english", "hans", "derived"),
    [
        (3_600, "CNY", "RMB 3,600", "3,600 元", "人民幣 3,600 元"),
        (60_000, "CNY", "RMB 60,000", "6 万元", "人民幣 6 萬元"),
        (12_345, "CNY", "RMB 12,345", "12,345 元", "人民幣 12,345 元"),
        (120_000_000, "CNY", "RMB 120,000,000", "1.2 亿元", "人民幣 1.2 億元"),
        (3_600, "HKD", "HK$3,600", "港币 3,600 元", "港幣 3,600 元"),
        (3_600, "TWD", "NT$3,600", "新台币 3,600 元", "3,600 元"),
        (3_600, "SGD", "S$3,600", "新币 3,600 元", "新幣 3,600 元"),
        (4_000, "USD", "US$4,000", "4,000 美元", "4,000 美元"),
        (Decimal("12.50"), "CNY", "RMB 12.50", "12.50 元", "人民幣 12.50 元"),
        (3_600, "JPY", "JPY 3,600", "JPY 3,600 元", "JPY 3,600 元"),
    ],
)
def test_money_is_exact_in_sums(
    words: Words, amount: Decimal | int, currency: str, english: str, hans: str, derived: str
) -> None:
    said = [words.money(amount, currency, language) for language in ("en", "zh-Hans", "zh-Hant")]
    assert said == [english, hans, derived]


def test_money_is_round_in_talk(words: Words) -> None:
    assert words.money(1_234_567, "CNY", "en", rough=True) == "RMB 1.2 million"
    assert words.money(123_456_789, "CNY", "zh-Hans", rough=True) == "1.2 亿元"


# Time zones


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("penang", "Asia/Kuala_Lumpur"), ("槟城", "Asia/Kuala_Lumpur"), ("檳城", "Asia/Kuala_Lumpur"), ("KL", "Asia/Kuala_Lumpur"),
        ("新加坡", "Asia/Singapore"), ("Singapore", "Asia/Singapore"), ("深圳", "Asia/Shanghai"), ("上海市", "Asia/Shanghai"),
        ("新竹", "Asia/Taipei"), ("臺北", "Asia/Taipei"), ("台北", "Asia/Taipei"), ("Taipei City", "Asia/Taipei"),
        ("台灣", "Asia/Taipei"), ("Hong Kong", "Asia/Hong_Kong"), ("香港", "Asia/Hong_Kong"), ("  london ", "Europe/London"),
        ("New York", "America/New_York"), ("紐約", "America/New_York"), ("Mumbai", "Asia/Kolkata"), ("toronto", "America/Toronto"),
        ("Xi'an", "Asia/Shanghai"), ("asia/taipei", "Asia/Taipei"), ("UTC", "UTC"), ("Australia/Sydney", "Australia/Sydney"),
    ],
)  # fmt: skip
def test_a_place_has_its_zone(typed: str, found: str) -> None:
    assert zone(typed, NOW) == found


@pytest.mark.parametrize("typed", ["", "xyz", "25:00", "9:75", "me", "../etc", "a" * 500, "12345"])
def test_what_is_no_place_has_none(typed: str) -> None:
    assert zone(typed, NOW) is None


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("9:12", 8), ("9：12", 8), ("09:12", 8), ("It's 9:14 here", 8), ("上午9点12分", 8), ("9点", 8), ("6:42", 5.5), ("6:57", 5.75),
        ("1:12", 0), ("8:12 pm", -5), ("晚上 8:12", -5), ("20:12", -5), ("12:12", 11), ("12:12 am", -1), ("14:12", 13), ("10:20", 9),
    ],
)  # fmt: skip
def test_a_clock_has_its_zone(typed: str, hours: float) -> None:
    found = zone(typed, NOW)
    assert found is not None
    assert territory(found) is not None, "a zone where people live, not Etc/GMT"
    offset = NOW.astimezone(ZoneInfo(found)).utcoffset()
    assert offset is not None
    assert (offset - timedelta(hours=hours)) % timedelta(days=1) == timedelta()


@settings(deadline=None)
@given(
    st.integers(0, 24 * 4 - 1),
    st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
)
def test_the_zone_found_shows_about_what_the_clock_shows(quarters: int, now: datetime) -> None:
    shown = now + timedelta(minutes=15 * quarters)
    found = zone(f"{shown:%H:%M}", now)
    if found is not None:
        there = now.astimezone(ZoneInfo(found)).replace(tzinfo=UTC)
        apart = (there - shown.replace(tzinfo=UTC)) % timedelta(days=1)
        assert min(apart, timedelta(days=1) - apart) < timedelta(minutes=17)


@pytest.mark.parametrize(
    ("zone_name", "code"),
    [
        ("Asia/Singapore", "SG"),
        ("Asia/Calcutta", "IN"),
        ("Asia/Kolkata", "IN"),
        ("Europe/London", "GB"),
        ("UTC", None),
        ("Etc/GMT-8", None),
        ("nowhere", None),
    ],
)
def test_a_zone_has_its_territory(zone_name: str, code: str | None) -> None:
    assert territory(zone_name) == code


def test_a_zone_is_called_after_its_city() -> None:
    assert [city("Asia/Kuala_Lumpur", language) for language in ("en", "zh-Hans")] == [
        "Kuala Lumpur",
        "吉隆坡",
    ]
    assert city("Etc/GMT-8", "en") == "GMT-8"


def test_a_day_to_come_is_said_as_people_say_it() -> None:
    said = [
        dates.soon(date(2026, 11, 23) + timedelta(days=n), "en", date(2026, 11, 23)) for n in (0, 1, 4, 7)
    ]
    assert said == ["today", "tomorrow", "Friday", "Mon 30 Nov"]
    assert dates.soon(date(2026, 11, 27), "zh-Hans", date(2026, 11, 23)) == "周五"
