//! What each metric means, in words: for the reference and for those who read a table.

use super::Measure;

/// What a metric is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// The plan's currency.
    Money,
    /// A share, shown in per cent.
    Share,
    /// A plain number.
    Number,
    /// Its own measure: money, units, buckets.
    Mixed,
}

/// A variant that has a name of its own, so that nobody mistakes one for the other.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    /// Its name.
    pub name: &'static str,
    /// How it differs.
    pub is: &'static str,
    /// The function that has it, if it is not a metric of a plan.
    pub function: &'static str,
    /// The command that shows it; empty where no project tells enough for it.
    pub told: &'static str,
}

/// What a metric means.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// As people call it.
    pub title: &'static str,
    /// What it is counted in.
    pub unit: Unit,
    /// The formula, in words.
    pub formula: &'static str,
    /// What of a plan goes into it.
    pub counts: &'static str,
    /// Edge cases.
    pub edges: &'static str,
    /// The function of [`super::formula`] that has it, where it is more than a sum.
    pub function: Option<&'static str>,
    /// Other definitions in use.
    pub variants: &'static [Variant],
}

const NO_STOCK: &str = "No stock in any bucket: n/a, not infinity.";
const A_YEAR: &str =
    "The buckets' shares of a year add up to its length: a full month 1/12, a full week 1/52, a part by days.";

