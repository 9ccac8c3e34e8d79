#!/usr/bin/env python3
"""Runs a real shop through three cycles: outlook, plan, purchase orders, tracking, the next cycle.

    tests/bench/cycle.py DATA [--sopc FILE] [--items N] [--cycles N] [--out FOLDER]

DATA is the folder of UCI Online Retail by month (Chen, Sain, Guo 2012, doi 10.24432/C5BW33, CC BY 4.0), which is no part of this
repository: items.csv (StockCode, description, median_price, units, modal_qty) and monthly_item_channel.csv (stock_code, channel,
month, units, units_returned, revenue_gbp). Without it the script says so and ends with 0.

The shop begins on 2011-09-01 with nine months of history and an outlook of twelve. September, October and November are those of
the data: what was really asked for, and at which price. What is not in it follows a rule: unit cost is half the median price, the order
multiple the most frequent quantity, MOQ six multiples, supplier and lead time hang on the digits of the code, and every seventh line
comes ten days late, every eleventh a fifth short. Room, budget and what suppliers can make are 90 % of the most that a first plan
uses of them without limits. An item sells what is asked for as far as it is there.

FOLDER gets the project and, in reports/, a plan, a tracking and a review of each cycle. Where there is Chromium, those in HTML are opened in it, in
light, dark, on a narrow screen and on paper, and the pictures stand beside them. Ends with 1 where a command fails, where a plan does not agree with
its inputs, where parts of a difference do not add up, or where a page asks for something, complains, or is wider than its window.
"""

import argparse
import calendar
import collections
import csv
import datetime
import decimal
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

Decimal = decimal.Decimal
CENT = Decimal("0.01")
CHANNELS = {"uk": 0, "ie": 14, "eu": 14, "row": 14}  # days until a sale is paid out
START = datetime.date(2011, 9, 1)
OPENING_CASH = Decimal(150_000)
RENT = Decimal(20_000)
SUPPLIERS = 40


def month_after(day):
    return (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)


def label(day):
    return f"{day:%Y-%m}"


def text(value):
    """A text as TOML writes it."""
    return json.dumps(value)


