//! Every diagnostic code: a number that is never reused, an alias for people, and a text that explains it.

use std::fmt;

/// A kind of problem.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// 0 to 9999; printed `SOP0001`.
    pub number: u16,
    /// Kebab-case name.
    pub alias: &'static str,
    /// What it means, in a sentence.
    pub summary: &'static str,
    /// What it means at length, with examples: `src/diagnostic/explain/<alias>.md`, read by [`super::explain`].
    pub text: &'static str,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SOP{:04}", self.number)
    }
}

/// Families by the thousands of their numbers.
const FAMILIES: &[(u16, &str)] = &[
    (0, "Syntax"),
    (1, "Schema"),
    (2, "References"),
    (3, "Ranges and units"),
    (4, "Feasibility"),
    (5, "Rules"),
    (6, "Gates"),
    (7, "Lints"),
    (9, "Environment"),
];

/// A family's name and its codes.
pub type Family = (&'static str, Vec<&'static Code>);

/// The families that have codes, by number.
#[must_use]
pub fn families() -> Vec<Family> {
    let of = |family: u16| all().iter().copied().filter(|code| code.number / 1_000 == family).collect();
    let all = FAMILIES.iter().map(|&(family, name)| (name, of(family)));
    all.filter(|(_, codes): &Family| !codes.is_empty()).collect()
}

