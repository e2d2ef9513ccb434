"""The offline page in real Chromium: filled by keyboard, read back, looked at by axe."""

import itertools
import json
import re
import socket
import time

import pytest
from selenium.webdriver.common.keys import Keys

import innovsurvey as isv
from innovsurvey.questionnaire.html_page import page_script, write_html
from innovsurvey.questionnaire.page_model import page_words
from innovsurvey.responses.feedback_rules import write_number

from .answers import (
    HOSTILE,
    assert_same_answers,
    expected_responses,
    is_shown,
    layout_of,
    random_people,
)
from .page_in_browser import LAST_PAGE, Page, downloads, faults, requests_of

pytestmark = pytest.mark.browser
ODD = str(HOSTILE.with_name("odd_page.yaml"))
RTL = "name: Dansk\n    direction: rtl"


def person_of(layout, seed, **options):
    """Make up one person who passes the filter, so that all pages are shown."""
    for person in random_people(layout, 50, seed, **options):
        if person.get("FLT1", person.get("FLT4", person.get("FLT", 1))) == 1:
            return person
    raise AssertionError


def code_of(page):
    """Give the return code that the page shows."""
    return page.run("return document.getElementById('code').textContent")


@pytest.mark.parametrize("language", ["en", "da"])
def test_the_whole_form_is_filled_by_keyboard_alone(browser, tmp_path, language):
    page = Page(browser, tmp_path, "self-assessment", language=language)
    person = person_of(page.layout, 5, missing_share=0.2)
    page.run("document.activeElement.blur()")
    page.tab_to("consent")
    page.press(Keys.SPACE)
    page.tab_to(page.run("return document.querySelector('main .main').textContent"))
    page.press(Keys.ENTER)
    pages = 0
    while not page.run(LAST_PAGE):
        assert page.focused == page.heading
        type_answers(page, person)
        page.tab_to(page.run("return document.querySelector('main .main').textContent"))
        page.press(Keys.ENTER)
        pages += 1
    assert pages == len(page.layout.pages)
    got = isv.read_responses(code_of(page), page.layout.instrument)
    assert_same_answers(got, expected_responses(page.layout, [person]))
    assert got.context["language"].tolist() == [language]


def type_answers(page, person):
    """Answer the questions of the page shown, with Tab, Space and the arrows only."""
    here = set(page.run("return [...document.querySelectorAll('main [id]')].map(e => e.id)"))
    for question in page.layout.questions:
        values = [option.value for option in question.options]
        whole = [o.value for o in question.options if o.reason == "not_reached"]
        for cell in question.cells:
            if cell.name not in person:
                continue
            value = person[cell.name]
            if f"{cell.name}.{values[0]:g}" in here:
                page.tab_to(f"{cell.name}.{values[0]:g}")
                page.press(Keys.SPACE, *[Keys.ARROW_DOWN] * values.index(value))
            elif cell.name in here and question.kind == "ticks":
                page.tab_to(cell.name)
                page.press(*([Keys.SPACE] if value else []))
            elif cell.name in here and value not in whole:
                page.tab_to(cell.name)
                kept = [v for v in values if v not in whole]
                page.press(*[Keys.ARROW_DOWN] * (1 + kept.index(value)))
            else:
                person.pop(cell.name, None) if value in whole else None


@pytest.mark.parametrize("name", ["self-assessment", "observer", "hostile", "manager-full"])
def test_downloads_and_code_are_read_back(browser, tmp_path, name):
    page = Page(browser, tmp_path, name)
    person = person_of(page.layout, 11)
    for _ in page.each_page(person):
        pass
    with downloads(browser, tmp_path / "saved") as folder:
        for button in page.run("return document.querySelectorAll('.tight button')")[:2]:
            page.run("arguments[0].click()", button)
        wait_for(lambda: {p.suffix for p in folder.iterdir()} == {".json", ".csv"})
    expected = expected_responses(page.layout, [whole_rows(page.layout, person)])
    words = [c.name for q in page.layout.questions if q.kind == "text" for c in q.cells]
    for path in folder.iterdir():
        got = isv.read_responses(path, page.layout.instrument)
        assert_same_answers(got, expected)
        for column in words:
            assert got.context.join(got.texts)[column].tolist() == [person.get(column)]
    got = isv.read_responses(code_of(page), page.layout.instrument)
    assert_same_answers(got, expected)
    assert got.context["version"].tolist() == [page.layout.asked_as]


