//! Promotions that move, open orders that move or go. A move belongs whole to the first rule that reaches it.

use super::{Objection, Rules, Used, Uses, scope};
use crate::network::{OpenOrder, Relax, Rule, UpTo};
use crate::plan::Action;
use crate::verify::days;
use crate::verify::exact::{Overflow, more, whole};
use crate::verify::ledger::Ledger;
use crate::verify::report::row_path;

impl Rules<'_> {
    pub(super) fn moved_promotions(&self, ledger: &Ledger<'_>, uses: &mut Uses) {
        let network = self.network;
        for (index, promotion) in network.promotions.iter().enumerate() {
            let moved = ledger.moves.get(index).copied().unwrap_or(0);
            if moved == 0 {
                continue;
            }
            let by = i64::try_from(moved).unwrap_or(i64::MAX);
            let mut rules = self.of_kind(Relax::PromotionDate).filter(|(_, rule)| buckets(rule) >= by);
            let rule = rules.find(|(_, rule)| scope::promotion(network, rule, index, promotion));
            let bucket = ledger.facts.horizon().iter().position(|bucket| days::lies_in(bucket, promotion.during));
            match (rule, bucket) {
                (Some((rule, _)), Some(bucket)) => uses.move_by(rule, bucket, promotion.id.clone(), by),
                _ => uses.objections.push(Objection {
                    path: row_path("promotions", &[&promotion.id]) + ".moved",
                    expected: "what a rule allows".into(),
                    found: by.to_string(),
                }),
            }
        }
    }

    pub(super) fn moved_orders(&self, ledger: &Ledger<'_>, uses: &mut Uses) -> Result<(), Overflow> {
        let (facts, network) = (ledger.facts, self.network);
        for ((order, arrival), standing) in network.open_orders.iter().zip(&facts.arrivals).zip(&ledger.orders) {
            let Some(from) = arrival.coming.bucket else { continue };
            let rule = match standing.action {
                Action::Cancelled => self.cancelling(order)?,
                Action::Moved => self.moving(order, from.abs_diff(standing.coming.bucket.unwrap_or(from))),
                _ => continue,
            };
            let of = format!("{}/{}", order.id, network.item(order.item).id);
            match rule {
                Some((rule, by)) => uses.move_by(rule, from, of, by),
                None => uses.objections.push(Objection {
                    path: row_path("orders", &[&order.id, &network.item(order.item).id]) + ".action",
                    expected: "what a rule allows".into(),
                    found: if standing.action == Action::Moved { "moved" } else { "cancelled" }.into(),
                }),
            }
        }
        Ok(())
    }

    /// The first rule that lets an order move so far, with its use.
    fn moving(&self, order: &OpenOrder, by: usize) -> Option<(usize, i64)> {
        let by = i64::try_from(by).ok()?;
        let rule = self.speaking_of(order).find(|(_, rule)| buckets(rule) >= by);
        rule.map(|(index, _)| (index, by))
    }

    /// The first rule that lets an order go, with its use.
    fn cancelling(&self, order: &OpenOrder) -> Result<Option<(usize, i64)>, Overflow> {
        let rule = self.speaking_of(order).find(|(_, rule)| rule.cancel);
        rule.map(|(index, rule)| Ok((index, more(buckets(rule), 1)?))).transpose()
    }

    fn speaking_of(&self, order: &OpenOrder) -> impl Iterator<Item = (usize, &Rule)> {
        self.of_kind(Relax::OpenOrder).filter(|(_, rule)| scope::open_order(self.network, rule, order))
    }
}

/// How many buckets a rule lets something move.
fn buckets(rule: &Rule) -> i64 {
    if let UpTo::Buckets(buckets) = rule.up_to { buckets } else { 0 }
}

impl Uses {
    fn move_by(&mut self, rule: usize, bucket: usize, of: String, by: i64) {
        let (amount, used) = (whole(by), whole(by));
        self.used.push(Used { rule, bucket, of, amount, used, cost: None });
    }
}
