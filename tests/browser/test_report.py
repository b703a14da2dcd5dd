"""The page of `pyaot explain --html` in headless Chromium: clicks, keys, light and dark, no errors.

Skipped where there is no Chromium with its driver (Debian: apt-get install chromium chromium-driver).
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyaot.page.html import html_of
from tests.unit.page.pages import MANY, Timed, item, many, page_for
from tests.unit.page.test_html import HOSTILE

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")

from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.remote.webelement import WebElement  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None, reason="there is no Chromium with chromedriver on this machine"
)

SIZE = (1400, 900)
SWITCHES = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
ODD = {"hostile": HOSTILE, "empty": "", "python": "def f(x):\n    return x\n"}


class Browser:
    """A page in a browser, in words of these tests."""

    def __init__(self, driver: "webdriver.Chrome", folder: Path) -> None:
        self.driver, self.folder = driver, folder

    def open(self, html: str, address: str = "") -> None:
        """Shows a page."""
        path = self.folder / "report 'a' & b.html"
        path.write_text(html, encoding="utf-8")
        self.driver.get("about:blank")
        self.driver.get(path.as_uri() + address)

    def all(self, selector: str) -> list[WebElement]:
        """The elements, hidden ones too."""
        found: list[WebElement] = self.driver.find_elements(By.CSS_SELECTOR, selector)
        return found

    def visible(self, selector: str) -> list[str]:
        """The ids of the elements that can be seen."""
        return [one.get_attribute("id") or "" for one in self.all(selector) if one.is_displayed()]

    def button(self, number: int) -> WebElement:
        """The button of an item in the source."""
        (found,) = self.all(f"button.item[data-item='{number}']")
        return found

    def press(self, *keys: str) -> None:
        """Keys go to what has the focus."""
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def scheme(self, name: str) -> None:
        """Light or dark, as the system would ask for it."""
        features = [{"name": "prefers-color-scheme", "value": name}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def style(self, selector: str, name: str) -> str:
        """A computed style."""
        script = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
        return str(self.driver.execute_script(script, selector, name))

    def errors(self) -> list[str]:
        """What the console has been told."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("browser")
    options = webdriver.ChromeOptions()
    for switch in (*SWITCHES, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(switch)
    options.binary_location = CHROMIUM
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.set_window_size(*SIZE)
    try:
        yield Browser(driver, folder)
    finally:
        driver.quit()


@pytest.fixture
def page(browser: Browser) -> Iterator[Browser]:
    """The page of a program with loops of many sorts; at the end the console is empty."""
    browser.scheme("light")
    browser.open(html_of(many()))
    yield browser
    assert browser.errors() == []


def _number(title: str, line: int = 0) -> int:
    return item(many(), title, line).number


def test_nothing_is_open_at_first(page: Browser) -> None:
    assert page.visible("article") == []
    assert page.visible("#overview") == ["overview"]


def test_a_click_opens_the_details(page: Browser) -> None:
    number = _number("for i in range(1, x.shape[0])")
    page.button(number).click()
    assert page.visible("article") == [f"item-{number}", f"instance-{item(many(), 'def scan').instances[0]}"]
    assert page.button(number).get_attribute("aria-expanded") == "true"
    shown = page.driver.find_element(By.ID, f"item-{number}")
    assert "must stay in order" in shown.text and "PA401" in shown.text
    assert shown.find_element(By.TAG_NAME, "svg").is_displayed()
    assert page.visible("#overview") == []
    assert page.driver.current_url.endswith(f"#item-{number}")


def test_another_click_shows_the_other_one_alone(page: Browser) -> None:
    first, second = _number("for i in range(1, x.shape[0])"), _number("t + b")
    page.button(first).click()
    page.button(second).click()
    assert [name for name in page.visible("article") if name.startswith("item-")] == [f"item-{second}"]
    expanded = page.all("button.item[aria-expanded='true']")
    assert [one.get_attribute("data-item") for one in expanded] == [str(second)]


def test_generated_lines_of_the_loop_are_marked(page: Browser) -> None:
    page.button(_number("for k in range(x.shape[0])")).click()
    marked = [one.text for one in page.all("li.for-item") if one.is_displayed()]
    assert any("for (int64_t k" in text for text in marked)
    assert not any("PyObject *answer" in text for text in marked)


def test_of_a_function_no_lines_are_marked(page: Browser) -> None:
    page.button(_number("for k in range(x.shape[0])")).click()
    page.button(_number("def scan")).click()
    assert page.all("li.for-item") == [] and page.visible("article")[0] == f"item-{_number('def scan')}"


def test_every_item_can_be_opened(page: Browser) -> None:
    for one in many().items:
        page.button(one.number).click()
        assert f"item-{one.number}" in page.visible("article")


def test_keys_alone_are_enough(page: Browser) -> None:
    """Tab to the first button, Enter, Escape back to it, on to the next one."""
    page.driver.execute_script("document.querySelector('#source .scroll').focus()")
    page.press(Keys.TAB, Keys.ENTER)
    assert page.visible("article")[0] == "item-0"
    assert page.driver.switch_to.active_element.get_attribute("id") == "title-0"
    page.press(Keys.ESCAPE)
    assert page.visible("article") == []
    assert page.driver.switch_to.active_element.get_attribute("data-item") == "0"
    page.press(Keys.TAB, Keys.SPACE)
    assert page.visible("article")[0] == "item-1"
    page.press("n")
    assert page.visible("article")[0] == "item-2"
    page.press("p", "p", "p")
    assert page.visible("article")[0] == f"item-{len(many().items) - 1}"


def test_the_overview_opens_too(page: Browser) -> None:
    number = _number("while s < n")
    page.all(f"#overview button[data-item='{number}']")[0].click()
    assert page.visible("article")[0] == f"item-{number}"
    page.driver.find_element(By.ID, "close").click()
    assert page.visible("#overview") == ["overview"]


def test_an_address_opens_an_item(page: Browser) -> None:
    number = _number("a @ b")
    page.open(html_of(many()), f"#item-{number}")
    assert page.visible("article")[0] == f"item-{number}"


def _luminance(colour: str) -> float:
    channels = [int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(first: str, second: str) -> float:
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_both_schemes(scheme: str, page: Browser) -> None:
    page.scheme(scheme)
    ground = page.style("body", "backgroundColor")
    assert (_luminance(ground) < 0.1) == (scheme == "dark")
    assert _contrast(page.style("body", "color"), ground) > 7
    assert _contrast(page.style(".quiet", "color"), ground) > 4.5
    for fate in {one.fate.value for one in many().items}:
        selector = f"button.item.{fate}"
        assert _contrast(page.style(selector, "color"), page.style(selector, "backgroundColor")) > 4.5


def test_fates_have_colours_of_their_own(page: Browser) -> None:
    fates = {one.fate.value for one in many().items}
    assert len({page.style(f"button.item.{fate}", "backgroundColor") for fate in fates}) == len(fates)


def test_narrow_windows_do_not_scroll_sideways(page: Browser) -> None:
    page.driver.set_window_size(600, 900)
    try:
        page.button(_number("for i in range(1, x.shape[0])")).click()
        script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.driver.execute_script(script) <= 0
    finally:
        page.driver.set_window_size(*SIZE)


def test_times_are_shown(page: Browser) -> None:
    call = Timed("prog.py", "scan", "native", 4, 0, 0.008, 0.001, ((1000,),))
    page.open(html_of(page_for(MANY, [call])))
    page.button(_number("for k in range(x.shape[0])")).click()
    (table,) = [one for one in page.all("[aria-label='Measured time'] table") if one.is_displayed()]
    assert "2 ms" in table.text


@pytest.mark.parametrize("name", ODD)
def test_odd_programs_have_a_page_without_errors(name: str, page: Browser) -> None:
    text = ODD[name]
    page.open(html_of(page_for(text)))
    assert page.all("h1")[0].text == "prog.py"
    assert page.driver.title == "prog.py: what pyaot made of it"
    for button in page.all("button.item"):
        button.click()
        assert len(page.visible("article")) >= 1
    assert len(page.all("script")) == 1 and page.all("img") == []
    shown = "\n".join(one.get_attribute("textContent") or "" for one in page.all(".source code"))
    assert ("<script>alert(1)</script>" in shown) == (text == HOSTILE)
