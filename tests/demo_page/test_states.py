"""What the page says while it waits, when something fails, and when the demo stops."""

import socket

from playwright.sync_api import Browser, Page, Route, expect

from tests.demo_page.conftest import Open
from tests.demo_page.theatre import LING, MEI, TAN, Theatre, playing

DROP = """([kind, name, type]) => {
  const box = new DataTransfer();
  box.items.add(new File(["picture"], name, { type }));
  if (kind === "paste") document.querySelector("#draft")
    .dispatchEvent(new ClipboardEvent("paste", { clipboardData: box, bubbles: true, cancelable: true }));
  else for (const step of ["dragenter", "drop"]) document.querySelector("#log")
    .dispatchEvent(new DragEvent(step, { dataTransfer: box, bubbles: true, cancelable: true }));
}"""


def test_three_grey_bubbles_stand_in_for_a_chat_that_loads_slowly(open_page: Open) -> None:
    page = open_page(MEI)
    held: list[Route] = []
    page.route(f"**/api/chat/{TAN}", lambda route: held.append(route))
    page.locator(".person", has_text="陈先生").click()
    expect(page.locator("#blank.ghosts i")).to_have_count(3)
    held[0].continue_()
    expect(page.locator("article")).to_have_count(1)
    expect(page.locator("#blank")).to_be_hidden()


def test_a_chat_that_cannot_be_loaded_says_what_is_kept_and_tries_again(
    browser: Browser, theatre: Theatre
) -> None:
    page = _page(browser, theatre.url + f"#{MEI}")
    page.route(f"**/api/chat/{TAN}", lambda route: route.fulfill(status=500, body="{}"))
    page.locator(".person", has_text="陈先生").click()
    expect(page.locator("#blank")).to_contain_text("Nothing in it is lost.")
    page.unroute(f"**/api/chat/{TAN}")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("article")).to_have_count(1)
    page.context.close()


def test_words_that_could_not_be_sent_stay_and_can_be_sent_again(browser: Browser, theatre: Theatre) -> None:
    page = _page(browser, theatre.url + f"#{MEI}")
    page.route("**/api/say", lambda route: route.abort())
    page.locator("#draft").fill("hello")
    page.locator("#draft").press("Enter")
    expect(page.locator("#toast")).to_contain_text("What you wrote is still here.")
    expect(page.locator("#draft")).to_have_value("hello")
    page.unroute("**/api/say")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("article.mine")).to_contain_text("hello")
    expect(page.locator("#toast")).to_be_hidden()
    page.context.close()


def test_the_next_message_may_be_written_while_one_is_on_its_way(browser: Browser, theatre: Theatre) -> None:
    page = _page(browser, theatre.url + f"#{MEI}")
    held: list[Route] = []
    page.route("**/api/say", lambda route: route.continue_() if held else held.append(route))
    draft = page.locator("#draft")
    for words in ("the first", "the second"):
        draft.fill(words)
        draft.press("Enter")
        expect(draft).to_have_value("")
    draft.fill("the third")
    held[0].continue_()
    mine = page.locator("article.mine", has_text="the ")
    expect(mine).to_have_count(2)
    assert "the first" in mine.first.inner_text() and "the second" in mine.last.inner_text()
    expect(draft).to_have_value("the third")
    page.context.close()


def test_the_page_says_that_the_demo_stopped_and_comes_back_by_itself(browser: Browser) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with playing(port=port) as theatre:
        page = _page(browser, theatre.url + f"#{LING}")
        expect(page.locator("#offline")).to_be_hidden()
    expect(page.locator("#offline")).to_contain_text(
        "The demo has stopped. The chat is kept; start fraudwise demo again."
    )
    expect(page.locator("article").first).to_contain_text("Risk team")
    with playing(port=port):
        expect(page.locator("#offline")).to_be_hidden(timeout=10_000)
        expect(page.locator("#top-name")).to_have_text("Lin Ling")
        expect(page.locator("article").first).to_contain_text("Risk team")
        page.context.close()


def test_what_was_missed_on_a_broken_line_is_added_without_drawing_the_rest_again(
    browser: Browser, theatre: Theatre
) -> None:
    page = _page(browser, "about:blank")
    page.add_init_script(
        """const Real = EventSource;
        window.EventSource = function (url) { const line = new Real(url); window.line = line; return line; };"""
    )
    page.goto(theatre.url + f"#{MEI}")
    page.wait_for_selector("article")
    while page.evaluate("window.line?.readyState") != 1:
        page.wait_for_timeout(20)
    page.evaluate("document.querySelectorAll('article').forEach((one) => { one.wasHere = true; })")
    page.evaluate("line.close(); line.onmessage = null;")
    theatre.now_do(theatre.send(MEI, "While you were away"))
    expect(page.locator("article")).to_have_count(2)
    page.evaluate("line.onerror()")
    expect(page.locator("article").last).to_contain_text("While you were away")
    assert page.evaluate("[...document.querySelectorAll('article')].map((one) => Boolean(one.wasHere))") == [
        True,
        True,
        False,
    ]
    expect(page.locator("#offline")).to_be_hidden()
    page.context.close()


