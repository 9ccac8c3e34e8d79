//! Metrics: what each is called, what it means, and the formula behind it.
//!
//! [`Measure`] names what is measured and tells of what; [`catalog`] says what it means. [`formula`] has every formula as a function of plain numbers, with a published
//! example as its test. [`reference()`] writes `docs/metrics.md` from both. [`query`] picks those of a plan that are asked for, [`variants`] sets others' definitions beside
//! them.
//!
//! Formulas know no plan and no project: those who measure a plan, actual sales or an outlook bring the numbers.

pub mod catalog;
pub mod formula;
pub mod published;
pub mod query;
mod reference;
pub mod variants;

pub use reference::reference;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Units sold x price.
    Revenue,
    /// Revenue less what the sales cost.
    Contribution,
    /// Landed cost of new lines.
    Purchases,
    /// What is yet to be bought, at standard cost.
    OpenToBuy,
    /// Units sold in their own bucket / units wanted.
    FillRate,
    /// The same at price.
    ValueFillRate,
    /// Standard cost of sales, a year / mean inventory value.
    InventoryTurnover,
    /// Days that mean stock lasts at the rate of sales.
    DaysOfInventory,
    /// Units sold / what there was to sell.
    SellThrough,
    /// Weeks of demand ahead that stock covers.
    WeeksOfSupply,
    /// Margin, a year / mean inventory value.
    Gmroi,
    /// Mean inventory value.
    InventoryValue,
    /// Highest closing inventory value.
    PeakInventoryValue,
    /// Highest value of stock beyond its maximum cover.
    Excess,
    /// How far outlooks would have been off.
    ForecastError,
    /// Which way.
    ForecastBias,
    /// How much lines differ from those of the last plan.
    Nervousness,
    /// Share of what came to be that is close to the plan.
    PlanAdherence,
    /// Lowest closing cash.
    MinimumCash,
    /// What is given and short.
    GivenShortage,
    /// By how much facts alone pass limits.
    GivenOverrun,
    /// Uses of rules.
    RuleUse,
    /// Value of lines in the frozen days that differ from the approved plan.
    ChangedValueInFrozen,
}

impl Measure {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Self; 23] = [
        Self::Revenue,
        Self::Contribution,
        Self::Purchases,
        Self::OpenToBuy,
        Self::FillRate,
        Self::ValueFillRate,
        Self::InventoryTurnover,
        Self::DaysOfInventory,
        Self::SellThrough,
        Self::WeeksOfSupply,
        Self::Gmroi,
        Self::InventoryValue,
        Self::PeakInventoryValue,
        Self::Excess,
        Self::ForecastError,
        Self::ForecastBias,
        Self::Nervousness,
        Self::PlanAdherence,
        Self::MinimumCash,
        Self::GivenShortage,
        Self::GivenOverrun,
        Self::RuleUse,
        Self::ChangedValueInFrozen,
    ];

    /// As projects and plans name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Revenue => "revenue",
            Self::Contribution => "contribution",
            Self::Purchases => "purchases",
            Self::OpenToBuy => "open-to-buy",
            Self::FillRate => "fill-rate",
            Self::ValueFillRate => "value-fill-rate",
            Self::InventoryTurnover => "inventory-turnover",
            Self::DaysOfInventory => "days-of-inventory",
            Self::SellThrough => "sell-through",
            Self::WeeksOfSupply => "weeks-of-supply",
            Self::Gmroi => "gmroi",
            Self::InventoryValue => "inventory-value",
            Self::PeakInventoryValue => "peak-inventory-value",
            Self::Excess => "excess",
            Self::ForecastError => "forecast-error",
            Self::ForecastBias => "forecast-bias",
            Self::Nervousness => "nervousness",
            Self::PlanAdherence => "plan-adherence",
            Self::MinimumCash => "minimum-cash",
            Self::GivenShortage => "given-shortage",
            Self::GivenOverrun => "given-overrun",
            Self::RuleUse => "rule-use",
            Self::ChangedValueInFrozen => "changed-value-in-frozen",
        }
    }

    /// The one of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.name() == name)
    }

    /// What narrows it besides items; `None` where it is measured of the plan as a whole.
    #[must_use]
    pub fn keys(self) -> Option<&'static [&'static str]> {
        match self {
            Self::FillRate | Self::ValueFillRate | Self::ForecastError | Self::ForecastBias | Self::PlanAdherence => {
                Some(&["channel"])
            }
            Self::Revenue | Self::Contribution => Some(&["channel", "location"]),
            Self::Purchases | Self::Nervousness => Some(&["location", "supplier"]),
            Self::OpenToBuy
            | Self::InventoryTurnover
            | Self::DaysOfInventory
            | Self::SellThrough
            | Self::WeeksOfSupply
            | Self::Gmroi
            | Self::InventoryValue
            | Self::PeakInventoryValue
            | Self::Excess => Some(&["location"]),
            Self::MinimumCash
            | Self::GivenShortage
            | Self::GivenOverrun
            | Self::RuleUse
            | Self::ChangedValueInFrozen => None,
        }
    }

    /// True where it is measured of each thing of a kind: `item`, `channel`, ...
    #[must_use]
    pub fn is_of(self, kind: Kind) -> bool {
        match kind {
            Kind::Item | Kind::Class | Kind::Category => self.keys().is_some(),
            Kind::Channel | Kind::Location | Kind::Supplier => {
                self.keys().is_some_and(|keys| keys.contains(&kind.name()))
            }
        }
    }

    /// True where each bucket has a value of its own, not the horizon alone.
    #[must_use]
    pub fn is_by_bucket(self) -> bool {
        matches!(
            self,
            Self::Revenue
                | Self::Purchases
                | Self::OpenToBuy
                | Self::FillRate
                | Self::ValueFillRate
                | Self::WeeksOfSupply
                | Self::InventoryValue
                | Self::Excess
        )
    }

    /// True where a plan has a value of it; what changed since another plan only a diff has.
    #[must_use]
    pub fn is_of_a_plan(self) -> bool {
        self != Self::ChangedValueInFrozen
    }
}

/// What a metric is broken down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Categories of items.
    Category,
    /// Channels.
    Channel,
    /// ABC classes.
    Class,
    /// Items.
    Item,
    /// Locations.
    Location,
    /// Suppliers.
    Supplier,
}

impl Kind {
    /// Every kind, by name.
    pub const ALL: [Self; 6] = [Self::Category, Self::Channel, Self::Class, Self::Item, Self::Location, Self::Supplier];

    /// As scopes name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Channel => "channel",
            Self::Class => "class",
            Self::Item => "item",
            Self::Location => "location",
            Self::Supplier => "supplier",
        }
    }
}