class Data:
    """The items that sold most before the start, and what was sold of them."""

    def __init__(self, folder, count):
        sales = collections.defaultdict(lambda: [0, Decimal(0)])
        revenue = collections.Counter()
        with open(folder / "monthly_item_channel.csv", newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                net = max(0, int(row["units"]) - int(row["units_returned"]))
                price = Decimal(row["revenue_gbp"]) / max(1, int(row["units"]))
                key = row["stock_code"], row["channel"], row["month"]
                sales[key] = [net, price.quantize(Decimal("0.0001"))]
                if row["month"] < label(START):
                    revenue[row["stock_code"]] += net * price
        with open(folder / "items.csv", newline="", encoding="utf-8") as file:
            rows = {row["StockCode"]: row for row in csv.DictReader(file)}
        codes = [code for code, _ in revenue.most_common() if Decimal(rows[code]["median_price"]) > 0][:count]
        self.items = {code: rows[code] for code in sorted(codes)}
        self.sales = {key: value for key, value in sales.items() if key[0] in self.items}

    def sold(self, month):
        """Units asked for and their price, by item and channel."""
        return {key[:2]: value for key, value in self.sales.items() if key[2] == month and value[0] > 0}


def digits(code):
    return int("".join(letter for letter in code if letter.isdigit()) or 0)


def category(price):
    return next((name for most, name in [(1, "below-1"), (3, "1-to-3"), (10, "3-to-10")] if price < most), "above-10")


def limits(root, found):
    """Writes what there is of room, of money to buy for, and of suppliers' time: nine tenths of what `found` says is used."""
    amount = lambda kind, of: str((found[kind, of] * 9 / 10).quantize(Decimal(1))) if found else "999999999"
    files = {
        "operations/room.toml": f"[location.main]\nstorage-capacity = {amount('storage-capacity', 'main')}\n",
        "finance/budget.toml": f"[[budget]]\nid = \"open-to-buy\"\npurchases = {amount('budget', 'open-to-buy')}\n",
        "operations/capacity.toml": "\n".join(
            f"[supplier.s{number:02}]\ncapacity = {amount('supplier-capacity', f's{number:02}')}\n"
            for number in range(SUPPLIERS) if not found or found.get(("supplier-capacity", f"s{number:02}"))
        ),
    }
    for path, content in files.items():
        (root / path).write_text(content, encoding="utf-8")


def most_used(plan):
    """The most that is used of each limit in a bucket."""
    found = {}
    for row in plan["capacity"]:
        key = row["kind"], row["of"]
        found[key] = max(found.get(key, Decimal(0)), Decimal(row["used"]))
    return found


def project(data, root):
    """Writes the project."""
    items, lanes, stock = [], [], ["item,location,on-hand"]
    history = ["item,channel,bucket,units"]
    for (code, channel, month), (units, _) in sorted(data.sales.items()):
        if month < label(START) and units > 0:
            history.append(f"{code},{channel},{month},{units}")
    for code, row in data.items.items():
        price = Decimal(row["median_price"])
        multiple = max(1, int(row["modal_qty"]))
        items.append(
            f"[item.{text(code)}]\nname = {text(row['description'])}\ncategory = \"{category(price)}\"\n"
            f"unit-volume = 0.004\nprice = {price:.2f}\n"
        )
        lanes.append(
            f"[[lane]]\nwhere = {{ item = {text(code)} }}\nsupplier = \"s{digits(code) % SUPPLIERS:02}\"\nlocation = \"main\"\n"
            f"lead-days = {45 + 15 * (digits(code) % 4)}\nunit-cost = {price / 2:.3f}\nmultiple = {multiple}\nmoq = {6 * multiple}\n"
        )
        recent = sum(data.sales.get((code, channel, month), [0])[0] for channel in CHANNELS for month in ("2011-07", "2011-08"))
        stock.append(f"{code},main,{recent}")
    suppliers = [
        f"[supplier.s{number:02}]\npayment = [{{ share = 0.3, at = \"order\" }}, {{ share = 0.7, at = \"receipt\" }}]\n"
        for number in range(SUPPLIERS)
    ]
    channels = [f"[channel.{name}]\nship-from = [\"main\"]\npayout-days = {days}\n" for name, days in CHANNELS.items()]
    files = {
        "sop.toml": "[plan]\nlanguage = 1\nname = \"UCI Online Retail\"\ncycle = \"2011-09\"  # named after its first month\n"
        "as-of = 2011-09-01\nbucket = \"month\"\nhorizon = 12\ntail = 2\ncurrency = \"GBP\"\nfrozen-days = 7\n\n"
        "[economics]\nholding-rate = 0.2\nsafety-shortfall-rate = 0.02\nchange-cost = 0.005\n",
        "operations/items.toml": "\n".join(items),
        "operations/suppliers.toml": "\n".join(suppliers),
        "operations/lanes.toml": "\n".join(lanes),
        "operations/stock.toml": "# Counted on the first morning of a cycle.\n[[csv]]\ntable = \"stock\"\npath = \"data/stock.csv\"\n",
        "data/stock.csv": "\n".join(stock) + "\n",
        "sales/channels.toml": "\n".join(channels),
        "sales/outlook.toml": "# Gifts sell in autumn; nine months of history do not know that yet.\n"
        "[assumption.growth]\nvalue = 0.05\nowner = \"sales\"\nreason = \"new customers since spring\"\n\n"
        "[[outlook]]\nmethod = \"average\"\nover = 3\ngrowth = { assume = \"growth\" }\n\n"
        "[[adjust]]\nid = \"christmas\"\nduring = \"2011-09..2011-11\"\nfactor = 1.3\nowner = \"sales\"\nreason = \"Christmas is bought early\"\n\n"
        "[[csv]]\ntable = \"history\"\npath = \"data/history.csv\"\n",
        "data/history.csv": "\n".join(history) + "\n",
        "finance/cash.toml": f"[cash]\nopening = {OPENING_CASH}  # by the bank\nminimum = 10000\n\n"
        f"[[cash-flow]]\nname = \"rent and wages\"\namount = -{RENT}\n",
    }
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content, encoding="utf-8")
    return {row.split(",")[0]: int(row.split(",")[2]) for row in stock[1:]}