def test_typing_dots_go_when_the_message_comes(open_page: Open, theatre: Theatre) -> None:
    page = open_page(MEI)
    theatre.now_do(theatre.call("sendChatAction", chat_id=MEI, action="typing"))
    expect(page.locator("#typing")).to_be_visible()
    theatre.now_do(theatre.send(MEI, "Here"))
    expect(page.locator("#typing")).to_be_hidden()


def test_files_may_be_dropped_and_pasted(open_page: Open) -> None:
    page = open_page(MEI)
    page.evaluate(DROP, ["drop", "slip.pdf", "application/pdf"])
    page.evaluate(DROP, ["paste", "screen.png", "image/png"])
    expect(page.locator(".chip")).to_have_count(2)
    expect(page.locator("#dropzone")).to_be_hidden()


def test_a_file_too_large_for_the_demo_is_named(open_page: Open) -> None:
    page = open_page(MEI)
    page.evaluate(
        """import("./static/attachments.js").then((files) =>
        files.add([new File([new Uint8Array(26 * 1024 * 1024)], "film.mp4")], false))"""
    )
    expect(page.locator("#toast")).to_contain_text("“film.mp4” has 27 MB; the demo takes up to 25 MB.")
    expect(page.locator(".chip")).to_have_count(0)


def test_protected_messages_cannot_be_saved_or_marked(open_page: Open, theatre: Theatre) -> None:
    page = open_page(LING)
    theatre.now_do(theatre.send(LING, "Practice", protect_content=True))
    message = page.locator("article").last
    expect(message).to_contain_text("Practice")
    assert message.locator(".text").evaluate("(one) => getComputedStyle(one).userSelect") == "none"
    expect(message.get_by_role("img", name="protected: cannot be forwarded or saved")).to_be_visible()


def test_drafts_wait_for_their_person(open_page: Open) -> None:
    page = open_page(MEI)
    page.locator("#draft").fill("to be continued")
    page.locator(".person", has_text="Lin Ling").click()
    expect(page.locator("#draft")).to_have_value("")
    page.locator(".person", has_text="Chen Mei").click()
    expect(page.locator("#draft")).to_have_value("to be continued")


def test_the_clock_runs_in_real_time_when_asked(open_page: Open, theatre: Theatre) -> None:
    page = open_page(MEI)
    page.get_by_role("button", name="Real time").click()
    expect(page.get_by_role("button", name="Real time is on")).to_have_attribute("aria-pressed", "true")
    assert theatre.is_running
    page.get_by_role("button", name="Real time is on").click()
    expect(page.get_by_role("button", name="Real time", exact=True)).to_be_visible()
    assert not theatre.is_running


def test_unread_messages_are_counted_until_the_chat_is_opened(open_page: Open, theatre: Theatre) -> None:
    page = open_page(MEI)
    count = page.locator(".person", has_text="Lin Ling").locator(".count")
    expect(count).to_contain_text("1")
    theatre.now_do(theatre.send(LING, "One more"))
    expect(count).to_contain_text("2")
    expect(page.locator(".person", has_text="Lin Ling").locator(".last")).to_have_text("One more")
    page.locator(".person", has_text="Lin Ling").click()
    expect(count).to_be_hidden()
    page.reload()
    expect(page.locator(".person", has_text="Lin Ling").locator(".last")).to_have_text("One more")
    expect(count).to_be_hidden()


def test_what_telegram_saw_is_listed_for_this_chat(open_page: Open) -> None:
    page = open_page(MEI)
    page.get_by_text("What Telegram saw").click()
    before = page.locator(".calls > li").count()
    page.locator("article").last.get_by_role("button", name="Start").click()
    expect(page.locator(".calls > li")).to_have_count(before + 2)
    expect(page.locator(".calls > li").first).to_contain_text("answerCallbackQuery")
    expect(page.locator(".calls > li").nth(1)).to_contain_text("editMessageText")


def _page(browser: Browser, url: str) -> Page:
    """A page on which the console may complain: these tests break the line on purpose."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(url)
    if url.startswith("http"):
        page.wait_for_selector(".page.ready")
    return page
