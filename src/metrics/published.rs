//! Published examples of the formulas: facts and figures, and whose they are. The tests of [`super::formula`] compute them.

/// What was published of a formula.
#[derive(Debug, Clone, Copy)]
pub struct Published {
    /// The function that comes to it.
    pub function: &'static str,
    /// The numbers.
    pub example: &'static str,
    /// Whose they are; empty where they are our own.
    pub source: &'static str,
}

const fn one(function: &'static str, example: &'static str, source: &'static str) -> Published {
    Published { function, example, source }
}

const TURNOVER: &str = "https://calculator.7search.cc/calc/inventory-turnover-and-days-calculator.php";
const RETAIL_ADVISOR: &str = "http://the-retail-advisor.com/gmroii.html";
const FORECAST_STUDIO: &str = "https://www.forecaststudio.com.mx/blog/forecast-accuracy-metrics";
const CALCBEE: &str = "https://www.calcbee.com/calculators/logistics/demand/forecast-bias-calculator";
const BMS: &str = "https://bms.co.in/?p=27047";

/// Every formula with an example.
pub const PUBLISHED: &[Published] = &[
    one("average_of_ends", "100,000 at the beginning and 150,000 at the end: 125,000", TURNOVER),
    one("average_of_points", "thirteen month-ends that sum to 1,989,000: 153,000", RETAIL_ADVISOR),
    one("inventory_turnover", "600,000 sold at cost, 125,000 in stock: 4.8", TURNOVER),
    one("days_of_inventory", "365 / 4.8 = 76.04 days", TURNOVER),
    one("sell_through", "350 of 500: 70 %", "https://www.inventoryhero.ai/tools/sell-through-rate-calculator"),
    one(
        "sell_through_rate",
        "one unit that sells after 30 of 90 days: 3",
        "https://sellersasksellers.com/t/improving-sell-through-for-inventory-with-1-unit-per-sku/2723",
    ),
    one(
        "gmroi",
        "500,000 sold that cost 260,000, 100,000 in stock: 2.4; a margin of 435,000 on 153,000: 2.84",
        "https://scribd.com/document/67179751/GMROI",
    ),
    one("open_to_buy", "20,000 + 1,000 + 15,000 - 18,000 - 4,000 = 14,000", "linenow.co"),
    one(
        "excess",
        "at most 100, and stock that comes to 130: 30",
        "https://learn.microsoft.com/dynamics365/business-central/design-details-planning-parameters",
    ),
    one(
        "weeks_of_supply",
        "500 in stock, 80, 76, 72, 68, 64, 60, 56 and 52 wanted: 7.461538 weeks",
        "https://www.scribd.com/document/364515010/Inventory-Cover-Calculations",
    ),
    one(
        "weeks_at_mean",
        "500 in stock, 50 a week: 10 weeks",
        "https://atxholiday.austintexas.org/how-to-calculate-weeks-of-supply",
    ),
    one("fill_rate", "75 of 80 and 20 of 20: 95 %", BMS),
    one("value_fill_rate", "the same at 10 and 30: 1,350 / 1,400", ""),
    one("line_fill_rate", "75 of 80 and 20 of 20: one line of two", BMS),
    one("order_fill_rate", "75 of 80 and 20 of 20 in one order: none", BMS),
    one("wape", "1,000 and 10 came of 950 and 25: 65 / 1,010 = 6.4 %", FORECAST_STUDIO),
    one("forecast_accuracy", "the same: 945 / 1,010 = 93.6 %", ""),
    one("mape", "the same: 77.5 %", FORECAST_STUDIO),
    one("bias", "100, 120, 110 and 130 came of 110, 125, 115 and 140: 30 / 460 = 6.5 %", CALCBEE),
    one("tracking_signal", "the same: 30 / 7.5 = 4", CALCBEE),
    one(
        "plan_adherence",
        "outside of 20 % in five of twelve months: 7 / 12",
        "https://www.dbmsys.com/post/2023/08/21/this-is-the-title-of-your-first-post",
    ),
    one("volume_adherence", "1,000 and 10 of 950 and 25: 1 - 65 / 975 = 93.3 %", ""),
    one("order_adherence", "of four lines one a fifth short, one ten days late: 1 / 2", ""),
    one("nervousness", "500 stay, 300 become 200, 100 move on: 300 / 900", ""),
];

/// The example of a function.
#[must_use]
pub fn of(function: &str) -> Option<&'static Published> {
    PUBLISHED.iter().find(|one| one.function == function)
}
