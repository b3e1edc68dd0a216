"""What somebody in trouble types."""

import pytest

from bot.rules import cries


@pytest.mark.parametrize(
    "words",
    [
        "I think I was scammed",
        "我被骗了",
        "錢轉出去了怎麼辦",
        "They STOLE my money",
        "I've paid the fee, help me",
        "I sent them 12,000",
        "刚把钱打过去了",
        "救命啊",
        "解凍費已經轉過去了",
        "帮帮我",
    ],
)
def test_a_loss_is_heard_in_each_language(words: str) -> None:
    assert cries.has_lost(words)


@pytest.mark.parametrize("words", ["Is this a scam?", "这个是不是诈骗", "這則簡訊很可疑"])
def test_a_worry_is_heard_without_taking_it_for_a_loss(words: str) -> None:
    assert cries.is_worried(words)
    assert not cries.has_lost(words)


@pytest.mark.parametrize("words", ["hello", "0.6% 一个月多吗？", "谢谢", "when is my next lesson"])
def test_small_talk_is_neither(words: str) -> None:
    assert not cries.is_worried(words)
    assert not cries.has_lost(words)
