//! What rules move in time: promotions later, open orders either way or out of the plan.

use super::relief::meets;
use super::timeline::runs_in;
use crate::network::{Network, Relax, Rule, UpTo};

/// Where promotions and open orders go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moves {
    /// By promotion: buckets later. Empty where none moves.
    pub promotions: Vec<usize>,
    /// By open order. Empty where none moves.
    pub orders: Vec<OrderMove>,
}

/// Where an open order goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OrderMove {
    /// It stays.
    #[default]
    Stays,
    /// So many buckets later; earlier where negative.
    By(i64),
    /// It is cancelled.
    Gone,
}

impl Moves {
    /// Buckets by which a promotion is later.
    #[must_use]
    pub fn later(&self, promotion: usize) -> usize {
        self.promotions.get(promotion).copied().unwrap_or(0)
    }

    /// Where an open order goes.
    #[must_use]
    pub fn of_order(&self, order: usize) -> OrderMove {
        self.orders.get(order).copied().unwrap_or_default()
    }

    /// True where a promotion runs in a bucket of the horizon.
    #[must_use]
    pub fn runs(&self, network: &Network, promotion: usize, bucket: usize) -> bool {
        let stated = bucket.checked_sub(self.later(promotion)).and_then(|at| network.calendar.buckets.get(at));
        stated.is_some_and(|at| runs_in(network.promotions[promotion].during, at))
    }
}

/// A thing that rules may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movable {
    /// A promotion, by index.
    Promotion(usize),
    /// An open order, by index.
    Order(usize),
}

/// A move of one thing, by which rule, and the use of that: buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// To where; a promotion moves later.
    pub to: OrderMove,
    /// The first rule that reaches so far.
    pub rule: usize,
    /// Buckets; for an order that goes one more than the rule allows.
    pub used: i64,
}

/// Everything that rules may move, each with its moves.
#[must_use]
pub fn all(network: &Network) -> Vec<(Movable, Vec<Move>)> {
    if network.rules.iter().all(|rule| !matches!(rule.relax, Relax::PromotionDate | Relax::OpenOrder)) {
        return Vec::new();
    }
    let promotions = (0..network.promotions.len()).map(|index| (Movable::Promotion(index), promotion(network, index)));
    let orders = (0..network.open_orders.len()).map(|index| (Movable::Order(index), order(network, index)));
    promotions.chain(orders).filter(|(_, moves)| !moves.is_empty()).collect()
}

/// Buckets that a rule reaches.
fn reach(rule: &Rule) -> i64 {
    if let UpTo::Buckets(buckets) = rule.up_to { buckets } else { 0 }
}

/// The first of some rules that reaches so far.
fn first(network: &Network, rules: &[usize], buckets: i64) -> Option<usize> {
    rules.iter().copied().find(|&rule| reach(&network.rules[rule]) >= buckets)
}

/// Rules of a kind that speak of something, by their place in the list.
fn rules_that(network: &Network, relax: Relax, meets: impl Fn(&Rule) -> bool) -> Vec<usize> {
    let all = network.rules.iter().enumerate().filter(|(_, rule)| rule.relax == relax && meets(rule));
    all.map(|(index, _)| index).collect()
}

/// Later starts of a promotion with which all its buckets lie inside the horizon.
fn promotion(network: &Network, index: usize) -> Vec<Move> {
    let buckets = &network.calendar.buckets;
    let facts = &network.promotions[index];
    let Some(last) = (0..buckets.len()).rev().find(|&at| runs_in(facts.during, &buckets[at])) else {
        return Vec::new();
    };
    let offers: Vec<_> = network.offers.iter().filter(|offer| offer.promotions.contains(&index)).collect();
    // All that it touches is what the rule speaks of.
    let touched = |rule: &Rule| {
        !offers.is_empty()
            && offers.iter().all(|offer| {
                let channel = network.channel(offer.channel).id.as_str();
                meets(network, &rule.scope, offer.item, &[("promotion", &facts.id), ("channel", channel)])
            })
    };
    let rules = rules_that(network, Relax::PromotionDate, touched);
    let later =
        |buckets: i64| Some(Move { to: OrderMove::By(buckets), rule: first(network, &rules, buckets)?, used: buckets });
    let room = i64::try_from(buckets.len() - 1 - last).unwrap_or(0);
    (1..=room).map_while(later).collect()
}

/// Other buckets of the horizon for an open order that is not firm, and its going.
fn order(network: &Network, index: usize) -> Vec<Move> {
    let facts = &network.open_orders[index];
    if facts.firm {
        return Vec::new();
    }
    let Some(at) = network.calendar.buckets.iter().position(|bucket| facts.due <= bucket.middle()) else {
        return Vec::new();
    };
    let (supplier, location) = (network.supplier(facts.supplier), network.location(facts.location));
    let others = [("supplier", supplier.id.as_str()), ("location", location.id.as_str())];
    let rules = rules_that(network, Relax::OpenOrder, |rule| meets(network, &rule.scope, facts.item, &others));
    let narrow = |at: usize| i64::try_from(at).unwrap_or(0);
    let shifts = (-narrow(at)..narrow(network.calendar.len() - at)).filter(|shift| *shift != 0);
    let by = |shift: i64| {
        let used = shift.abs();
        Some(Move { to: OrderMove::By(shift), rule: first(network, &rules, used)?, used })
    };
    let mut moves: Vec<Move> = shifts.filter_map(by).collect();
    if let Some(&rule) = rules.iter().find(|&&rule| network.rules[rule].cancel) {
        moves.push(Move { to: OrderMove::Gone, rule, used: reach(&network.rules[rule]) + 1 });
    }
    moves
}