def whole_rows(layout, person):
    """Drop "not reached" in single cells: the page offers it for whole rows only."""
    kept = dict(person)
    for question in layout.questions:
        codes = [o.value for o in question.options if o.reason == "not_reached"]
        names = [cell.name for cell in question.cells]
        if codes and not all(person.get(name) == codes[0] for name in names):
            kept = {k: v for k, v in kept.items() if not (k in names and v == codes[0])}
    return kept


def wait_for(condition, seconds=10):
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_answers_are_kept_over_a_reload_until_they_are_deleted(browser, tmp_path):
    page = Page(browser, tmp_path, "self-assessment", language="da")
    person = person_of(page.layout, 3)
    page.begin()
    page.fill(person)
    page.forward()
    page.fill(person)
    before = page.heading
    browser.refresh()
    assert page.heading == before
    assert page.run("return document.documentElement.lang") == "da"
    assert "gemt" in page.run("return document.getElementById('status').textContent")
    ticked = page.run("return [...document.querySelectorAll('main input')].map(i => i.checked)")
    names = [cell.name for cell in page.layout.questions[1].cells]
    assert ticked == [person.get(name) == 1 for name in names]
    page.run("document.querySelector('.delete button').click()")
    page.run("document.querySelector('.delete .danger').click()")
    assert page.run("return localStorage.length") == 0
    browser.refresh()
    assert page.run("return document.getElementById('consent').checked") is False


def test_nobody_begins_without_consent(browser, tmp_path):
    page = Page(browser, tmp_path, "observer", carried={"manager_id": "M07"})
    page.forward()
    assert page.focused == "consent"
    assert "tick this box" in page.run("return document.querySelector('.error').textContent")
    assert "M07" in page.run("return document.querySelector('main').textContent")


def test_a_filter_hides_what_does_not_apply(browser, tmp_path):
    page = Page(browser, tmp_path, "self-assessment")
    headings = list(page.each_page({"FLT1": 0, "NPM1": 4}))
    assert headings[1:-1] == ["Work across boundaries", "What I think should be"]
    got = isv.read_responses(code_of(page), page.layout.instrument)
    assert got.reasons["CON01"].tolist() == ["not_shown"]
    assert got.reasons["NPM2"].tolist() == ["not_answered"]
    told = page.run("return document.querySelector('main').textContent")
    convener = page.layout.instrument.scale("convener").title["en"]
    assert convener not in told
    assert "Breadth" not in told
    assert page.run("return document.querySelectorAll('.heat').length") == 0


def test_the_record_says_what_a_filter_hid(browser, tmp_path):
    """What was answered before the filter changed is not in it, "not needed" neither."""
    page = Page(browser, tmp_path, "self-assessment")
    page.begin()
    page.fill({"FLT1": 1})
    page.forward()
    page.forward()
    page.fill({"CON01": -7, "CON04": 5})
    page.run("for (const back of ['STAGE_PH1', 'FLT1.0']) while (!document.getElementById(back))"
             "document.querySelector('.buttons button').click()")  # fmt: skip
    page.fill({"FLT1": 0})
    while not page.run(LAST_PAGE):
        page.forward()
    code = code_of(page)
    assert "/" in code
    got = isv.read_responses(code, page.layout.instrument)
    assert set(got.reasons.loc[:, ["CON01", "CON04"]].iloc[0]) == {"not_shown"}
    roles = isv.read_responses(code, "collaborative-leadership")
    assert set(roles.reasons.loc[:, ["CON01", "CON04"]].iloc[0]) == {"not_shown"}


def test_all_answers_can_be_looked_at_and_printed(browser, tmp_path):
    page = Page(browser, tmp_path, "observer", language="da")
    person = person_of(page.layout, 13, missing_share=0.3)
    for _ in page.each_page(person):
        pass
    shown = page.run(
        "return [...document.querySelectorAll('.answers tbody tr')].map("
        "r => [...r.cells].map(c => c.textContent.trim()))"
    )
    expected = []
    for question in page.layout.questions:
        labels = {option.value: option.label.say("da") for option in question.options}
        if is_shown(question.show_if, person):
            expected += [[cell.text["da"], labels.get(person.get(cell.name), "intet svar")]
                         for cell in question.cells]  # fmt: skip
    assert shown == expected
    page.run("window.dispatchEvent(new Event('beforeprint'))")
    assert page.run("return document.querySelector('.answers').open")


def test_nobody_goes_on_over_a_number_that_is_wrong(odd):
    odd.forward()
    odd.run("const f = document.getElementById('EURO'); f.value = 'much';"
            "f.dispatchEvent(new Event('change'))")  # fmt: skip
    odd.forward()
    assert odd.heading == "Odd"
    assert odd.focused == "EURO"