impl Measure {
    /// What it means.
    #[must_use]
    pub fn entry(self) -> Entry {
        let sum = |title, unit, formula, counts, edges| Entry {
            title,
            unit,
            formula,
            counts,
            edges,
            function: None,
            variants: &[],
        };
        match self {
            Self::Revenue => sum(
                "Revenue",
                Unit::Money,
                "sum of units sold x price",
                "Sales of the horizon, late deliveries in the bucket of delivery at the price of their demand's bucket.",
                "Returns are not planned, so nothing is taken off for them.",
            ),
            Self::Contribution => sum(
                "Contribution",
                Unit::Money,
                "revenue - fees - fulfilment - standard cost of units sold - costs of orders, transfers, overflow and lateness",
                "Order and transfer costs by where a line arrives; overflow in the plan as a whole alone.",
                "By channel there are no order costs: a line has none.",
            ),
            Self::Purchases => sum(
                "Purchases",
                Unit::Money,
                "sum of landed cost of new and committed lines",
                "By receipt bucket, each line rounded to the minor unit as it is paid.",
                "Open orders are bought already and do not count.",
            ),
            Self::OpenToBuy => Entry {
                title: "Open-to-buy",
                unit: Unit::Money,
                formula: "planned sales + planned markdowns + planned closing stock - opening stock - on order",
                counts: "All at standard cost, where markdowns are 0: a lower price changes no cost. On order is what open orders \
                         bring, in the bucket they serve. By location what comes from own locations counts as bought.",
                edges: "Negative where more is on order than is needed: the sign is kept.",
                function: Some("open_to_buy"),
                variants: &[Variant {
                    name: "left of a budget",
                    is: "limit - use of a `[[budget]]`, by receipt bucket; `capacity` of the plan file has both",
                    function: "",
                    told: "sopc metrics --variants",
                }],
            },
            Self::FillRate => Entry {
                title: "Fill rate",
                unit: Unit::Share,
                formula: "units served from stock in their own bucket / units wanted",
                counts: "Demand as it was before any rule lowered it.",
                edges: "Nothing wanted: 1. What is delivered later does not count.",
                function: Some("fill_rate"),
                variants: &[
                    Variant {
                        name: "line fill rate",
                        is: "order lines served whole / order lines; a plan has no order lines",
                        function: "line_fill_rate",
                        told: "",
                    },
                    Variant {
                        name: "order fill rate",
                        is: "orders served whole / orders",
                        function: "order_fill_rate",
                        told: "",
                    },
                ],
            },
            Self::ValueFillRate => Entry {
                title: "Value fill rate",
                unit: Unit::Share,
                formula: "units served in their own bucket x price / units wanted x price",
                counts: "As the fill rate; each unit at the price of its channel and bucket.",
                edges: "Nothing wanted, or all of it free: 1.",
                function: Some("value_fill_rate"),
                variants: &[],
            },
            Self::InventoryTurnover => Entry {
                title: "Turnover",
                unit: Unit::Number,
                formula: "standard cost of units sold, a year / average inventory at standard cost",
                counts: "Average inventory: mean over buckets of (opening + closing) / 2, what is under way between own locations included.",
                edges: NO_STOCK,
                function: Some("inventory_turnover"),
                variants: &[Variant {
                    name: "of points",
                    is: "average inventory as the mean of the first opening and all closings",
                    function: "average_of_points",
                    told: "sopc metrics --variants",
                }],
            },
            Self::DaysOfInventory => Entry {
                title: "Days of inventory",
                unit: Unit::Number,
                formula: "average inventory / standard cost of units sold x days of the horizon",
                counts: "The same average as for the turnover, and the calendar days of the horizon.",
                edges: "Nothing sold: n/a.",
                function: Some("days_of_inventory"),
                variants: &[],
            },
            Self::SellThrough => Entry {
                title: "Sell-through",
                unit: Unit::Share,
                formula: "units sold / (opening stock + receipts from suppliers)",
                counts: "Stock at as-of, what is under way between own locations included, and all receipts of the horizon.",
                edges: "Nothing to sell: n/a.",
                function: Some("sell_through"),
                variants: &[
                    Variant {
                        name: "of receipts",
                        is: "units sold / units received; above 1 where opening stock is sold",
                        function: "sell_through",
                        told: "sopc metrics --variants",
                    },
                    Variant {
                        name: "rate of 90 days",
                        is: "units shipped in 90 days / units on hand on average; a rate, which may exceed 1",
                        function: "sell_through_rate",
                        told: "",
                    },
                ],
            },
            Self::WeeksOfSupply => Entry {
                title: "Weeks of supply",
                unit: Unit::Number,
                formula: "weeks of demand ahead that closing stock covers, a part of the last one counted as such",
                counts: "Forward demand, before any rule; of several items both stock and demand at standard cost. Of the horizon: the mean \
                         of its buckets.",
                edges: "No stock: 0. Demand past the horizon goes on as docs/meaning.md says; what is not used up in 520 weeks is n/a.",
                function: Some("weeks_of_supply"),
                variants: &[Variant {
                    name: "at a mean",
                    is: "stock / mean weekly demand, blind to seasons",
                    function: "weeks_at_mean",
                    told: "sopc metrics --variants",
                }],
            },
            Self::Gmroi => Entry {
                title: "GMROI",
                unit: Unit::Number,
                formula: "(revenue - fees - standard cost of units sold), a year / average inventory at standard cost",
                counts: A_YEAR,
                edges: NO_STOCK,
                function: Some("gmroi"),
                variants: &[Variant {
                    name: "of the period",
                    is: "not brought to a year: the same function with a length of 1; 0.32 a month is 3.84 a year",
                    function: "gmroi",
                    told: "sopc metrics --variants",
                }],
            },
            Self::InventoryValue => Entry {
                title: "Inventory value",
                unit: Unit::Money,
                formula: "closing stock at standard cost; of the horizon the mean over buckets of (opening + closing) / 2",
                counts: "What is under way between own locations counts where it left.",
                edges: "What suppliers still have is not in it.",
                function: Some("average_of_ends"),
                variants: &[],
            },
            Self::PeakInventoryValue => sum(
                "Peak inventory value",
                Unit::Money,
                "highest closing value of any bucket",
                "As the inventory value.",
                "The opening value does not count: nothing can be done about it.",
            ),
            Self::Excess => Entry {
                title: "Excess",
                unit: Unit::Money,
                formula: "closing stock beyond forward demand over `max-weeks`, at standard cost; of the horizon the highest bucket",
                counts: "Items at locations of which a `[[cover]]` states `max-weeks`, hard or not.",
                edges: "No maximum stated: n/a, not 0.",
                function: Some("excess"),
                variants: &[],
            },
            Self::ForecastError => Entry {
                title: "Forecast error",
                unit: Unit::Share,
                formula: "sum of |actual - forecast| / sum of actuals (WAPE)",
                counts: "What outlooks would have said of the last 3 months, or 13 weeks, before as-of, had all of those been unknown, against base \
                         demand of then: sold - returned - promoted + lost. By item, channel and month or week.",
                edges: "Nothing came, or history did not tell enough: n/a. What history cannot forecast is left out.",
                function: Some("wape"),
                variants: &[
                    Variant {
                        name: "MAPE",
                        is: "mean of |actual - forecast| / actual; small items weigh as much as large ones, undefined at 0",
                        function: "mape",
                        told: "sopc outlook",
                    },
                    Variant {
                        name: "accuracy",
                        is: "1 - WAPE, not below 0",
                        function: "forecast_accuracy",
                        told: "sopc metrics --variants",
                    },
                ],
            },
            Self::ForecastBias => Entry {
                title: "Forecast bias",
                unit: Unit::Share,
                formula: "sum of (forecast - actual) / sum of actuals",
                counts: "The same forecasts as for the forecast error.",
                edges: "Positive: too much was expected. Nothing came: n/a.",
                function: Some("bias"),
                variants: &[Variant {
                    name: "tracking signal",
                    is: "sum of (forecast - actual) / mean of |forecast - actual|",
                    function: "tracking_signal",
                    told: "sopc outlook",
                }],
            },
            Self::Nervousness => Entry {
                title: "Nervousness",
                unit: Unit::Share,
                formula: "sum of |units - units of the last plan| x standard cost / sum of units of the last plan x standard cost",
                counts: "Lines and transfers by lane and bucket, of buckets that both plans have. By supplier purchases alone.",
                edges: "No last plan, or one that ordered nothing: n/a. A line that moves counts twice, where it leaves and where it lands.",
                function: Some("nervousness"),
                variants: &[Variant {
                    name: "changed lines",
                    is: "how many lanes and buckets have other units than before",
                    function: "changed_lines",
                    told: "sopc diff",
                }],
            },
            Self::PlanAdherence => Entry {
                title: "Plan adherence",
                unit: Unit::Share,
                formula: "families and months whose actual is within a tolerance of the plan / all",
                counts: "Units sold in the buckets of the last approved plan that are over, against those that it sells, by category and bucket; the \
                         tolerance is 20 % of the plan. Sales of `[[actual]]` tell of a bucket where any falls into it, else history does, of \
                         whole buckets. `sopc track` has it of the plan that runs.",
                edges: "No last plan, none of its buckets over, or nothing tells what was sold: n/a. Where nothing was planned only nothing adheres.",
                function: Some("plan_adherence"),
                variants: &[
                    Variant {
                        name: "by volume",
                        is: "1 - sum of |actual - planned| / sum of planned, not below 0",
                        function: "volume_adherence",
                        told: "sopc track",
                    },
                    Variant {
                        name: "of orders",
                        is: "order lines whose units and day are within a window / all",
                        function: "order_adherence",
                        told: "sopc track",
                    },
                ],
            },
            Self::MinimumCash => sum(
                "Lowest cash",
                Unit::Money,
                "lowest closing balance of any bucket",
                "The plan as a whole.",
                "No `[cash]`: n/a.",
            ),
            Self::GivenShortage => sum(
                "Given shortage",
                Unit::Money,
                "sum of what promises lack before they begin",
                "Units x price of floors, units x standard cost of safety stock; rows of `given`.",
                "Nothing given: 0.",
            ),
            Self::GivenOverrun => sum(
                "Given overrun",
                Unit::Mixed,
                "sum of what facts alone pass of limits",
                "Rows of `given`, each in its own measure.",
                "Nothing given: 0.",
            ),
            Self::RuleUse => sum(
                "Rule use",
                Unit::Mixed,
                "sum of all uses of rules",
                "Rows of `rules_used`, each in its own measure.",
                "No rule used: 0.",
            ),
            Self::ChangedValueInFrozen => sum(
                "Changed in frozen days",
                Unit::Money,
                "money at stake in changed lines that are placed before as-of + `frozen-days`",
                "Of a diff; a plan by itself has none.",
                "Compared with nothing: n/a.",
            ),
        }
    }
}
