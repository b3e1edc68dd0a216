import pytest

from bot.content.typography import complaints


@pytest.mark.parametrize(
    "text",
    [
        "发送 /learn，6 万元，银行 App。", "3 月 13 日（周五）18:00", "学完 80%，得 2/5。", "“您的包裹”：没单号",
        "4,240÷360≈11.8，得卖第十二台。", "柯总：到了吧[握手] 那 1,600", "【白鹭签约中心】您好", "点 ✋，再说",
        "交{policy:x}，别回", "打 {hotline}。", "五点四十，U 盘", "ic3.gov 是 FBI 的。", "叫“Safe”的", "A；B", "他说：“好。”", "……",
        "<blockquote>亲,点这里http://a.example !!</blockquote>",
    ],
)  # fmt: skip
def test_well_set_chinese_passes(text: str) -> None:
    assert list(complaints(text)) == []


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("发送/learn", "送/learn"), ("6万元", "6万"), ("银行App", "行A"), ("先停,再说", "停,"), ("真的?", "的?"), ("好:三样", "好:"),
        ("内地(大陆)", "地("), ("停下.", "下."), ("停。 再说", "。 "), ("停 。", " 。"), ("80 %", "0 %"), ("2 / 5", "2 / 5"),
        ('说"好"', '说"'), ("停。。", "。。"), ("停 下", "停 下"), ("<b>第3题</b>", "第3"),
    ],
)  # fmt: skip
def test_badly_set_chinese_is_pointed_at(text: str, piece: str) -> None:
    assert piece in [found for _, found, _ in complaints(text)]


def test_the_line_is_counted_through_quotes() -> None:
    assert {line for line, *_ in complaints("一\n<blockquote>a\nb</blockquote>\n第3题")} == {3}