def test_an_answer_can_be_taken_back(browser, tmp_path):
    page = Page(browser, tmp_path, "governance-orientation")
    page.begin()
    page.fill({"NPM1": 4, "NPM2": 3})
    page.run("document.querySelector('.clear').click()")
    page.run(
        "while (!document.getElementById('code'))"
        "[...document.querySelectorAll('.buttons .main')].at(-1).click()"
    )
    got = isv.read_responses(code_of(page), page.layout.instrument)
    assert got.data[["NPM1", "NPM2"]].isna().iloc[0].tolist() == [True, False]


@pytest.fixture
def odd(browser, tmp_path):
    """Open the questionnaire of odd cases, past its first page."""
    page = Page(browser, tmp_path, ODD)
    page.begin()
    return page


def shown_items(page):
    """Name the questions on the page shown."""
    return page.run("return [...new Set([...document.querySelectorAll('main input')].map("
                    "i => i.name || i.id))]")  # fmt: skip


def to_the_end(page):
    """Go on to the last page and read the code there."""
    while not page.run(LAST_PAGE):
        page.forward()
    return isv.read_responses(code_of(page), page.layout.instrument)


def test_filters_on_one_page_redraw_it_at_once(odd):
    odd.fill({"AA": 0})
    assert shown_items(odd) == ["AA", "XX", "BOX_ONE", "BOX_TWO", "TT"]
    odd.run("document.getElementById('AA.1').click()")
    assert shown_items(odd) == ["AA", "YY", "ZZ", "BOX_ONE", "BOX_TWO", "TT"]
    odd.run("document.getElementById('YY.0').click()")
    assert "ZZ" not in shown_items(odd)
    odd.run("document.getElementById('BOX_ONE').focus()")
    odd.press(Keys.SPACE)
    assert shown_items(odd) == ["AA", "YY", "BOX_ONE", "BOX_TWO"]
    assert odd.focused == "BOX_ONE"


def test_answers_behind_a_filter_that_changed_do_not_count(odd):
    for answer in ("AA.1", "YY.1", "ZZ.1", "AA.0"):
        odd.run("document.getElementById(arguments[0]).click()", answer)
    assert "ZZ" not in shown_items(odd)
    got = to_the_end(odd)
    assert got.reasons.loc[:, ["YY", "ZZ"]].iloc[0].tolist() == ["not_shown", "not_shown"]
    assert not got.log["rule"].isin(["hidden_by_filter"]).any()


@pytest.mark.parametrize(
    ("typed", "kept", "hint"),
    [
        ("1500000", 1_500_000, ""),
        ("12,5", 12.5, ""),
        ("1,250", None, "between the thousands"),
        ("1.250.000", None, "between the thousands"),
        ("1500001", None, "from 0 to 1500000"),
        ("-3", None, "from 0 to 1500000"),
        ("much", None, "from 0 to 1500000"),
        ("=1+1", None, "from 0 to 1500000"),
    ],
)
def test_a_number_is_taken_or_answered_in_words(odd, typed, kept, hint):
    odd.forward()
    odd.run("const f = document.getElementById('EURO'); f.value = arguments[0];"
            "f.dispatchEvent(new Event('change'))", typed)  # fmt: skip
    assert hint in odd.run("return document.getElementById('EURO.hint').textContent")
    if hint:  # nobody goes on over a wrong number: it is mended or taken out
        odd.run("const f = document.getElementById('EURO'); f.value = '';"
                "f.dispatchEvent(new Event('change'))")  # fmt: skip
    values = to_the_end(odd).data["EURO"].dropna().tolist()
    assert values == ([] if kept is None else [kept])


def test_a_number_without_limits_must_still_be_one(odd):
    odd.forward()
    odd.run("const f = document.getElementById('FREE'); f.value = 'many';"
            "f.dispatchEvent(new Event('change'))")  # fmt: skip
    hint = odd.run("return document.getElementById('FREE.hint').textContent")
    assert hint == "Please write a number."


def test_a_wrong_number_can_be_declined_instead(odd):
    odd.forward()
    odd.run("const f = document.getElementById('EURO'); f.value = 'much';"
            "f.dispatchEvent(new Event('change'))")  # fmt: skip
    odd.run("document.getElementById('EURO.-9').click()")
    odd.forward()
    assert odd.heading == "Grid"


