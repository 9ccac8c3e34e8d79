//! From what is stated to a checked world: names resolved, selectors turned into members, contradictions reported.
//!
//! Behind this stage there is no TOML, and nothing that may be invalid. Every problem of a project is found in one run;
//! what follows from an error already reported stays quiet.

mod actuals;
mod baseline;
mod entities;
mod finance;
mod fits;
mod gates;
mod goals;
mod lanes;
mod lints;
mod manifest;
mod names;
mod offers;
mod outlook;
mod pins;
mod rules;
mod selection;
mod sizes;
mod statements;
mod supply;
mod transfers;
mod waive;

use std::collections::BTreeSet;

use crate::calendar::Bucket;
use crate::diagnostic::{Diagnostic, Tally, codes, has_errors};
use crate::document::Document;
use crate::model::timeline::stated_level;
use crate::network::Network;
use crate::series::Series;
use crate::source::{Place, Sources, Span};

use manifest::Manifest;
use names::Names;
pub(crate) use waive::{idle, waive};

/// What [`check`] found.
#[derive(Debug)]
pub struct Checked {
    /// The checked world; `None` where there are errors.
    pub network: Option<Network>,
    /// Problems, in no particular order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Holds a document's statements against each other. `found` are the problems that loading it showed: with an error
/// among them the rest is still checked, but no network comes out.
#[must_use]
pub fn check(document: &Document, sources: &Sources, found: &[Diagnostic]) -> Checked {
    let names = Names::of(document);
    let mut context = Context {
        document,
        sources,
        diagnostics: Vec::new(),
        tally: Tally::default(),
        names,
        planned: (Vec::new(), 0),
        excused: Excused::default(),
        equal: BTreeSet::new(),
        priceless: BTreeSet::new(),
        unsure_prices: None,
    };
    context.sizes();
    if !context.diagnostics.is_empty() {
        return Checked { network: None, diagnostics: context.diagnostics };
    }
    let network = context.network();
    context.report_unknown_names();
    let sound = !has_errors(found) && !has_errors(&context.diagnostics);
    if let Some(network) = network.as_ref().filter(|_| sound) {
        fits::fits(network, document).into_iter().for_each(|error| context.report(error));
        lints::all(network, document, sources).into_iter().for_each(|lint| context.report(lint));
    }
    let mut diagnostics = context.diagnostics;
    context.tally.note_left_out(&mut diagnostics);
    let valid = !has_errors(found) && !has_errors(&diagnostics);
    Checked { network: network.filter(|_| valid), diagnostics }
}

/// What every part of the check needs.
struct Context<'a> {
    document: &'a Document,
    sources: &'a Sources,
    diagnostics: Vec<Diagnostic>,
    tally: Tally,
    names: Names<'a>,
    /// The buckets of horizon and tail, as soon as they are known, and how many of them are the horizon's.
    planned: (Vec<Bucket>, usize),
    /// Items about which an entry with a reported problem may have been.
    excused: Excused,
    /// Pairs of equally narrow entries that were reported.
    equal: BTreeSet<(Span, Span)>,
    /// Items of which it was reported that nothing states a price.
    priceless: BTreeSet<usize>,
    /// Whether some price selects by an unknown name, as soon as somebody asked.
    unsure_prices: Option<bool>,
}

/// Items of which a lane, a stock row or an order could not be read: that they lack one is no problem of its own.
#[derive(Default)]
struct Excused {
    /// Any item may be one.
    all: bool,
    items: BTreeSet<usize>,
}

impl Excused {
    fn covers(&self, item: usize) -> bool {
        self.all || self.items.contains(&item)
    }
}

/// A bucket in which something has no value.
struct Silent {
    bucket: Bucket,
    in_tail: bool,
}

/// Said of buckets behind the horizon.
const TAIL_NEEDS: &str = "buckets of the tail need one as well";

impl Context<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        if self.tally.keeps(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    fn origin(&self, span: Span) -> Place {
        self.sources.place(span)
    }

    /// Reports a level that must have a value in every bucket and has none in some.
    fn gap(&mut self, series: &Series, span: Span, what: &str) {
        if let Some(silent) = self.silent(series) {
            let message = format!("{what} has no value in {}", silent.bucket.period);
            let mut diagnostic = Diagnostic::error(&codes::GAP, message).at(span, "");
            if silent.in_tail {
                diagnostic = diagnostic.with_note(TAIL_NEEDS);
            }
            self.report(diagnostic.help("add `default`, or a key for every bucket"));
        }
    }

    /// The first bucket of horizon and tail in which a level has no value.
    fn silent(&self, series: &Series) -> Option<Silent> {
        let (buckets, horizon) = &self.planned;
        let at = buckets.iter().position(|bucket| stated_level(series, bucket).is_none())?;
        Some(Silent { bucket: buckets[at], in_tail: at >= *horizon })
    }

    /// Builds the network as far as it goes; `None` where so much is wrong that nothing can stand for it.
    fn network(&mut self) -> Option<Network> {
        let manifest = self.manifest();
        self.planned = manifest.as_ref().map_or((Vec::new(), 0), Manifest::planned);
        let items = self.items();
        let locations = self.locations();
        let channels = self.channels();
        let suppliers = self.suppliers(manifest.as_ref().map(|manifest| manifest.currency.as_str()));
        let lanes = self.lanes(&items);
        let transfers = self.transfers(items.len());
        let stock = self.stock();
        let open_orders = self.open_orders();
        let under_way = self.open_transfers();
        let demand = self.demand();
        let economics = self.economics();
        let finance = self.finance();
        let manifest = manifest?;
        self.series_keys(&manifest.calendar);
        let mut network = manifest.network(items, locations, channels, suppliers, economics);
        network.history = self.history();
        network.history_from = outlook::begins(&network.history);
        let (outlooks, narrowest) = self.outlooks(&network);
        network.outlooks = outlooks;
        let demand = self.with_outlooks(&network, demand, narrowest);
        supply::place_stock(&mut network, &stock, &lanes, &open_orders, (&transfers, &under_way), &demand);
        network.lanes = supply::place_lanes(&network, lanes);
        network.open_orders = self.place_open_orders(&network, open_orders);
        self.place_transfers(&mut network, transfers, &under_way);
        let stated = supply::stated_pools(&network, &stock);
        self.offers(&mut network, demand, &stated);
        self.before_history(&network);
        self.costs(&network);
        self.place_finance(&mut network, finance);
        network.actuals = self.actuals();
        network.services = self.services(&network);
        network.covers = self.covers(&network);
        network.rules = self.rules(&network);
        network.gates = self.gates();
        network.waivers = self.waivers(&network);
        network.pins = self.pins(&network);
        network.renamed = self.renamed();
        network.baseline = self.baseline(&network);
        Some(network)
    }
}
