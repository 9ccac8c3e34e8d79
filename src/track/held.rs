//! The plan held against what came: what belongs together, and the tables that follow from that.

use std::collections::BTreeMap;

use super::file::{
    CashEnd, Exception, PaymentRow, PlaceRow, Projection, Revisit, SalesRow, StockRow, SupplyRow, TrackedMetric,
    TransferRow,
};
use super::given::Given;
use super::stock::{self, Stock};
use super::supply::{self, Matched};
use super::told::{Due, alone};
use super::transfers::{self, Carried};
use super::variance::BySupply;
use super::{cash, exceptions, lost, metrics, payments, places, projection, revisit, variance};
use crate::network::ItemId;
use crate::units::Overflow;

/// A plan with what came of its lines.
pub(super) struct Held<'t> {
    given: &'t Given<'t>,
    matched: Matched<'t, 't>,
    carried: Carried<'t, 't>,
    stocks: BTreeMap<ItemId, Stock>,
}

/// What a tracking tells row by row.
pub(super) struct Tables {
    pub(super) sales: Vec<SalesRow>,
    pub(super) supply: Vec<SupplyRow>,
    pub(super) transfers: Vec<TransferRow>,
    pub(super) stock: Vec<StockRow>,
    pub(super) places: Vec<PlaceRow>,
    pub(super) payments: Vec<PaymentRow>,
    pub(super) projection: Option<Projection>,
}

impl<'t> Held<'t> {
    /// Finds what of all that came belongs to which line.
    pub(super) fn of(given: &'t Given<'t>) -> Result<Self, Overflow> {
        let Given { network, plan, span, names, facts, told, planned, .. } = given;
        let matched = supply::matched(plan, facts, network, names, span);
        let carried = transfers::matched(plan, facts, names, span);
        let stocks = stock::all(plan, &matched, facts, planned, names, span, told.receipts)?;
        Ok(Self { given, matched, carried, stocks })
    }

    pub(super) fn tables(&self) -> Result<Tables, Overflow> {
        let Given { network, span, facts, told, planned, costs, .. } = self.given;
        let sales = variance::rows(network, planned, &facts.sales, &self.by_supply()?, span)?;
        let row = |(item, stock): (&ItemId, &Stock)| stock.row(*item, costs[item.index()], network, facts, span);
        let stock: Vec<StockRow> = self.stocks.iter().map(row).collect();
        let projection = projection::project(network, planned, &sales, &self.with_rows(&stock), &self.matched, span)?;
        Ok(Tables {
            sales,
            supply: if told.receipts { supply::rows(&self.matched, network, span) } else { Vec::new() },
            transfers: if told.transfers { transfers::rows(&self.carried, network, span) } else { Vec::new() },
            stock,
            places: self.places()?,
            payments: if told.payments { payments::rows(&self.matched, facts, network, span)? } else { Vec::new() },
            projection,
        })
    }

    /// Transfers with what came of them; absent where none is told.
    fn carried_told(&self) -> Option<&Carried<'t, 't>> {
        self.given.told.transfers.then_some(&self.carried)
    }

    /// Stock of each item beside the row that tells of it.
    fn with_rows<'a>(&'a self, rows: &'a [StockRow]) -> BTreeMap<ItemId, (&'a Stock, &'a StockRow)> {
        self.stocks.iter().zip(rows).map(|((item, stock), row)| (*item, (stock, row))).collect()
    }

    /// What supply did to sales, as far as anything is told of supply.
    fn by_supply(&self) -> Result<BySupply, Overflow> {
        let Given { plan, span, names, facts, told, planned, .. } = self.given;
        if !told.receipts && !told.transfers {
            return Ok(BySupply::new());
        }
        lost::lost(&lost::Looked {
            matched: &self.matched,
            receipts_told: told.receipts,
            carried: self.carried_told(),
            facts,
            plan,
            planned,
            names,
            span,
        })
    }

    fn places(&self) -> Result<Vec<PlaceRow>, Overflow> {
        let Given { network, plan, span, names, facts, told, costs, .. } = self.given;
        let looked = places::Looked {
            network,
            plan,
            facts,
            matched: &self.matched,
            carried: &self.carried,
            names,
            span,
            told: (told.receipts, told.transfers),
            costs,
        };
        looked.rows()
    }

    /// Figures of the plan to date, and what they came to.
    pub(super) fn metrics(&self, tables: &Tables) -> Result<Vec<TrackedMetric>, Overflow> {
        let Given { plan, span, names, told, costs, .. } = self.given;
        let cost = |row: &SalesRow| costs[names.items[row.item.as_str()].index()];
        metrics::all(&metrics::Basis {
            sales: &tables.sales,
            costs: tables.sales.iter().map(cost).collect(),
            supply: told.receipts.then_some(tables.supply.as_slice()),
            stock: self.with_rows(&tables.stock).into_values().collect(),
            ahead: metrics::ahead(plan, &tables.stock, span.through)?,
            years: span.years(),
            payments: told.payments.then_some(tables.payments.as_slice()),
        })
    }

    /// Cash at the end of the last bucket; absent where none is planned.
    pub(super) fn cash(&self, tables: &Tables) -> Result<Option<CashEnd>, Overflow> {
        let Given { network, plan, span, names, facts, told, planned, .. } = self.given;
        let looked = cash::Looked {
            network,
            plan,
            planned,
            sales: &tables.sales,
            projection: tables.projection.as_ref(),
            matched: &self.matched,
            facts,
            payments_told: told.payments,
            names,
            span,
        };
        looked.end()
    }

    /// What needs a decision now.
    pub(super) fn exceptions(&self, tables: &Tables, cash: Option<&CashEnd>) -> Result<Vec<Exception>, Overflow> {
        let Given { network, plan, span, told, .. } = self.given;
        exceptions::all(&exceptions::Looked {
            network,
            plan,
            sales: &tables.sales,
            stock: &tables.stock,
            places: &tables.places,
            payments: &tables.payments,
            projection: tables.projection.as_ref(),
            matched: &self.matched,
            carried: self.carried_told(),
            cash,
            receipts_told: told.receipts,
            span,
        })
    }

    /// What is to be looked at again in the next cycle.
    pub(super) fn revisit(&self, tables: &Tables) -> Result<Vec<Revisit>, Overflow> {
        let Given { network, span, names, told, moves, .. } = self.given;
        let matched = (&self.matched, told.receipts);
        revisit::all(network, names, &tables.sales, matched, self.carried_told(), moves, span)
    }

    /// What is not told, and what that means; `asked` says whether somebody said which day is the last one.
    pub(super) fn notes(&self, tables: &Tables, asked: bool) -> Vec<String> {
        let Given { network, plan, span, facts, told, .. } = self.given;
        told.notes(&Due {
            orders: self.matched.lines.iter().any(|line| line.order.usable_date <= span.through),
            transfers: plan.transfers.iter().any(|transfer| transfer.usable_date <= span.through),
            left_out: facts.left_out.clone(),
            alone: alone(network, asked, span),
            counted: tables.stock.iter().any(|row| row.counted) || tables.places.iter().any(|row| row.counted),
        })
    }
}
