"""Use the offline page as a person would: by keyboard, in a real browser."""

import contextlib
import json
from pathlib import Path

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from innovsurvey.questionnaire.html_page import write_html

from .answers import is_shown, layout_of

AXE = Path(__file__).parent.parent / "data/axe/axe.min.js"
FIRST_PAGE = "return document.querySelector('#consent') !== null"
LAST_PAGE = "return document.querySelector('#code') !== null"


class Page:
    """One questionnaire, open in the browser."""

    def __init__(self, browser, folder, name, *, language="en", fresh=True, **options):
        self.browser = browser
        self.layout = layout_of(name, **options)
        self.path = folder / f"{self.layout.id}.html"
        self.path.write_bytes(write_html(self.layout))
        self.language = language
        self.open()
        if fresh:  # all local files share one store, which another test may have left full
            self.run("localStorage.clear(); Storage.prototype.setItem = () => {}")
            self.open()

    def open(self, *, width=1280, scheme="light"):
        """Open the page anew, as on a device of this width."""
        self.resize(width, scheme)
        self.browser.get(self.path.as_uri())
        if self.run("return document.documentElement.lang") != self.language:
            self.choose_language(self.language)

    def resize(self, width, scheme):
        """Change the window and the colours."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def run(self, script, *arguments):
        """Run a script in the page."""
        return self.browser.execute_script(script, *arguments)

    def press(self, *keys):
        """Press keys one after the other, wherever the focus is."""
        actions = ActionChains(self.browser, duration=0)
        for key in keys:
            actions.send_keys(key)
        actions.perform()

    @property
    def focused(self):
        """The id of what has the focus, or its text."""
        return self.run("const e = document.activeElement; return e.id || e.textContent")

    def tab_to(self, target, limit=400):
        """Press Tab until something has the focus; fail where it never gets there."""
        for _ in range(limit):
            if self.focused == target:
                return
            self.press(Keys.TAB)
        message = f"{target} cannot be reached by keyboard"
        raise AssertionError(message)

    def choose_language(self, code):
        """Choose a language."""
        self.run(
            "const s = document.querySelector('#languages select'); s.value = arguments[0];"
            "s.dispatchEvent(new Event('change'))",
            code,
        )

    @property
    def heading(self):
        """The heading of the page shown."""
        return self.run("return document.querySelector('h2').textContent")

    def begin(self):
        """Agree and begin."""
        self.run("document.getElementById('consent').click()")
        self.forward()

    def forward(self):
        """Go on by the main button."""
        self.run("[...document.querySelectorAll('.buttons .main')].at(-1).click()")

    def each_page(self, person=None):
        """Walk through all pages, the first and the last one too, giving answers on the way."""
        yield self.heading
        self.begin()
        while not self.run(LAST_PAGE):
            self.fill(person or {})
            yield self.heading
            self.forward()
        yield self.heading

    def fill(self, person):
        """Give the answers of a person on the page shown."""
        for question in self.layout.questions:
            if not is_shown(question.show_if, person):
                continue
            given = {c.name: person[c.name] for c in question.cells if c.name in person}
            skipped = [o.value for o in question.options if o.reason == "not_reached"]
            whole = bool(skipped) and len(given) == len(question.cells)
            if whole and set(given.values()) == set(skipped):
                self.run(FILL_WHOLE_ROW, question.code)
            else:
                self.run(FILL, given, question.kind)


FILL_WHOLE_ROW = "const b = document.getElementById(arguments[0]); if (b && !b.checked) b.click()"
FILL = """
for (const [name, value] of Object.entries(arguments[0])) {
  const radio = document.getElementById(`${name}.${value}`);
  const field = document.getElementById(name);
  if (radio) { if (!radio.checked) radio.click(); }
  else if (field && field.type === 'checkbox') {
    if (field.checked !== (value === 1)) field.click();
  }
  else if (field) { field.value = String(value); field.dispatchEvent(new Event('change')); }
}
"""


def requests_of(browser):
    """Give what the browser has asked for since the last call."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [
        e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"
    ]
    return [url for url in sent if not url.startswith(("data:", "blob:"))]


def faults(browser):
    """Let axe look for faults: WCAG 2.2 AA and best practice."""
    browser.execute_script(f"if (!window.axe) {{ {AXE.read_text(encoding='utf-8')} }}")
    found = browser.execute_async_script(
        "const done = arguments[0];"
        "const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];"
        "const brief = (found) => [found.id, found.nodes.map(node => node.html)];"
        "axe.run(document, {runOnly: tags}).then(r => done(r.violations.map(brief)))"
    )
    return [fault for fault in found if fault]


@contextlib.contextmanager
def downloads(browser, folder):
    """Let the browser save downloads in a folder."""
    folder.mkdir(exist_ok=True)
    browser.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)}
    )
    yield folder
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "deny"})
