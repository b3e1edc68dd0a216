"""Looking up: slips of the finger, mixed scripts, whole questions, and what is nowhere."""

from datetime import date
from time import perf_counter

import pytest

from bot.content.numbers import number_of
from bot.rules.handbook import MOST_FOUND, Page, PageWords
from bot.words import hant, splitting
from bot.words.looking import LONGEST_QUERY, Found, Index


def page(slug: str, en: tuple[str, str, str], hans: tuple[str, str, str]) -> Page:
    """(title, body, everyday words with commas) in two languages, the third derived."""
    words = {"en": en, "zh-Hans": hans, "zh-Hant": tuple(hant(text) for text in hans)}
    said = {
        tag: PageWords(title, body, tuple(also.replace("，", ",").split(",")))
        for tag, (title, body, also) in words.items()
    }
    return Page(slug, number_of(slug), ("scam",), None, (), date(2026, 11, 25), said, "v")


PAGES = {
    one.slug: one
    for one in (
        page(
            "frozen",
            ("Frozen balance: what to do now", "Pay <b>nothing</b>. Then {hotline}.", "unfreeze fee,account frozen"),
            ("余额被冻结，先做什么", "<b>一分都别付</b>。", "解冻费，账户冻结"),
        ),
        page(
            "code",
            ("I gave somebody my code", "Call the bank and change the password.", "otp,verification code,text message code"),
            ("验证码给了别人", "马上打给银行，改密码。", "短信验证码，动态码"),
        ),
        page(
            "lender",
            ("Is this lender real?", "Look the licence up in the public register.", "licensed loan companies,fake loan app"),
            ("这家贷款公司是真的吗", "到公开的名单里查牌照。", "假贷款，贷款软件，牌照"),
        ),
        page(
            "boss",
            ("The boss calls and wants a transfer", "Ring back on the number you know.", "deepfake,ceo,voice"),
            ("老板来电要转账", "用您存着的号码打回去。", "冒充老板，换脸，语音"),
        ),
    )
}  # fmt: skip
INDEX = Index(PAGES)


def slugs(query: str) -> list[str]:
    return [page.slug for page in INDEX.find(query).pages]


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("unfreeze fee", "frozen"),
        ("UNFREEZING FEES", "frozen"),
        ("unfreze", "frozen"),
        ("un freeze my balance", "frozen"),
        ("my acount is frozzen!!", "frozen"),
        ("解冻费", "frozen"),
        ("解凍費", "frozen"),
        ("对方要我交解凍費怎么办", "frozen"),
        ("ＵＮＦＲＥＥＺＥ 解冻", "frozen"),
        ("verfication code", "code"),
        ("I told them the verification codes, what should I do now?", "code"),
        ("驗證碼", "code"),
        ("簡訊驗證碼告訴了客服", "code"),
        ("licenced lender", "lender"),
        ("is the company’s loan app fake", "lender"),
        ("貸款公司是真的嗎", "lender"),
        ("deep fake CEO", "boss"),
        ("老闆打電話要轉帳", "boss"),
    ],
)
def test_the_page_that_is_meant_comes_first(query: str, slug: str) -> None:
    found = INDEX.find(query)
    assert found.pages[0].slug == slug
    assert found.sure


@pytest.mark.parametrize(
    "query", ["", "   ", "?!", "xyz", "good morning", "你好", "哈哈哈哈", "🙂", "the and of", "的了吗"]
)
def test_what_is_nowhere_is_not_found(query: str) -> None:
    found = INDEX.find(query)
    assert (found.pages, found.sure) == ((), False)


@pytest.mark.parametrize("query", ["what is the weather in the public park", "今天天气真好，去公园吗"])
def test_small_talk_is_no_question(query: str) -> None:
    assert not INDEX.find(query).sure


def test_at_most_three_pages_are_shown_and_always_the_same() -> None:
    query = "loan transfer code frozen"
    assert len(slugs(query)) == MOST_FOUND
    backwards = Index({slug: PAGES[slug] for slug in reversed(PAGES)})
    assert [page.slug for page in backwards.find(query).pages] == slugs(query)


def test_a_page_is_found_in_each_language_whatever_its_reader_speaks() -> None:
    assert slugs("解冻费")[0] == slugs("解凍費")[0] == slugs("unfreeze fee")[0]


def test_an_empty_handbook_finds_nothing() -> None:
    assert Index({}).find("unfreeze fee").pages == ()


def test_what_stands_in_for_the_hotline_is_no_word() -> None:
    assert slugs("hotline") == []


@pytest.mark.parametrize(
    "query", ["unfreeze " * 500, "解冻费" * 2_000, "x" * 10_000, "\u0000\ud800", "%_'\"\\;--"]
)
def test_long_and_strange_words_end_quickly(query: str) -> None:
    begun = perf_counter()
    INDEX.find(query)
    assert perf_counter() - begun < 0.1
    assert INDEX.find(query) == INDEX.find(query[:LONGEST_QUERY])


def test_pairs_do_not_reach_across_words_of_any_question() -> None:
    assert splitting.parts("验证码给了别人怎么办") == ["验证码"]
    assert splitting.pairs("验证码") == ["验证", "证码"]
    assert splitting.pairs("钱") == ["钱"]
    assert list(splitting.pieces("ＯＴＰ’s 0.6% 簡訊")) == ["otp", "0.6%", "简讯"]


def test_characters_that_only_happen_to_stand_on_a_page_find_nothing() -> None:
    assert Index(PAGES).find("冻验牌额") == Found((), sure=False)
    assert Index(PAGES).find("冻结牌额").pages, "one pair of them is a word"