/// Declares the codes and their register. A code without a text does not compile.
macro_rules! codes {
    ($($name:ident = $number:literal $alias:literal: $summary:literal;)*) => {
        $(
            #[doc = $summary]
            pub static $name: Code = Code {
                number: $number,
                alias: $alias,
                summary: $summary,
                text: include_str!(concat!("explain/", $alias, ".md")),
            };
        )*
        /// Every code, by number.
        #[must_use]
        pub fn all() -> &'static [&'static Code] {
            static ALL: &[&Code] = &[$(&$name),*];
            ALL
        }

        #[cfg(test)]
        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

codes! {
    SYNTAX = 1 "syntax": "The text is not valid TOML.";
    ENCODING = 2 "encoding": "The file is not UTF-8.";
    CSV_SYNTAX = 3 "csv-syntax": "The text is not valid CSV.";
    TOO_LARGE = 4 "too-large": "A file, or the nesting in it, exceeds a stated limit.";

    UNKNOWN_KEY = 1001 "unknown-key": "The table has no such key.";
    UNKNOWN_TABLE = 1002 "unknown-table": "The language has no such table.";
    WRONG_TYPE = 1003 "wrong-type": "The value is not of the kind its key takes.";
    MISSING_KEY = 1004 "missing-key": "A key that the table needs is not there.";
    NOT_SUPPORTED = 1005 "not-supported": "The language has this, but this version of the compiler cannot export it yet.";
    LANGUAGE_VERSION = 1006 "language-version": "The project is written in a version of the language that this compiler does not know.";
    KEYS_EXCLUDE = 1007 "keys-exclude": "Two keys are given of which only one may be.";
    CSV_COLUMNS = 1008 "csv-columns": "A column is missing from the CSV file, or stands there twice.";
    APPROVED_PLAN = 1009 "approved-plan": "An approved plan cannot be the one that this plan follows.";

    UNKNOWN_NAME = 2001 "unknown-name": "Nothing of that name is declared.";
    STATED_TWICE = 2002 "stated-twice": "The same fact is stated in two places.";
    EQUAL_SELECTORS = 2003 "equal-selectors": "Two entries that are equally narrow state different things.";
    EMPTY_SELECTION = 2004 "empty-selection": "The selector matches nothing.";
    UNSERVED_DEMAND = 2005 "unserved-demand": "There is demand, but no stock, order or lane that could ever serve it.";
    NO_PRICE = 2006 "no-price": "An item is asked for, but nobody says what it sells for.";
    NO_COST = 2007 "no-cost": "An item is stocked, but nothing tells what a unit costs.";
    NO_EXCHANGE_RATE = 2008 "no-exchange-rate": "A supplier's currency has no rate in [fx].";
    NO_LANE = 2009 "no-lane": "A pin names a lane that nothing states.";
    NO_HISTORY = 2010 "no-history": "An outlook follows from history, and there is none of it.";
    STILL_DECLARED = 2011 "still-declared": "An id is said to be renamed, but it is still declared.";

    OUT_OF_RANGE = 3001 "out-of-range": "The number is outside what its key takes.";
    NO_LINE_SIZE = 3002 "no-line-size": "No multiple of the order multiple lies between MOQ and maximum.";
    PAYMENT_SHARES = 3003 "payment-shares": "The payment shares of a supplier do not add up to 1.";
    REVERSED = 3004 "reversed": "Something ends before it begins.";
    BUCKET_KEY = 3005 "bucket-key": "The key is no month or week that this series can take.";
    RANGES_OVERLAP = 3006 "ranges-overlap": "Two ranges of a series cover the same month or week.";
    PRODUCTION_EXCEEDS_LEAD = 3007 "production-exceeds-lead": "Production takes longer than the whole lead time.";
    UNPAID_ORDER = 3008 "unpaid-order": "Cash is planned, but nothing tells what an open order still costs.";
    OVERFLOW = 3009 "overflow": "Numbers that are each within their limits do not fit together.";
    BREAK_ORDER = 3010 "break-order": "Price breaks do not get cheaper with size.";
    GAP = 3011 "gap": "A number that is needed in every bucket has no value in some.";
    CONTRADICTION = 3012 "contradiction": "Two statements cannot both hold.";

    INFEASIBLE = 4001 "infeasible": "No plan keeps every commitment; this is proven.";
    NO_PLAN_FOUND = 4002 "no-plan-found": "No plan was found, and none was proven impossible.";
    GIVEN_OVERRUN = 4003 "given-overrun": "Facts alone pass a limit; the plan passes it by no more than that.";
    GIVEN_SHORTAGE = 4004 "given-shortage": "A promise that no new order can reach yet falls short before it begins.";

    RULE_FILES = 5001 "rule-files": "Rules stand in two files, so that their order is not told.";
    UP_TO = 5002 "up-to": "How far a rule goes is not told in the terms of what it lets go of.";
    RULE_EXPIRED = 5003 "rule-expired": "A rule held until a day before as-of.";
    IDLE_RULE = 5004 "idle-rule": "A rule lets go of something that the project does not state.";

    WAIVER_EXPIRED = 6001 "waiver-expired": "A waiver held until a day before as-of.";
    WAIVER_UNUSED = 6002 "waiver-unused": "A waiver lets something pass that is not there.";
    GATE_MISSED = 6003 "gate-missed": "A finished plan misses a gate.";
    NOT_APPROVABLE = 6004 "not-approvable": "A plan was to be approved that must not be.";
    GATE_UNMEASURED = 6005 "gate-unmeasured": "A gate asks for a metric that has no value, so that it lets everything pass.";

    PRICE_BELOW_COST = 7001 "price-below-cost": "A unit sold earns less than it costs.";
    OVERDUE_ORDER = 7002 "overdue-order": "An open order was due before as-of.";
    OUTSIDE_HORIZON = 7003 "outside-horizon": "A fact lies outside the buckets that are planned.";
    FIRST_BUCKET_REST = 7004 "first-bucket-rest": "The first bucket is partial, and a number for whole buckets reaches it.";
    MIXED_SCALAR = 7005 "mixed-scalar": "One number stands for weeks and months alike.";
    PROMOTIONS_OVERLAP = 7006 "promotions-overlap": "Two promotions meet on one item, channel and bucket.";
    PAYOUT_BEFORE = 7007 "payout-before": "Sales before as-of are still to be paid out, but no cash-flow row says so.";
    HISTORY_LEFT_OUT = 7008 "history-left-out": "History speaks of items or channels that the project does not declare.";
    EXCESS_STOCK = 7009 "excess-stock": "More is on hand or on order than the whole plan asks for.";
    FLOOR_ROUNDS_UP = 7010 "floor-rounds-up": "A service floor below 1 is all of the demand, once it is rounded up to whole units.";
    LATE_PROMOTION = 7011 "late-promotion": "A promotion needs more than is there or coming, and no new order can be there in time.";
    FLOOR_UNDER_COVER = 7012 "floor-under-cover": "A hard cover wants all demand to be there, and a floor lets some of it go.";
    SHORTFALL_PAYS = 7013 "shortfall-pays": "Being below safety stock costs so much that holding stock back pays more than selling it.";
    NO_DEMAND = 7014 "no-demand": "Nothing is asked for.";
    TEN_TIMES = 7015 "ten-times": "A bucket asks for about ten times as much as any other.";
    FAR_COVER = 7016 "far-cover": "Safety stock of more weeks than the plan has.";
    TOML_1_1 = 7017 "toml-1-1": "The file is written in TOML 1.1, which not every tool reads.";
    ORDER_NOT_PLACED = 7018 "order-not-placed": "An order of the last plan was to be placed by now, and is not among the open orders.";
    COMMITMENT_GONE = 7019 "commitment-gone": "An order that the last plan commits to has no lane any more.";
    BEFORE_HISTORY = 7025 "before-history": "An outlook follows months of which history does not tell yet.";
    REPEATED_ACTUAL = 7026 "repeated-actual": "Two rows of actuals say the same, and both count.";

    NO_PROJECT = 9001 "no-project": "No sop.toml was found.";
    UNREADABLE = 9002 "unreadable": "A file could not be read.";
    OUTSIDE_ROOT = 9003 "outside-root": "A path leads out of the project.";
    UNWRITABLE = 9004 "unwritable": "A file could not be written.";
    PLAN_FILE = 9005 "plan-file": "The file is not a plan file that this compiler reads.";
    DISAGREEMENT = 9006 "disagreement": "The independent checker does not agree with a plan.";
    NO_BASE = 9007 "no-base": "There is nothing that a plan could be compared with.";
    NOT_TRACKED = 9010 "not-tracked": "There are no actuals, or no approved plan, that could be held against each other.";
    NOT_ROLLED = 9011 "not-rolled": "The next cycle cannot be started from what is told.";
    OTHER_CYCLE = 9012 "other-cycle": "A plan file is of another cycle or day than the project.";
}

/// The code of a number (`SOP2001`, `sop2001`, `2001`) or alias, in letters of either case.
#[must_use]
pub fn find(text: &str) -> Option<&'static Code> {
    let folded = text.trim().to_lowercase().replace('_', "-");
    let bare = folded.strip_prefix("sop").unwrap_or(&folded);
    let digits = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit());
    let number = bare.parse::<u16>().ok().filter(|_| digits);
    all().iter().copied().find(|code| Some(code.number) == number || code.alias == folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(all().windows(2).all(|pair| pair[0].number < pair[1].number));
        let mut aliases: Vec<_> = all().iter().map(|code| code.alias).collect();
        aliases.sort_unstable();
        aliases.dedup();
        assert_eq!(aliases.len(), all().len());
        assert_eq!(families().iter().map(|(_, codes)| codes.len()).sum::<usize>(), all().len());
    }

    #[test]
    fn a_code_has_one_name() {
        for (name, code) in NAMES.iter().zip(all()) {
            assert_eq!(code.alias, name.to_lowercase().replace('_', "-"));
        }
    }

    #[test]
    fn codes_are_found_by_number_and_by_alias() {
        for text in ["SOP2001", "sop2001", "2001", "unknown-name", "Unknown_Name", " SOP2001 "] {
            assert_eq!(find(text).map(|code| code.number), Some(2001), "{text}");
        }
        assert_eq!(find("SOP0001"), find("1"));
        for text in ["", "SOP", "+1", "99999", "unknown", "2"] {
            assert!(find(text).is_none_or(|code| text == "2" && code.number == 2), "{text}");
        }
    }
}