def test_two_tabs_on_the_last_page_leave_each_other_alone(odd):
    to_the_end(odd)
    written = odd.run(
        "let n = 0; const set = Storage.prototype.setItem;"
        "Storage.prototype.setItem = function (...a) { n += 1; return set.apply(this, a); };"
        "const key = Object.keys(localStorage)[0];"
        "window.dispatchEvent(new StorageEvent('storage', {key, newValue: localStorage[key]}));"
        "return n"
    )
    assert written == 0
    assert odd.run(LAST_PAGE)


def test_a_number_can_be_declined(odd):
    odd.forward()
    odd.fill({"EURO": 5})
    odd.run("document.getElementById('EURO.-9').click()")
    assert odd.run("return document.getElementById('EURO').value") == ""
    assert to_the_end(odd).reasons["EURO"].tolist() == ["too_early"]


def test_forty_answers_half_steps_dates_and_poles_come_back(odd):
    person = {"AA": 1, "FORTY": 40, "FREE": -2.25, "DAY": "2026-02-28", "POLE": 4}
    person |= {"PH1_AC1": 0.5, "PH2_AC2": 1.5}
    odd.fill(person)
    odd.forward()
    spoken = odd.run("return document.getElementById('POLE.1').getAttribute('aria-label')")
    assert spoken == "1.5 towards: low pole"
    odd.fill(person)
    odd.forward()
    odd.fill(person)
    got = to_the_end(odd)
    assert got.data.loc[:, ["FORTY", "FREE", "POLE", "PH1_AC1", "PH2_AC2"]].iloc[0].tolist() == [
        40, -2.25, 4, 0.5, 1.5,
    ]  # fmt: skip
    assert got.context["DAY"].tolist() == ["2026-02-28"]


def test_a_cut_matrix_has_results_and_a_store_of_its_own(browser, odd, tmp_path):
    to_the_end(odd)
    cut = Page(browser, tmp_path, ODD, form="cut", fresh=False)
    assert cut.run("return document.getElementById('consent').checked") is False
    for _ in cut.each_page({"AA": 1, "PH1_AC1": 2, "PH2_AC2": 0.5}):
        pass
    cells = cut.run("return [...document.querySelectorAll('.heat td')].map(c => c.innerText)")
    assert [cell.strip() for cell in cells] == ["2", "", "", "0.5"]
    assert isv.read_responses(code_of(cut), cut.layout.instrument).form == "cut"


@pytest.mark.parametrize(
    "kept", ["null", "{", '{"answers": null, "place": 1}', '{"answers": {}, "place": 99}']
)
def test_a_damaged_store_begins_anew(browser, tmp_path, kept):
    page = Page(browser, tmp_path, "self-assessment")
    page.begin()
    page.run("localStorage.setItem(Object.keys(localStorage)[0], arguments[0]);"
             "Storage.prototype.setItem = () => {}", kept)  # fmt: skip
    page.open()
    assert page.run("return document.getElementById('consent').checked") is False


@pytest.mark.parametrize("language", ["en", "da"])
def test_results_show_the_numbers_that_python_gives(browser, tmp_path, language):
    page = Page(browser, tmp_path, "self-assessment", language=language)
    person = whole_rows(page.layout, person_of(page.layout, 21, missing_share=0))
    for _ in page.each_page(person):
        pass
    responses = expected_responses(page.layout, [person])
    scores = isv.score_scales(responses)
    lower, upper = scores.interval(0.9)
    shown = page.run(
        "const texts = (row) => [...row.cells].map((cell) => cell.innerText);"
        "return [...document.querySelectorAll('tbody tr')].map(texts)"
    )
    numbers = {row[0]: row[1:] for row in shown}
    for scale in ("convener", "facilitator", "catalyst"):
        title = page.layout.instrument.scale(scale).title.say(language)
        row = next(cells for name, cells in numbers.items() if name.startswith(title))
        expected = [scores.scores[scale].iloc[0], lower[scale].iloc[0], upper[scale].iloc[0]]
        words = [write_number(number, 1, language) for number in expected]
        assert re.findall(r"[\d.,]+", " ".join(row)) == words
    balance = isv.governance_balance(scores).to_frame().iloc[0]
    taken = isv.participation(responses).to_frame().iloc[0]
    expected = [balance["balance"], balance["hybridity"]]
    expected += [taken[key] for key in ("breadth", "reach", "intensity", "depth", "diversity")]
    written = [write_number(number, 2, language) for number in expected]
    assert [words for words in written if words not in {row[0] for row in numbers.values()}] == []
    heads = page.run("return [...document.querySelectorAll('thead th')].map(c => c.innerText)")
    assert heads.count({"en": "Number", "da": "Tal"}[language]) == 2
    said = isv.feedback(responses, language=language).sentences["text"]
    told = page.run("return document.querySelector('main').innerText")
    assert [text for text in said if text not in told] == []


