#!/usr/bin/env python3
"""Runs a real shop through three cycles: outlook, plan, purchase orders, tracking, the next cycle.

    tests/bench/cycle.py DATA [--sopc FILE] [--items N] [--cycles N] [--out FOLDER]

DATA is the folder of UCI Online Retail by month (Chen, Sain, Guo 2012, doi 10.24432/C5BW33, CC BY 4.0), which is no part of this
repository: items.csv (StockCode, description, median_price, units, modal_qty) and monthly_item_channel.csv (stock_code, channel,
month, units, units_returned, revenue_gbp). Without it the script says so and ends with 0.

The shop begins on 2011-09-01 with nine months of history and an outlook of twelve. September, October and November are those of
the data: what was really asked for, and at which price. What is not in it follows a rule: unit cost is half the median price, the order
multiple the most frequent quantity, MOQ six multiples, supplier and lead time hang on the digits of the code, and every seventh line
comes ten days late, every eleventh a fifth short. An item sells what is asked for as far as it is there.

FOLDER gets the project and, in reports/, a plan, a tracking and a review of each cycle; those in HTML are opened in Chromium where there is one.
Ends with 1 where a command fails, where a plan does not agree with its inputs, or where parts of a difference do not add up.
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

Decimal = decimal.Decimal
CENT = Decimal("0.01")
CHANNELS = {"uk": 0, "ie": 14, "eu": 14, "row": 14}  # days until a sale is paid out
START = datetime.date(2011, 9, 1)
OPENING_CASH = Decimal(150_000)
RENT = Decimal(20_000)


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
            f"[[lane]]\nwhere = {{ item = {text(code)} }}\nsupplier = \"s{digits(code) % 40:02}\"\nlocation = \"main\"\n"
            f"lead-days = {45 + 15 * (digits(code) % 4)}\nunit-cost = {price / 2:.3f}\nmultiple = {multiple}\nmoq = {6 * multiple}\n"
        )
        recent = sum(data.sales.get((code, channel, month), [0])[0] for channel in CHANNELS for month in ("2011-07", "2011-08"))
        stock.append(f"{code},main,{recent}")
    suppliers = [
        f"[supplier.s{number:02}]\npayment = [{{ share = 0.3, at = \"order\" }}, {{ share = 0.7, at = \"receipt\" }}]\n"
        for number in range(40)
    ]
    channels = [f"[channel.{name}]\nship-from = [\"main\"]\npayout-days = {days}\n" for name, days in CHANNELS.items()]
    files = {
        "sop.toml": "[plan]\nlanguage = 1\nname = \"UCI Online Retail\"\ncycle = \"2011-09\"  # named after its first month\n"
        "as-of = 2011-09-01\nbucket = \"month\"\nhorizon = 12\ntail = 2\ncurrency = \"GBP\"\nfrozen-days = 7\n\n"
        "[economics]\nholding-rate = 0.2\nsafety-shortfall-rate = 0.02\nchange-cost = 0.005\n",
        "operations/items.toml": "\n".join(items),
        "operations/suppliers.toml": "[location.main]\n\n" + "\n".join(suppliers),
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

    def knows(self, *words):
        """True where this program has such a command or value of an option."""
        found = subprocess.run([self.program, *words], cwd=self.root, capture_output=True, text=True)
        return found.returncode == 0

    def __call__(self, *words, out=None):
        run = subprocess.run([self.program, *map(str, words)], cwd=self.root, capture_output=True, text=True)
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


def opened(page):
    """Draws a page in Chromium; false where there is none. A page that asks for anything from elsewhere, or tells of an error, ends the run."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not browser:
        return False
    with tempfile.TemporaryDirectory() as profile:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        flags += ["--disable-component-update", "--disable-sync", f"--user-data-dir={profile}", "--enable-logging=stderr"]
        picture = page.with_suffix(".png")
        run = subprocess.run(
            [browser, *flags, "--window-size=1200,2400", f"--screenshot={picture}", page.as_uri()],
            capture_output=True, text=True, timeout=120,
        )
        if not picture.is_file() or "CONSOLE" in run.stderr:
            sys.exit(f"{page} does not open: {run.stderr[-2000:]}")
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--sopc", default="target/release/sopc")
    parser.add_argument("--items", type=int, default=200)
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
    root, reports = out / "shop", out / "reports"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    reports.mkdir(exist_ok=True)
    data = Data(asked.data, asked.items)
    world = World(project(data, root))
    sopc = Sopc(str(pathlib.Path(program).resolve()), root)
    sopc("check")
    pages = []
    day = START
    print(f"{'cycle':8} {'planned':>12} {'came':>12} {'demand':>11} {'supply':>11} {'price':>10} {'mix':>10} {'unplanned':>10}")
    for _ in range(asked.cycles):
        cycle, name = label(day), root / f"{label(day)}.plan.json"
        if sopc.knows("outlook", "--help"):
            sopc("outlook", out=reports / f"outlook-{cycle}.txt")
        sopc("plan", "--out", name)
        sopc("verify", name)
        sopc("approve", "--plan", name)
        name.unlink()
        approved = root / f"cycles/{cycle}.plan.json"
        sopc("orders", "--bucket", cycle, "--out", reports / f"orders-{cycle}")
        plan = json.loads(approved.read_text())
        actuals = out / f"actuals-{cycle}.csv"
        write_rows(actuals, world.month(data, plan, day))
        tracking = json.loads(sopc("track", "--actuals", actuals, "--format", "json", out=reports / f"track-{cycle}.json"))
        check_sums(tracking)
        sopc("track", "--actuals", actuals, out=reports / f"track-{cycle}.txt")
        pages.append(reports / f"track-{cycle}.html")
        sopc("track", "--actuals", actuals, "--format", "html", "--out", pages[-1])
        variance = tracking["variance"]
        revenue = next(metric for metric in tracking["metrics"] if metric["name"] == "revenue")
        parts = " ".join(f"{Decimal(variance[part]):>{width},.0f}" for part, width in
                         [("demand", 11), ("supply", 11), ("price", 10), ("mix", 10), ("unplanned", 10)])
        print(f"{cycle:8} {Decimal(revenue['plan']):>12,.0f} {Decimal(revenue['actual']):>12,.0f} {parts}", flush=True)
        before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
        sopc("roll", "--actuals", actuals, "--opening-cash", world.bank, "--dry-run")
        if before != {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}:
            sys.exit("a dry run wrote something")
        sopc("roll", "--actuals", actuals, "--opening-cash", world.bank, out=reports / f"roll-{cycle}.txt")
        sopc("check")
        day = month_after(day)
    last = reports / f"plan-{label(day)}.json"
    sopc("plan", "--out", last)
    sopc("verify", last, root)
    pages.append(reports / f"diff-{label(day)}.html")
    pages[-1].write_text(sopc("diff", "--plan", last, "--against", "approved", "--format", "html"), encoding="utf-8")
    if "html" in sopc("plan", "--help").split("--format", 1)[-1]:
        pages.append(reports / f"plan-{label(day)}.html")
        sopc("plan", "--format", "html", "--out", pages[-1])
    drawn = [opened(page.resolve()) for page in pages]
    told = "opened in Chromium" if all(drawn) else "no Chromium to open them in"
    print(f"{len(pages)} pages, {told}; all in {out}")


if __name__ == "__main__":
    main()