class World:
    """What really happens: stock, deliveries under way, the bank."""

    def __init__(self, stock):
        self.stock = dict(stock)
        self.coming = []  # (day, item, supplier, units)
        self.bank = OPENING_CASH
        self.arriving = Decimal(0)  # sold, and paid out in the month that follows
        self.lines = 0

    def place(self, plan, until):
        """Lines that the plan releases before `until`."""
        for order in plan["orders"] + plan["tail"]:
            released = order.get("release_date")
            if order["action"] in ("new", "committed") and released and released < str(until):
                self.lines += 1
                late = 10 if self.lines % 7 == 0 else 0
                units = order["units"] * 4 // 5 if self.lines % 11 == 0 else order["units"]
                day = datetime.date.fromisoformat(order["usable_date"]) + datetime.timedelta(days=late)
                self.coming.append((day, order["item"], order["supplier"], units))

    def month(self, data, plan, start):
        """Rows of actuals of a month."""
        end = month_after(start)
        days = calendar.monthrange(start.year, start.month)[1]
        rows = []
        self.place(plan, end)
        for delivery in sorted(self.coming):
            day, item, supplier, units = delivery
            if day < end and units > 0:
                rows.append(dict(kind="receipt", item=item, location="main", supplier=supplier, units=units, on=max(day, start)))
                self.stock[item] += units
        self.coming = [delivery for delivery in self.coming if delivery[0] >= end]
        self.bank += self.arriving - RENT
        self.arriving = Decimal(0)
        for (item, channel), (asked, price) in sorted(data.sold(label(start)).items()):
            units = min(asked, self.stock[item])
            self.stock[item] -= units
            if units:
                rows.append(dict(kind="sale", item=item, channel=channel, units=units, price=price, bucket=label(start)))
                share = Decimal(max(0, days - CHANNELS[channel])) / days
                self.bank += (units * price * share).quantize(CENT)
                self.arriving += (units * price * (1 - share)).quantize(CENT)
        due = collections.Counter()
        for order in plan["orders"] + plan["tail"]:
            for payment in order["payments"]:
                if payment["date"] < str(end):
                    due[order["supplier"]] += Decimal(payment["amount"])
        for supplier, amount in sorted(due.items()):
            rows.append(dict(kind="payment", supplier=supplier, amount=amount, on=end - datetime.timedelta(days=1)))
            self.bank -= amount
        rows += [dict(kind="stock", item=item, location="main", units=units, on=end) for item, units in self.stock.items()]
        return rows


COLUMNS = ["kind", "item", "channel", "location", "supplier", "units", "price", "amount", "on", "bucket"]


def write_rows(path, rows):
    """Writes a file of actuals: rows tell of a day or of a month."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


class Sopc:
    def __init__(self, program, root):
        self.program, self.root = program, root
        self.seconds = collections.Counter()

    def __call__(self, *words, out=None):
        begun = time.monotonic()
        run = subprocess.run([self.program, *map(str, words)], cwd=self.root, capture_output=True, text=True)
        self.seconds[words[0]] = max(self.seconds[words[0]], time.monotonic() - begun)
        if run.returncode != 0:
            sys.exit(f"sopc {' '.join(map(str, words))} ended with {run.returncode}\n{run.stdout[-2000:]}{run.stderr[-4000:]}")
        if out:
            out.write_text(run.stdout, encoding="utf-8")
        return run.stdout


def check_sums(tracking):
    """The parts of every difference come to it."""
    names = ["demand", "supply", "price", "mix", "unplanned"]
    for row in tracking["sales"] + [tracking]:
        parts = row["variance"]
        if sum(Decimal(parts[name]) for name in names) != Decimal(parts["total"]):
            sys.exit(f"parts do not add up: {row}")


# How a page is looked at: what the picture is called, the window, and more for the browser.
VIEWS = [
    ("light", "1280,2600", []),
    ("dark", "1280,2600", ["--blink-settings=preferredColorScheme=0"]),
    ("narrow", "390,2600", []),
]
# A page runs no scripts, so that a frame around it measures how wide it is.
FRAME = (
    "<!doctype html><meta charset=utf-8><title>?</title><iframe id=f style='border:0;width:100%;height:4000px' src='{}'></iframe>"
    "<script>f.onload=()=>{{const d=f.contentDocument.documentElement;document.title=d.scrollWidth<=d.clientWidth+1?'fits':'wide'}}</script>"
)


def opened(page):
    """Draws a page in Chromium; false where there is none. A page that asks for anything from elsewhere, or tells of an error, ends the run."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not browser:
        return False
    with tempfile.TemporaryDirectory() as profile:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--hide-scrollbars"]
        flags += ["--disable-component-update", "--disable-sync", f"--user-data-dir={profile}", "--enable-logging=stderr"]

        def look(*words, made=None):
            run = subprocess.run([browser, *flags, *words], capture_output=True, text=True, timeout=300)
            if "CONSOLE" in run.stderr or made and not made.is_file():
                sys.exit(f"{page} does not open: {run.stderr[-2000:]}")
            return run.stdout

        for name, window, more in VIEWS:
            picture = page.with_name(f"{page.stem}-{name}.png")
            look(f"--window-size={window}", *more, f"--screenshot={picture}", page.as_uri(), made=picture)
        paper = page.with_suffix(".pdf")
        look("--no-pdf-header-footer", f"--print-to-pdf={paper}", page.as_uri(), made=paper)
        around = page.with_name(f"{page.stem}-around.html")
        around.write_text(FRAME.format(page.name), encoding="utf-8")
        for window in ["1280,4000", "390,4000"]:
            frame = [f"--window-size={window}", "--allow-file-access-from-files", "--virtual-time-budget=5000", "--dump-dom"]
            if "<title>fits</title>" not in look(*frame, around.as_uri()):
                sys.exit(f"{page} is wider than a window of {window}")
        around.unlink()
    return True


