//! Promotions that move, open orders that move or go.

use std::collections::BTreeMap;

use super::{Fate, Reader};
use crate::network::Promotion;
use crate::plan::{Action, Order};
use crate::verify::compare::order_path;
use crate::verify::days;
use crate::verify::report::{Report, row_path};

impl Reader<'_> {
    pub(super) fn promotions(&self, report: &mut Report) -> BTreeMap<usize, usize> {
        let promotions = &self.facts.network.promotions;
        let mut moved = BTreeMap::new();
        for row in &self.plan.promotions {
            let path = || row_path("promotions", &[&row.id]);
            let Some(index) = promotions.iter().position(|promotion| promotion.id == row.id) else {
                report.add(path, "a promotion of the project", "none of that name");
                continue;
            };
            let most = self.room(&promotions[index]);
            match usize::try_from(row.moved) {
                Ok(by) if (1..=most).contains(&by) => _ = moved.entry(index).or_insert(by),
                _ => report.add(|| path() + ".moved", format_args!("1 to {most}"), row.moved),
            }
        }
        moved
    }

    /// By how many buckets a promotion can move and stay inside the horizon.
    fn room(&self, promotion: &Promotion) -> usize {
        let last = self.facts.horizon().iter().rposition(|bucket| days::lies_in(bucket, promotion.during));
        last.map_or(0, |last| self.facts.horizon - 1 - last)
    }

    pub(super) fn open_orders(&self, report: &mut Report) -> BTreeMap<usize, Fate> {
        let network = self.facts.network;
        let orders = network.open_orders.iter().enumerate();
        let known: BTreeMap<_, _> =
            orders.map(|(index, order)| ((&*order.id, &*network.item(order.item).id), index)).collect();
        let mut fates = BTreeMap::new();
        let inside = self.plan.orders.iter().map(|order| ("orders", order));
        let rows = inside.chain(self.plan.tail.iter().map(|order| ("tail", order)));
        for (list, row) in rows.filter(|(_, row)| matches!(row.action, Action::Moved | Action::Cancelled)) {
            let index = row.id.as_deref().and_then(|id| known.get(&(id, &*row.item)).copied());
            let fate = index.and_then(|index| Some((index, self.fate(index, row)?)));
            match fate {
                Some((index, fate)) => _ = fates.entry(index).or_insert(fate),
                None => report.add(|| order_path(list, row) + ".action", "\"open\"", "another"),
            }
        }
        fates
    }

    /// What a row makes of an open order; `None` where that cannot be.
    fn fate(&self, index: usize, row: &Order) -> Option<Fate> {
        let (facts, inside) = (self.facts, |bucket: &usize| *bucket < self.facts.horizon);
        let from = facts.arrivals[index].coming.bucket.filter(inside)?;
        if facts.network.open_orders[index].firm {
            return None;
        }
        if row.action == Action::Cancelled {
            return Some(Fate::Cancelled);
        }
        let to = self.buckets.get(&row.receipt_bucket).copied().filter(inside)?;
        (to != from).then_some(Fate::Moved(to))
    }
}
