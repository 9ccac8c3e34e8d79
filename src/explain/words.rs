//! Members and amounts in words.

use rust_decimal::Decimal;

use super::member::Member;
use crate::model::Model;
use crate::network::{Network, OfferId};
use crate::plan::Amount;
use crate::render::number::{money, quantity, units};
use crate::units::Ratio;

/// An amount as people read it; the largest there is where it cannot be written.
pub(super) fn amount(number: Ratio) -> Amount {
    Amount::rounded(number).unwrap_or(Amount(Decimal::MAX))
}

/// `1,234.50 USD`
pub(super) fn cash(network: &Network, number: Ratio) -> String {
    format!("{} {}", money(amount(number)), network.currency)
}

/// `1,234.5`
pub(super) fn number(number: Ratio) -> String {
    quantity(amount(number))
}

/// `1 unit`, `40 units`
pub(super) fn count(number: i64) -> String {
    format!("{} {}", units(number), if number == 1 { "unit" } else { "units" })
}

/// `1 item`, `40 items`
pub(super) fn items(number: usize) -> String {
    format!("{number} {}", if number == 1 { "item" } else { "items" })
}

/// `2026-02`
pub(super) fn label(model: &Model<'_>, bucket: usize) -> String {
    model.calendar.buckets.get(bucket).map_or_else(String::new, |bucket| bucket.period.to_string())
}

/// `` `MUG` in `web` ``
pub(super) fn offer(network: &Network, offer: usize) -> String {
    let facts = &network.offers[offer];
    format!("`{}` in `{}`", network.item(facts.item).id, network.channel(facts.channel).id)
}

/// `` `MUG` at `main` ``
pub(super) fn pool(network: &Network, pool: usize) -> String {
    let facts = &network.pools[pool];
    format!("`{}` at `{}`", network.item(facts.item).id, network.location(facts.location).id)
}

/// A member as a thing that a plan keeps.
pub(super) fn name(network: &Network, member: &Member) -> String {
    let key = member.key(network);
    match member {
        Member::Floor(at) => {
            let service = &network.services[*at];
            match service.offers.as_slice() {
                [OfferId(only)] if !service.group => format!("the floor of {}", offer(network, *only as usize)),
                _ if service.group => format!("the floor of the group `{key}`"),
                _ => format!("the floor of `{key}`"),
            }
        }
        Member::Cover(at) => match network.covers[*at].pools.as_slice() {
            [only] => format!("the hard cover of {}", pool(network, only.index())),
            _ => format!("the hard cover of `{key}`"),
        },
        Member::Pin(_) => format!("the pin of `{key}`"),
        Member::FirmOrder(_) => format!("the firm order `{key}`"),
        Member::Cash => "the cash minimum".to_owned(),
        Member::CashFlow(_) => format!("the cash flow `{key}`"),
        Member::Budget(_) => format!("the budget `{key}`"),
        Member::InventoryValue(_) => format!("the inventory limit `{key}`"),
        Member::Storage(_) => format!("the storage capacity of `{key}`"),
        Member::Inbound(_) => format!("the inbound capacity of `{key}`"),
        Member::Outbound(_) => format!("the outbound capacity of `{key}`"),
        Member::SupplierCapacity(_) => format!("the capacity of supplier `{key}`"),
        Member::Closures(_) => format!("the closures of supplier `{key}`"),
        Member::MinimumOrder(_) => format!("the minimum order of supplier `{key}`"),
        Member::Frozen => "the frozen days".to_owned(),
        Member::Premium(_) => format!("`premium` of lane `{key}`"),
        Member::Largest(_) => format!("`max` of lane `{key}`"),
        Member::Smallest(_) => format!("`moq` of lane `{key}`"),
        Member::Multiple(_) => format!("`multiple` of lane `{key}`"),
    }
}

/// `a, b and c`
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