@pytest.mark.parametrize(
    ("name", "language"),
    [*itertools.product(("self-assessment", "observer", "hostile"), ("en", "da")), (ODD, "en")],
)
def test_axe_finds_no_fault_and_nothing_scrolls_sideways(browser, tmp_path, name, language):
    page = Page(browser, tmp_path, name, language=language)
    person = person_of(page.layout, 7)
    browser.get_log("browser")
    for heading in page.each_page(person):
        for width in (360, 1280):
            for scheme in ("light", "dark"):
                page.resize(width, scheme)
                assert faults(browser) == [], (heading, width, scheme)
        page.resize(320, "light")
        assert page.run("return document.documentElement.scrollWidth") <= 320, heading
    assert browser.get_log("browser") == []
    assert page.run("return window.hacked === undefined")


def test_no_request_leaves_the_page(browser, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(1)
        page = Page(browser, tmp_path, "self-assessment")
        requests_of(browser)
        page.open()
        for _ in page.each_page(person_of(page.layout, 9)):
            pass
        assert requests_of(browser) == [page.path.as_uri()]
        # Even a script of somebody else, in markup that got into the page, reaches nobody.
        page.run(INJECT, f"http://127.0.0.1:{listener.getsockname()[1]}/")
        with pytest.raises(TimeoutError):
            listener.accept()
        assert page.run("return window.hacked === undefined")
        blocked = [entry["message"] for entry in browser.get_log("browser")]
        assert sum("Content Security Policy" in message for message in blocked) >= 3


INJECT = """
const url = arguments[0];
document.body.insertAdjacentHTML('beforeend', `<img src="${url}img">
<style>body{background:url(${url}css)}</style>
<a id="x" href="#" onclick="window.hacked = 1">x</a>`);
document.getElementById('x').click();
fetch(url + 'fetch').catch(() => {});
navigator.sendBeacon(url + 'beacon');
"""


def test_the_page_is_small_and_ready_at_once(browser, tmp_path):
    page = Page(browser, tmp_path, "self-assessment")
    assert page.path.stat().st_size < 150_000
    times = []
    for _ in range(3):
        page.open()
        times.append(
            page.run("return performance.getEntriesByName('innovsurvey-ready')[0].startTime")
        )
    assert min(times) < 300


def test_the_page_prints_all_results(browser, tmp_path):
    page = Page(browser, tmp_path, "self-assessment")
    for _ in page.each_page(person_of(page.layout, 2)):
        pass
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    hidden = page.run("return getComputedStyle(document.querySelector('.buttons')).display")
    shown = page.run("return getComputedStyle(document.querySelector('.figure')).display")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert (hidden, shown) == ("none", "block")


def test_the_page_turns_round_for_languages_from_right_to_left(browser, tmp_path):
    source = HOSTILE.read_text(encoding="utf-8").replace("name: Dansk\n    direction: ltr", RTL)
    path = tmp_path / "turned.yaml"
    path.write_text(source, encoding="utf-8")
    page = Page(browser, tmp_path, str(path), language="da")
    assert page.run("return document.documentElement.dir") == "rtl"
    for heading in page.each_page(person_of(page.layout, 4)):
        for width in (320, 1280):
            page.resize(width, "light")
            assert page.run("return document.documentElement.scrollWidth") <= width, heading
        pole = page.run("return document.querySelector('.left')?.getBoundingClientRect().left ?? 0")
        end = page.run("return document.querySelector('.right')?.getBoundingClientRect().left ?? 0")
        assert pole >= end, heading


@pytest.mark.parametrize("name", [*isv.list_forms()["id"], "hostile"])
def test_the_model_inside_is_inert_and_whole(name):
    page = write_html(layout_of(name)).decode()
    model = re.search(r'<script type="application/json" id="model">(.*?)</script>', page, re.DOTALL)
    assert not set(model[1]) & set("<>&")
    asked = [c["name"] for p in json.loads(model[1])["pages"] for q in p["questions"]
             for c in q["cells"]]  # fmt: skip
    assert asked == [cell.name for q in layout_of(name).questions for cell in q.cells]
    assert page.count("<script") == 2
    assert write_html(layout_of(name)).decode() == page


@pytest.mark.parametrize("language", ["en", "da"])
def test_the_page_has_every_word_that_its_scripts_say(language):
    said = set(re.findall(r'\bsay\(\s*"(\w+)"', page_script()))
    assert len(said) > 30
    assert said - set(page_words(language)) == set()
    assert set(page_words("en")) == set(page_words(language))
