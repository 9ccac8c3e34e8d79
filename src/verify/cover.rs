//! Covers: the safety stock that lacks in a bucket, and what a hard cover commits to.

use num_traits::ToPrimitive;

use super::exact::{Exact, Overflow, gather, less, minus, more, plus, ratio, times, whole, zero};
use super::facts::Facts;
use super::forward::Forward;
use super::given::Breach;
use super::ledger::Ledger;
use super::report::row_path;
use super::rules::{Lapse, Objection, Rules, Slack};
use super::safety::{named_first, safety_stock};
use super::start::{begun, start};
use crate::network::{Cover, Origin, PoolId, Relax};

/// The covers of all pools.
#[derive(Debug)]
pub(super) struct Covers<'f> {
    /// By pool; `None` where no cover speaks of it.
    pools: Vec<Option<PoolCover<'f>>>,
}

/// The cover of a pool.
#[derive(Debug)]
struct PoolCover<'f> {
    /// Safety stock by planned bucket; empty where none is stated.
    safety: Vec<i64>,
    /// The offers, by position, whose channel names the location first.
    first_for: Vec<usize>,
    /// What it commits to, where it is hard.
    hard: Option<Hard<'f>>,
}

/// A commitment about the stock of a pool.
#[derive(Debug)]
struct Hard<'f> {
    /// The first bucket it holds in.
    start: Option<usize>,
    /// True where it waits for a new order, and holds before that as far as facts allow. Where a month or week is stated,
    /// nothing is asked for before it.
    waits: bool,
    /// The most closing stock by bucket of the horizon; empty where no maximum is stated.
    most: Vec<i64>,
    /// Where it is stated.
    origin: &'f Origin,
}

impl<'f> Covers<'f> {
    /// What the covers of the project come to.
    pub(super) fn new(facts: &'f Facts<'f>, forward: &mut Forward<'f>) -> Result<Self, Overflow> {
        let network = facts.network;
        let mut pools: Vec<Option<PoolCover<'f>>> = network.pools.iter().map(|_| None).collect();
        let named = named_first(network);
        for cover in &network.covers {
            for &pool in &cover.pools {
                let safety = safety_stock(facts, forward, &named, cover, pool)?;
                let hard = if cover.hard { Some(hard(facts, forward, cover, pool)?) } else { None };
                let first_for = forward.offers(pool).to_vec();
                pools[pool.index()] = Some(PoolCover { safety, first_for, hard });
            }
        }
        Ok(Self { pools })
    }

    /// Safety stock of a pool in a bucket.
    pub(super) fn safety(&self, pool: PoolId, bucket: usize) -> i64 {
        let cover = self.pools[pool.index()].as_ref();
        cover.and_then(|cover| cover.safety.get(bucket)).copied().unwrap_or(0)
    }

    fn covered(&self) -> impl Iterator<Item = (PoolId, &PoolCover<'f>)> {
        let covered = self.pools.iter().enumerate();
        covered.filter_map(|(pool, cover)| Some((PoolId::from(pool), cover.as_ref()?)))
    }

    fn hard(&self) -> impl Iterator<Item = (PoolId, &PoolCover<'f>, &Hard<'f>)> {
        self.covered().filter_map(|(pool, cover)| Some((pool, cover, cover.hard.as_ref()?)))
    }

    /// What shortfalls cost: units x standard cost x the rate, in every planned bucket.
    pub(super) fn cost_of_shortfall(&self, ledger: &Ledger<'_>) -> Exact {
        let rate = ratio(ledger.facts.network.economics.safety_shortfall_rate);
        let mut cost = zero();
        for (pool, cover) in self.covered() {
            let mut units = 0;
            for bucket in 0..cover.safety.len() {
                units = more(units, cover.shortfall(ledger, pool, bucket)?)?;
            }
            gather(&mut cost, times(times(whole(units), ledger.facts.standard(pool))?, rate)?)?;
        }
        Ok(cost)
    }

    /// By how many units facts alone pass the most stock of each hard cover, by pool and bucket of the horizon.
    pub(super) fn excess_of_doing_nothing(&self, idle: &Ledger<'_>) -> Result<Vec<Vec<i64>>, Overflow> {
        let mut excess = vec![Vec::new(); self.pools.len()];
        for (pool, _, hard) in self.hard() {
            let passed = (0..hard.most.len()).map(|bucket| hard.excess(idle, pool, bucket));
            excess[pool.index()] = passed.collect::<Result<_, _>>()?;
        }
        Ok(excess)
    }

