# SPDX-License-Identifier: GPL-2.0-only
# Opens the page FILE in headless Chromium, does with it what people do, and prints what it saw, a
# line for each. Prints "skip: REASON" where there is no Chromium or no selenium.
import os
import shutil
import sys
import tempfile

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    sys.exit("skip: python3-selenium is not installed")

browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
if not browser or not driver:
    sys.exit("skip: chromium and chromium-driver are not installed")


def opened(page, scheme):
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--window-size=1280,1000"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    window = webdriver.Chrome(service=Service(driver), options=options)
    window.execute_cdp_cmd("Emulation.setEmulatedMedia",
                           {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    window.get("file://" + page)
    return window


def one(window, selector):
    return window.find_element(By.CSS_SELECTOR, selector)


def ground(window):
    return window.execute_script("return getComputedStyle(document.body).backgroundColor")


def look(window):
    count = lambda: int(one(window, "#f-count").text.split()[0].replace(",", ""))
    whole = count()
    print("points", whole)
    print("ready", window.execute_script("return 'ready' in document.documentElement.dataset"))
    window.execute_script("setFilter({ text: 'no such words' })")
    print("none", count())
    one(window, "#filter button[type=reset]").send_keys(Keys.ENTER)
    window.implicitly_wait(2)
    window.execute_async_script("setTimeout(arguments[0], 300)")
    print("cleared", count() == whole)

    # By keyboard: from the first cell to the points of it.
    first = one(window, "#heat td button[tabindex='0']")
    first.send_keys(Keys.ARROW_RIGHT)
    focus = window.switch_to.active_element
    print("moved", focus.tag_name == "button" and focus != first)
    focus.send_keys(Keys.ENTER)
    print("filtered", 0 < count() < whole, window.switch_to.active_element.get_attribute("id"))
    one(window, "body").send_keys("/")
    print("slash", window.switch_to.active_element.get_attribute("id"))
    window.execute_script("setFilter({ text: '', call: '', place: '', kernel: '' })")

    one(window, "#causes summary").click()
    window.execute_async_script("setTimeout(arguments[0], 200)")
    buttons = window.find_elements(By.CSS_SELECTOR, "#causes button")
    copy = [button for button in buttons if button.text == "Copy mail"][0]
    copy.click()
    window.execute_async_script("setTimeout(arguments[0], 300)")
    print("copy", copy.text)
    wide = window.execute_script("return document.documentElement.scrollWidth > innerWidth")
    print("wide", wide)
    print("complaints", len(window.get_log("browser")))


with tempfile.TemporaryDirectory() as directory:
    page = os.path.join(directory, "page.html")
    shutil.copyfile(sys.argv[1], page)
    light, dark = None, None
    try:
        light = opened(page, "light")
        look(light)
        if len(sys.argv) > 2:
            light.save_screenshot(sys.argv[2] + "-light.png")
        dark = opened(page, "dark")
        print("dark", ground(dark) != ground(light))
        if len(sys.argv) > 2:
            dark.save_screenshot(sys.argv[2] + "-dark.png")
    finally:
        for window in (light, dark):
            if window:
                window.quit()
