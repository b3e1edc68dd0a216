"""The page in a real browser: people, chat, composer, clock, keys."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.demo_page.conftest import Open
from tests.demo_page.theatre import BO, LING, MEI, TAN, WEI, Theatre, keys


def button(page: Page, label: str) -> Locator:
    """A button under the newest message."""
    return page.locator("article").last.get_by_role("button", name=label, exact=True)


def test_it_opens_on_the_first_person_with_their_lesson_and_one_hint(open_page: Open) -> None:
    page = open_page()
    expect(page.locator("#top-name")).to_have_text("Chen Mei")
    expect(button(page, "Start")).to_be_visible()
    expect(page.locator("#hint")).to_contain_text("You are Mei. Tap Start; nothing leaves this computer.")
    expect(page.locator(".bigday")).to_have_text("Monday 9 March")
    expect(page.locator(".bighour")).to_have_text("09:00")


def test_a_tap_turns_the_card_in_place_and_focus_stays_at_its_place(open_page: Open) -> None:
    page = open_page()
    count = page.locator("article").count()
    button(page, "Start").focus()
    page.keyboard.press("Enter")
    expect(page.locator("article").last).to_contain_text("1/4")
    expect(button(page, "Next ›")).to_be_focused()
    expect(page.locator("#hint")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("article").last).to_contain_text("2/4")
    expect(button(page, "‹ Back")).to_be_focused()
    assert page.locator("article").count() == count
    expect(page.locator("#status")).to_contain_text("Message changed: Never pay before you receive · 2 of 4")
    expect(page.locator("article").last.locator(".edited")).to_have_count(0)


def test_focus_goes_to_the_message_that_follows_when_the_keyboard_is_gone(open_page: Open) -> None:
    page = open_page()
    button(page, "Start").press("Enter")
    button(page, "Leave").press("Enter")
    expect(page.locator("article").last).to_contain_text("Where to?")
    expect(button(page, "Menu")).to_be_focused()


def test_the_log_is_never_drawn_again(open_page: Open) -> None:
    page = open_page()
    page.evaluate("document.querySelectorAll('article').forEach((one) => { one.wasHere = true; })")
    button(page, "Start").click()
    expect(page.locator("article").last).to_contain_text("1/4")
    page.locator("#draft").fill("hello")
    page.locator("#draft").press("Enter")
    expect(page.locator("article").last).to_contain_text("You wrote: hello")
    kept = page.evaluate("[...document.querySelectorAll('article')].map((one) => Boolean(one.wasHere))")
    assert kept == [True, True, False, False]


def test_a_pressed_button_waits_until_the_bot_answers(open_page: Open, theatre: Theatre) -> None:
    theatre.patience = 0.6
    page = open_page()
    report = button(page, "✋ Report")
    report.click()
    expect(report).to_have_attribute("aria-busy", "true")
    expect(page.locator("#toast")).to_contain_text("This button is no longer active.")
    expect(report).not_to_have_attribute("aria-busy", "true")


def test_a_toast_goes_by_itself_and_is_told_to_a_screen_reader(open_page: Open) -> None:
    page = open_page()
    page.clock.install()
    button(page, "✋ Report").click()
    expect(page.locator("#toast")).to_be_visible()
    expect(page.locator("#status")).to_contain_text("no longer active")
    page.mouse.move(0, 0)
    page.clock.run_for(2500)
    expect(page.locator("#toast")).to_be_visible()
    page.clock.run_for(1600)
    expect(page.locator("#toast")).to_be_hidden()


def test_a_sheet_is_a_dialog_that_gives_focus_back(open_page: Open) -> None:
    page = open_page()
    button(page, "All due · 3").press("Enter")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("Only one lesson is due.")
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(button(page, "All due · 3")).to_be_focused()


def test_what_people_write_is_never_markup(open_page: Open) -> None:
    page = open_page()
    page.locator("#draft").fill("<img src=x onerror=alert(1)><b>no</b>")
    page.locator("#draft").press("Enter")
    expect(page.locator("article").last).to_contain_text("You wrote: <img src=x onerror=alert(1)><b>no</b>")
    assert page.locator("article img").count() == 0


def test_the_page_draws_telegrams_html(open_page: Open, theatre: Theatre) -> None:
    text = (
        "<b>Bold <i>both</i></b> <code>K7-204M</code> <a href='https://example.org/'>site</a> "
        "<tg-spoiler>pay</tg-spoiler>\n<blockquote expandable>one\ntwo\nthree\nfour\nfive</blockquote>\n/learn goes on"
    )
    page = open_page()
    theatre.now_do(theatre.send(MEI, text))
    message = page.locator("article").last
    expect(message.locator("b")).to_have_text("Bold both")
    expect(message.locator("b i")).to_have_text("both")
    expect(message.get_by_role("link")).to_have_attribute("href", "https://example.org/")
    expect(message.locator("blockquote")).not_to_have_class("open")
    message.get_by_role("button", name="Show all").click()
    expect(message.locator("blockquote.open")).to_have_count(1)
    message.get_by_role("button", name="Hidden text").click()
    expect(message.locator(".spoiler.shown")).to_have_text("pay")
    message.get_by_role("button", name="/learn").click()
    expect(page.locator("article").last).to_contain_text("You wrote: /learn")


def test_a_message_taller_than_the_screen_is_shown_from_its_first_line(
    open_page: Open, theatre: Theatre
) -> None:
    page = open_page(MEI, width=375, height=600)
    theatre.now_do(theatre.send(MEI, "\n".join(f"line {number}" for number in range(1, 41))))
    expect(page.locator("article").last).to_contain_text("line 40")
    top = page.evaluate(
        "document.querySelector('#log').lastElementChild.getBoundingClientRect().top"
        " - document.querySelector('#scroll').getBoundingClientRect().top"
    )
    assert 0 <= top <= 24


def test_what_answers_a_tap_is_shown_wherever_one_had_read(open_page: Open, theatre: Theatre) -> None:
    page = open_page(MEI, width=375, height=600)
    tall = "\n".join(f"line {number}" for number in range(1, 41))
    theatre.now_do(theatre.send(MEI, tall, keys([("Export", "e")])))
    expect(page.locator("#down")).to_be_visible()
    button(page, "Export").dispatch_event("click")
    expect(page.locator("article").last).to_contain_text(".csv")
    expect(page.locator("article").last).to_be_in_viewport()


def test_the_second_half_of_a_double_tap_presses_no_button_that_came_between(open_page: Open) -> None:
    page = open_page()
    page.evaluate("""() => new Promise((done) => {
      const find = (name) => [...document.querySelectorAll('.key')].findLast((one) => one.textContent === name);
      new MutationObserver((_, watch) => {
        const next = find('Next ›');
        if (!next) return;
        watch.disconnect();
        next.dispatchEvent(new MouseEvent('click', { detail: 2, bubbles: true }));
        done();
      }).observe(document.getElementById('log'), { subtree: true, childList: true, characterData: true });
      find('Start').click();
    })""")
    expect(page.locator("article").last).to_contain_text("1/4")
    button(page, "Next ›").press("Enter")
    expect(page.locator("article").last).to_contain_text("2/4")


def test_enter_does_not_send_while_a_chinese_word_is_being_composed(open_page: Open) -> None:
    page = open_page(TAN)
    draft = page.locator("#draft")
    draft.focus()
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "zhuan", "selectionStart": 5, "selectionEnd": 5})
    draft.press("Enter")
    assert "zhuan" in draft.input_value()
    session.send("Input.insertText", {"text": "转账"})
    draft.press("Enter")
    expect(page.locator("article").last).to_contain_text("转账")
    expect(page.locator("article.mine")).to_have_count(1)


def test_shift_enter_breaks_the_line_and_the_field_grows(open_page: Open) -> None:
    page = open_page()
    draft = page.locator("#draft")
    draft.focus()
    before = draft.bounding_box()
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    after = draft.bounding_box()
    assert before is not None and after is not None and after["height"] > before["height"]
    page.keyboard.press("Enter")
    expect(page.locator("article.mine .text")).to_contain_text("one\ntwo")
    expect(draft).to_be_focused()
    expect(draft).to_have_value("")


def test_the_menu_opens_with_a_slash_and_is_walked_by_keys(open_page: Open) -> None:
    page = open_page()
    page.locator("#draft").press("/")
    expect(page.get_by_role("option")).to_have_count(7)
    page.keyboard.type("le")
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text("/lessons")
    page.keyboard.press("Enter")
    expect(page.locator("article.mine").last).to_contain_text("/lessons")
    expect(page.locator("#menu")).to_be_hidden()
    expect(page.locator("#draft")).to_have_value("")


def test_everything_can_be_done_by_keys(open_page: Open) -> None:
    page = open_page()
    page.locator("#draft").focus()
    page.keyboard.press("ArrowUp")
    expect(button(page, "Start")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(button(page, "Later today")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(button(page, "All due · 3")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(button(page, "Menu")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#draft")).to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("ling")
    page.keyboard.press("Enter")
    expect(page.locator("#top-name")).to_have_text("Lin Ling")
    expect(page.locator("#draft")).to_be_focused()


def test_tab_goes_from_the_skip_link_to_people_the_log_the_composer_and_the_clock(open_page: Open) -> None:
    page = open_page()
    stops = []
    for _ in range(24):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                """(() => { const on = document.activeElement;
                return on.id === 'skip' ? 'skip' : on.closest('nav') ? 'people' : on.closest('[role=log]') ? 'log'
                  : on.closest('#hint') ? 'hint' : on.closest('form') ? 'composer' : on.closest('aside') ? 'clock' : 'other'; })()"""
            )
        )
    order = [stop for at, stop in enumerate(stops) if at == 0 or stops[at - 1] != stop]
    assert order[:6] == ["skip", "people", "log", "hint", "composer", "clock"]
    assert stops.count("log") == 1


def test_single_letters_move_the_clock_until_they_are_switched_off(open_page: Open, theatre: Theatre) -> None:
    page = open_page()
    page.locator("#groups h2").first.click()
    page.keyboard.press("h")
    expect(page.locator(".bighour")).to_have_text("10:00")
    page.keyboard.press("?")
    page.get_by_label("Single-letter keys, outside text fields").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".bighour")).to_have_text("10:00")
    page.locator("#draft").fill("")
    page.locator("#draft").press("h")
    expect(page.locator("#draft")).to_have_value("h")


def test_files_go_up_and_come_down(open_page: Open, theatre: Theatre, tmp_path: Path) -> None:
    slip = tmp_path / "slip.txt"
    slip.write_text("paid 1,980")
    page = open_page(LING)
    page.locator("#pick-file").set_input_files(slip)
    expect(page.locator(".chip")).to_contain_text("slip.txt")
    expect(page.locator(".chip")).to_contain_text("10 bytes")
    page.locator("#draft").fill("The slip")
    page.locator("#draft").press("Enter")
    expect(page.locator("article.mine").last).to_contain_text("The slip")
    expect(page.locator(".chip")).to_have_count(0)
    kept = theatre.telegram.chat(LING).messages[-2].attachment
    assert kept is not None and kept.content == b"paid 1,980" and kept.name == "slip.txt"
    page.locator("#draft").fill("/export")
    page.locator("#draft").press("Enter")
    expect(page.locator("article.theirs").last).to_contain_text("completions.csv")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save completions.csv").click()
    assert Path(download.value.path()).read_text(encoding="utf-8-sig") == "name,passed\nMei,true\n"


def test_a_chip_can_be_taken_back_before_sending(open_page: Open, tmp_path: Path) -> None:
    slip = tmp_path / "slip.txt"
    slip.write_text("x")
    page = open_page()
    page.locator("#pick-file").set_input_files(slip)
    page.get_by_role("button", name="Remove slip.txt").click()
    expect(page.locator(".chip")).to_have_count(0)
    expect(page.locator("#draft")).to_be_focused()


def test_a_jump_of_the_clock_says_what_went_out(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name="+1 day").click()
    expect(page.locator(".after")).to_have_text("3 messages went out, 1 to you.")
    expect(page.locator(".bigday")).to_have_text("Tuesday 10 March")
    expect(page.locator(".day").last).to_have_text("Tuesday 10 March")
    expect(page.locator("article").last).to_contain_text("Report it fast")
    expect(page.locator(".person", has_text="陈先生").locator(".count")).to_contain_text("2")


def test_the_three_hints_lead_from_mei_to_ling(open_page: Open) -> None:
    page = open_page()
    for label, then in STEPS:
        button(page, label).click()
        expect(page.locator("article").last).to_contain_text(then)
    hint = page.locator("#hint")
    expect(hint).to_contain_text("Press +1 day and watch.")
    page.get_by_role("button", name="+1 day").click()
    hint.get_by_role("button", name="Now be Ling").click()
    expect(page.locator("#top-name")).to_have_text("Lin Ling")
    expect(hint).to_be_hidden()
    page.reload()
    expect(page.locator("#top-name")).to_have_text("Lin Ling")
    expect(hint).to_be_hidden()


def test_somebody_who_has_not_written_is_offered_start(open_page: Open) -> None:
    page = open_page(WEI)
    expect(page.locator("#blank")).to_contain_text("Wang Wei hasn't written yet.")
    page.locator("#blank").get_by_role("button", name="Start").click()
    expect(page.locator("article")).to_have_count(2)
    expect(page.locator("#blank")).to_be_hidden()


def test_somebody_new_can_be_added_and_played(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name="Somebody new").click()
    page.get_by_label("Name").fill("Nadia")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#top-name")).to_have_text("Nadia")
    expect(page.locator("#blank")).to_contain_text("Nadia hasn't written yet.")


def test_a_message_is_forwarded_into_another_chat_but_not_a_protected_one(
    open_page: Open, theatre: Theatre
) -> None:
    page = open_page()
    page.locator("article").last.get_by_role("button", name="Forward").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Lin Ling").click()
    expect(page.locator("#toast")).to_contain_text("Forwarded by Ling.")
    page.get_by_role("button", name="Go there").click()
    expect(page.locator("article.mine").last).to_contain_text("Forwarded from Fraudwise")
    theatre.now_do(theatre.send(LING, "A question", protect_content=True))
    expect(page.locator("article").last).to_contain_text("A question")
    expect(page.locator("article").last.get_by_role("button", name="Forward")).to_have_count(0)


def test_one_can_correct_what_one_wrote(open_page: Open, theatre: Theatre) -> None:
    page = open_page()
    page.locator("#draft").fill("helo")
    page.locator("#draft").press("Enter")
    mine = page.locator("article.mine").last
    expect(mine).to_contain_text("helo")
    mine.get_by_role("button", name="Edit").focus()
    page.keyboard.press("Enter")
    page.locator("#draft").fill("hello")
    page.locator("#draft").press("Enter")
    expect(mine).to_contain_text("hello")
    expect(mine.locator(".edited")).to_have_text("edited")


def test_who_blocks_the_bot_is_offered_to_unblock(open_page: Open, theatre: Theatre) -> None:
    page = open_page()
    page.get_by_role("button", name="Block the bot").click()
    expect(page.locator("#composer")).to_be_hidden()
    assert theatre.telegram.chat(MEI).person.blocked
    page.locator("#blocked").get_by_role("button", name="Unblock").click()
    expect(page.locator("#composer")).to_be_visible()
    assert not theatre.telegram.chat(MEI).person.blocked


def test_copy_buttons_copy_and_say_so(open_page: Open, theatre: Theatre) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    keyboard = {"inline_keyboard": [[{"text": "Copy 96110", "copy_text": {"text": "96110"}}]]}
    theatre.now_do(theatre.send(MEI, "Ring them.", keyboard))
    page.get_by_role("button", name="Copy 96110").click()
    expect(page.locator("article").last.locator(".key")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "96110"


def test_a_link_of_telegrams_own_starts_the_bot_and_others_are_asked_about(
    open_page: Open, theatre: Theatre
) -> None:
    keyboard = {
        "inline_keyboard": [
            [{"text": "Invitation", "url": "https://t.me/fraudwise_bot?start=abc-1"}],
            [{"text": "96110.example", "url": "https://96110.example/"}],
        ]
    }
    page = open_page()
    theatre.now_do(theatre.send(MEI, "Links", keyboard))
    page.get_by_role("button", name="96110.example").click()
    expect(page.get_by_role("dialog")).to_contain_text("outside the demo")
    page.get_by_role("button", name="Stay here").click()
    page.get_by_role("button", name="Invitation").click()
    expect(page.locator("article.mine").last).to_contain_text("/start abc-1")


def test_photos_open_large(open_page: Open, theatre: Theatre) -> None:
    page = open_page(LING)
    theatre.now_do(theatre.photo(LING, PNG))
    page.get_by_role("button", name="Photo, open large").click()
    expect(page.get_by_role("dialog").locator("img")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_pinned_card_leads_to_its_message(open_page: Open, theatre: Theatre) -> None:
    page = open_page(BO)
    message = theatre.now_do(theatre.send(BO, "<b>My training</b>\nNext: Friday"))
    theatre.now_do(theatre.call("pinChatMessage", chat_id=BO, message_id=message["message_id"]))
    expect(page.locator("#pinned")).to_contain_text("My training")
    changed = {"chat_id": BO, "message_id": message["message_id"], "text": "My training · all done"}
    theatre.now_do(theatre.call("editMessageText", **changed))
    expect(page.locator("#pinned")).to_contain_text("all done")
    page.locator("#pinned").click()
    expect(page.locator("article.flash")).to_contain_text("My training")


def test_long_chats_come_in_parts(open_page: Open, theatre: Theatre) -> None:
    for number in range(130):
        theatre.now_do(theatre.send(BO, f"Notice {number}"))
    page = open_page(BO)
    expect(page.locator("article")).to_have_count(60)
    page.get_by_role("button", name="Earlier messages").click()
    expect(page.locator("article")).to_have_count(120)
    page.get_by_role("button", name="Earlier messages").click()
    expect(page.locator("article")).to_have_count(131)
    texts = page.locator("article .text").all_inner_texts()
    numbers = [int(text.split()[1]) for text in texts if text.startswith("Notice")]
    assert numbers == sorted(numbers)
    assert page.locator(".day").count() == 2


def test_landmarks_and_languages_are_named(open_page: Open) -> None:
    page = open_page(TAN)
    expect(page.get_by_role("banner")).to_be_visible()
    expect(page.get_by_role("navigation", name="People")).to_be_visible()
    expect(page.get_by_role("main", name="Chat with Fraudwise as Mr Tan")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("log", name="Messages")).to_be_attached()
    expect(page.get_by_role("form", name="Write a message")).to_be_visible()
    expect(page.get_by_role("complementary", name="Clock")).to_be_visible()
    expect(page.get_by_role("article", name="Fraudwise, Monday 09:00")).to_have_attribute("lang", "zh-Hans")
    expect(page.get_by_role("group", name="Buttons of this message")).to_be_visible()
    expect(button(page, "繁體中文")).to_have_attribute("lang", "zh-Hant")
    expect(button(page, "English")).to_have_attribute("lang", "en")


def test_nothing_scrolls_sideways_on_a_phone(open_page: Open, theatre: Theatre) -> None:
    page = open_page(MEI, width=375, height=760)
    theatre.now_do(theatre.send(MEI, "w" * 300 + "\n<pre>" + "x" * 200 + "</pre>"))
    expect(page.locator("article").last).to_contain_text("www")
    wide = """[...document.querySelectorAll('body *')].filter((one) => one.checkVisibility() && !one.closest('.unseen')
      && one.getBoundingClientRect().right > innerWidth + 0.5).map((one) => one.outerHTML.slice(0, 80))"""
    assert page.evaluate(wide) == []
    page.get_by_role("button", name="Back to people").click()
    expect(page.locator("#people")).to_be_visible()
    assert page.evaluate(wide) == []
    page.locator(".person").nth(1).click()
    page.locator("#clockchip").click()
    expect(page.get_by_role("dialog", name="Clock")).to_be_visible()
    assert page.evaluate(wide) == []


def test_on_a_phone_back_leads_to_the_list_and_forth_to_the_chat(open_page: Open) -> None:
    page = open_page(MEI, width=375, height=760)
    page.get_by_role("button", name="Back to people").click()
    expect(page.locator("#main")).to_be_hidden()
    expect(page.locator(".person", has_text="Chen Mei")).to_be_focused()
    page.locator(".person", has_text="陈先生").click()
    expect(page.locator("#top-name")).to_have_text("陈先生")
    expect(page.locator("#people")).to_be_hidden()
    page.go_back()
    expect(page.locator("#people")).to_be_visible()
    page.go_back()
    expect(page.locator("#top-name")).to_have_text("Chen Mei")
    expect(page.locator("article").last).to_contain_text("Never pay before you receive")
    page.keyboard.press("Control+k")
    expect(page.locator("#find")).to_be_focused()


def test_a_long_list_is_shortened_and_can_be_searched(open_page: Open, theatre: Theatre) -> None:
    for number in range(30):
        theatre.add_person(f"Learner {number}", "en")
    page = open_page()
    learners = page.locator('[data-group="learners"] li')
    expect(learners.filter(visible=True)).to_have_count(7)
    page.locator("#find").fill("learner 2")
    expect(learners.filter(visible=True)).to_have_count(11)
    page.locator("#find").press("Escape")
    page.get_by_role("button", name="Show all 33").click()
    expect(learners.filter(visible=True)).to_have_count(33)
    page.locator("#find").fill("nobody at all")
    expect(page.locator("#groups")).to_contain_text("Nobody here is called “nobody at all”.")


def test_the_clock_is_a_sheet_on_a_phone(open_page: Open) -> None:
    page = open_page(MEI, width=375, height=760)
    expect(page.locator("#side")).to_be_hidden()
    page.locator("#clockchip").click()
    sheet = page.get_by_role("dialog", name="Clock")
    sheet.get_by_role("button", name="+1 day").click()
    expect(sheet).to_contain_text("3 messages went out, 1 to you.")
    page.keyboard.press("Escape")
    expect(page.locator("#clockchip")).to_contain_text("Tue 09:00")
    expect(page.locator("#clockchip")).to_be_focused()


def test_targets_are_large_enough(open_page: Open) -> None:
    for width in (375, 1280):
        page = open_page(MEI, width=width)
        small = page.evaluate(
            """[...document.querySelectorAll('button, a[href], input, summary, select, textarea')]
            .filter((one) => one.checkVisibility() && !one.matches('.skip, .text *'))
            .filter((one) => { const box = one.getBoundingClientRect(); const least = one.matches('.key') ? 44 : 24;
              return box.width < least && one.matches('.key') || box.height < least || box.width < 24; })
            .map((one) => one.outerHTML.slice(0, 90))"""
        )
        assert small == []


def test_the_page_holds_at_twice_the_size(open_page: Open) -> None:
    page = open_page(TAN, width=640, height=400)
    page.evaluate("document.documentElement.style.setProperty('letter-spacing', '0.12em')")
    expect(page.locator("#back")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_colours_follow_the_system_until_one_is_chosen(open_page: Open) -> None:
    page = open_page(color_scheme="dark")
    ground = "getComputedStyle(document.querySelector('.main')).backgroundColor"
    assert page.evaluate(ground) == "rgb(11, 18, 23)"
    page.get_by_role("button", name="Light", exact=True).click()
    assert page.evaluate(ground) == "rgb(227, 233, 237)"
    page.reload()
    page.wait_for_selector(".page.ready")
    assert page.evaluate(ground) == "rgb(227, 233, 237)"


STEPS = [
    ("Start", "1/4"),
    ("Next ›", "2/4"),
    ("Next ›", "3/4"),
    ("Question ›", "2/5"),
    ("Hang up and report it", "Right"),
]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63"
    "6060606000000005000106a8e5f30000000049454e44ae426082"
)