    /// What a plan lets go of hard covers that have begun, beyond what facts alone pass.
    pub(super) fn lapses(
        &self,
        ledger: &Ledger<'_>,
        allowed: &[Vec<i64>],
        rules: &Rules<'_>,
    ) -> Result<Vec<Lapse>, Overflow> {
        let mut lapses = Vec::new();
        for (pool, cover, hard) in self.hard() {
            for bucket in (0..ledger.facts.horizon).filter(|&bucket| begun(hard.start, bucket)) {
                let short = cover.shortfall(ledger, pool, bucket)?;
                if short > 0 {
                    let slack = rules.stock_slack(Relax::SafetyStock, pool, cover.safety[bucket])?;
                    let wanted = more(cover.asked(ledger, bucket)?, cover.safety[bucket])?;
                    let expected = minus(whole(wanted), slack.furthest())?;
                    let objection = Objection {
                        path: stock_path(ledger.facts, pool, bucket),
                        expected: format!("a stock before sales of at least {expected}"),
                        found: ledger.stock(pool, bucket).before_sales()?.to_string(),
                    };
                    lapses.push(lapse(ledger.facts, Relax::SafetyStock, (pool, bucket), short, slack, objection));
                }
                let allowance = allowed[pool.index()].get(bucket).copied().unwrap_or(0);
                let over = less(hard.excess(ledger, pool, bucket)?, allowance)?;
                if over > 0 {
                    let slack = rules.stock_slack(Relax::MaxCover, pool, hard.most[bucket])?;
                    let most = plus(whole(more(hard.most[bucket], allowance)?), slack.furthest())?;
                    let objection = Objection {
                        path: stock_path(ledger.facts, pool, bucket) + ".closing",
                        expected: format!("at most {most}"),
                        found: ledger.stock(pool, bucket).closing.to_string(),
                    };
                    lapses.push(lapse(ledger.facts, Relax::MaxCover, (pool, bucket), over, slack, objection));
                }
            }
        }
        Ok(lapses)
    }

    /// What is given: shortfalls of hard covers that wait for a new order, and excess that facts alone bring.
    pub(super) fn given(&self, ledger: &Ledger<'f>, allowed: &[Vec<i64>]) -> Result<Vec<Breach<'f>>, Overflow> {
        let facts = ledger.facts;
        let mut given = Vec::new();
        for (pool, cover, hard) in self.hard() {
            let of = || names(facts, pool).join("/");
            let amount = |units: i64| times(whole(units), facts.standard(pool));
            for bucket in 0..facts.horizon {
                let short = cover.shortfall(ledger, pool, bucket)?;
                if short > 0 && hard.waits && !begun(hard.start, bucket) {
                    let (kind, amount, origin) = ("safety-stock", amount(short)?, hard.origin);
                    given.push(Breach { kind, of: of(), bucket, amount, origin });
                }
                let allowance = allowed[pool.index()].get(bucket).copied().unwrap_or(0);
                let passed = hard.excess(ledger, pool, bucket)?.min(allowance);
                if passed > 0 {
                    let (kind, amount, origin) = ("max-cover", amount(passed)?, hard.origin);
                    given.push(Breach { kind, of: of(), bucket, amount, origin });
                }
            }
        }
        Ok(given)
    }
}

impl PoolCover<'_> {
    /// What stock before sales lacks of demand and safety stock, at most the safety stock: that not everything is sold
    /// mends nothing.
    fn shortfall(&self, ledger: &Ledger<'_>, pool: PoolId, bucket: usize) -> Result<i64, Overflow> {
        let Some(&safety) = self.safety.get(bucket) else { return Ok(0) };
        let wanted = more(safety, self.asked(ledger, bucket)?)?;
        let lacking = less(wanted, ledger.stock(pool, bucket).before_sales()?)?;
        Ok(lacking.max(0).min(safety))
    }

    /// Whole units that the channels naming the location first ask for, or are still owed.
    fn asked(&self, ledger: &Ledger<'_>, bucket: usize) -> Result<i64, Overflow> {
        let mut asked = 0;
        for &offer in &self.first_for {
            let row = &ledger.offers[offer];
            asked = more(asked, row.1.units[bucket])?;
            asked = more(asked, ledger.sales[offer].owed(ledger.facts, row, bucket)?)?;
        }
        Ok(asked)
    }
}

impl Hard<'_> {
    /// By how many units closing stock passes the most; 0 before the cover begins.
    fn excess(&self, ledger: &Ledger<'_>, pool: PoolId, bucket: usize) -> Result<i64, Overflow> {
        match self.most.get(bucket) {
            Some(&most) if begun(self.start, bucket) => Ok(less(ledger.stock(pool, bucket).closing, most)?.max(0)),
            _ => Ok(0),
        }
    }
}

fn hard<'f>(
    facts: &Facts<'f>,
    forward: &mut Forward<'_>,
    cover: &'f Cover,
    pool: PoolId,
) -> Result<Hard<'f>, Overflow> {
    let mut most = Vec::new();
    if let Some(weeks) = cover.max_weeks {
        let length = times(ratio(weeks), whole(7))?;
        for bucket in 0..facts.horizon {
            most.push(forward.wanted(pool, bucket, length)?.floor().to_integer().to_i64().ok_or(Overflow)?);
        }
    }
    let reached = facts.pools[pool.index()].first_reached.map(|(bucket, _)| bucket);
    Ok(Hard { start: start(facts, cover.from, reached), waits: cover.from.is_none(), most, origin: &cover.origin })
}

fn lapse(
    facts: &Facts<'_>,
    relax: Relax,
    (pool, bucket): (PoolId, usize),
    units: i64,
    slack: Slack,
    objection: Objection,
) -> Lapse {
    let (of, amount, worth) = (names(facts, pool).join("/"), whole(units), facts.standard(pool));
    Lapse { relax, of, bucket, amount, worth, slack, objection }
}

/// Item and location of a pool.
fn names<'f>(facts: &Facts<'f>, pool: PoolId) -> [&'f str; 2] {
    let (network, pool) = (facts.network, facts.network.pool(pool));
    [&network.item(pool.item).id, &network.location(pool.location).id]
}

fn stock_path(facts: &Facts<'_>, pool: PoolId, bucket: usize) -> String {
    let [item, location] = names(facts, pool);
    row_path("inventory", &[item, location, &facts.buckets[bucket].period.to_string()])
}