def months_after(day, count):
    months = []
    for _ in range(count):
        day = month_after(day)
        months.append(day)
    return months


def track_and_roll(sopc, data, world, cycle, reports, page):
    """What came of a month, held against its plan; then the next cycle's inputs."""
    name, day, approved = cycle
    actuals = reports / f"actuals-{name}.csv"
    write_rows(actuals, world.month(data, json.loads(approved.read_text()), day))
    tracking = json.loads(sopc("track", "--actuals", actuals, "--format", "json", out=reports / f"track-{name}.json"))
    check_sums(tracking)
    sopc("track", "--actuals", actuals, out=reports / f"track-{name}.txt")
    page(f"track-{name}", "track", "--actuals", actuals)
    variance = tracking["variance"]
    revenue = next(metric for metric in tracking["metrics"] if metric["name"] == "revenue")
    parts = " ".join(f"{Decimal(variance[part]):>{width},.0f}" for part, width in
                     [("demand", 11), ("supply", 11), ("price", 10), ("mix", 10), ("unplanned", 10)])
    print(f"{name:8} {Decimal(revenue['plan']):>12,.0f} {Decimal(revenue['actual']):>12,.0f} {parts}", flush=True)
    files = lambda: {path: path.read_bytes() for path in sopc.root.rglob("*") if path.is_file()}
    before = files()
    sopc("roll", "--actuals", actuals, "--opening-cash", world.bank, "--dry-run")
    if before != files():
        sys.exit("a dry run wrote something")
    sopc("roll", "--actuals", actuals, "--opening-cash", world.bank, out=reports / f"roll-{name}.txt")
    sopc("check")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--sopc", default="target/release/sopc")
    parser.add_argument("--items", type=int, default=sys.maxsize, help="those that sold most [default: all]")
    parser.add_argument("--cycles", type=int, default=3, choices=[1, 2, 3])
    parser.add_argument("--out", type=pathlib.Path)
    asked = parser.parse_args()
    if not (asked.data / "monthly_item_channel.csv").is_file():
        print(f"skipped: {asked.data} has no monthly_item_channel.csv of UCI Online Retail")
        return
    program = shutil.which(asked.sopc)
    if not program:
        sys.exit(f"{asked.sopc} cannot be run: cargo build --release")
    out = asked.out or pathlib.Path(tempfile.mkdtemp(prefix="sopc-cycle-"))
    out = out.resolve()
    root, reports = out / "shop", out / "reports"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    reports.mkdir(exist_ok=True)
    data = Data(asked.data, asked.items)
    world = World(project(data, root))
    sopc = Sopc(str(pathlib.Path(program).resolve()), root)
    limits(root, None)
    limits(root, most_used(json.loads(sopc("plan", "--format", "json"))))
    sopc("check")
    pages = []

    def page(name, *words):
        pages.append(reports / f"{name}.html")
        sopc(*words, "--format", "html", "--out", pages[-1])

    day, before = START, None
    print(f"{len(data.items)} items")
    print(f"{'cycle':8} {'planned':>12} {'came':>12} {'demand':>11} {'supply':>11} {'price':>10} {'mix':>10} {'unplanned':>10}")
    for cycle in [label(day)] + [label(month) for month in months_after(day, asked.cycles)]:
        last = cycle == label(months_after(START, asked.cycles)[-1])
        name = root / f"{cycle}.plan.json"
        sopc("outlook", out=reports / f"outlook-{cycle}.txt")
        sopc("plan", "--out", name)
        sopc("verify", name)
        sopc("approve", "--plan", name)
        name.unlink()
        approved = root / f"cycles/{cycle}.plan.json"
        page(f"plan-{cycle}", "plan", "--plan", approved)
        sopc("plan", "--plan", approved, out=reports / f"plan-{cycle}.txt")
        sopc("metrics", "--plan", approved, out=reports / f"metrics-{cycle}.txt")
        if before:
            page(f"diff-{cycle}", "diff", "--plan", approved, "--against", before)
            sopc("diff", "--plan", approved, "--against", before, out=reports / f"diff-{cycle}.txt")
        before = f"cycle:{cycle}"
        if last:
            break
        sopc("orders", "--bucket", cycle, "--out", reports / f"orders-{cycle}")
        track_and_roll(sopc, data, world, (cycle, day, approved), reports, page)
        day = month_after(day)
    drawn = [opened(one.resolve()) for one in pages]
    told = "opened in Chromium" if all(drawn) else "no Chromium to open them in"
    print("seconds at most:", ", ".join(f"{command} {seconds:.1f}" for command, seconds in sopc.seconds.items()))
    print("kB:", ", ".join(f"{one.stem} {one.stat().st_size // 1000}" for one in pages))
    print(f"{len(pages)} pages, {told}; all in {out}")


if __name__ == "__main__":
    main()
