//! Which changed inputs moved the numbers, found by planning what lies in between.
//!
//! The base with one change and none of the others is a project like any other: it is blended from both documents, checked and planned. What
//! a change does by itself is told; what changes do only together is a row of its own, so that the rows add up.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::groups::{Group, Part, assumed, changed_assumptions, groups, joined};
use super::{Compiled, Failure};
use crate::check::check;
use crate::diagnostic::{Severity, sort};
use crate::diff::{Attribution, Cause, FigureName, Method, PlanDiff, in_terms_of, whole};
use crate::document::{Document, Files, Loaded, Variant, blend, changes, load_beside};
use crate::plan::{Amount, Plan};
use crate::source::{Sources, Span};

/// Most causes of which all orders are looked at.
const MOST_IN_FULL: usize = 4;

/// Tells the causes of a diff: its attribution, and which changes of lines are no changed input's.
///
/// `full` asks for the mean over all orders of the changes, where there are at most four.
pub fn attribute(
    diff: &mut PlanDiff,
    base: &dyn Files,
    head: &dyn Files,
    variant: &Variant,
    plans: (&Plan, &Plan),
    full: bool,
) {
    let work = Work::new(base, head, variant);
    let (old, _) = work.documents(&BTreeSet::new());
    // With every assumption as the head has it, what differs is stated otherwise.
    let all: BTreeSet<String> = work.assumptions.keys().cloned().collect();
    let (settled, stated) = work.documents(&all);
    let differing = changes(&settled.document, &stated.document);
    let mut list =
        groups(&settled_assumptions(&old.document, settled.document), &stated.document, &differing, &stated.sources);
    touch(diff, &list);
    let mut found = Effects { work: &work, plans, known: BTreeMap::new(), made: 0 };
    found.settle(&mut list);
    let method =
        if full && list.len() <= MOST_IN_FULL && found.all_have_plans(&list) { Method::Full } else { Method::Alone };
    let figures: Vec<FigureName> = diff.figures.iter().map(|figure| figure.name).collect();
    let mut rows: Vec<Cause> = list
        .iter()
        .enumerate()
        .map(|(at, group)| found.row(&list, at, group, &figures, method, &stated.sources))
        .collect();
    let total = effects(plans.1, plans.0, &figures);
    rest(&mut rows, &total, diff.objective_delta(), method);
    diff.attribution = Some(Attribution { method, compiles: found.made, figures, rows });
}

/// The document as it is, with the assumptions as they were: places of both sides are told.
fn settled_assumptions(old: &Document, settled: Document) -> Document {
    Document { assumptions: old.assumptions.clone(), ..settled }
}

/// Marks lines of items that no cause is about.
fn touch(diff: &mut PlanDiff, groups: &[Group]) {
    let items: Option<Vec<&BTreeSet<String>>> = groups.iter().map(|group| group.items.as_ref()).collect();
    let Some(items) = items.filter(|items| !items.is_empty()) else { return };
    diff.mark_rebalanced(|item| !items.iter().any(|known| known.contains(item)));
}

/// What is needed to plan anything in between.
struct Work<'f> {
    base: &'f dyn Files,
    head: &'f dyn Files,
    variant: &'f Variant,
    /// Values of changed assumptions: of the base, and of the head.
    assumptions: BTreeMap<String, (Decimal, Decimal)>,
}

impl<'f> Work<'f> {
    fn new(base: &'f dyn Files, head: &'f dyn Files, variant: &'f Variant) -> Self {
        let bare = Self { base, head, variant, assumptions: BTreeMap::new() };
        let (old, new) = bare.documents(&BTreeSet::new());
        let changed = changed_assumptions(&old.document, &new.document);
        let values = |name: String| {
            let both = (assumed(&old.document, &name), assumed(&new.document, &name));
            (name, both)
        };
        Self { assumptions: changed.into_iter().map(|(name, ..)| values(name)).collect(), ..bare }
    }

    /// Both documents, with the assumptions in `taken` as the head has them and all others as the base has them. The second one's sources hold
    /// the files of both.
    fn documents(&self, taken: &BTreeSet<String>) -> (Loaded, Loaded) {
        let set = |of_base: bool| {
            let differing = self.assumptions.iter().filter(|(name, _)| taken.contains(*name) == of_base);
            let told = differing.map(|(name, (old, new))| {
                let value = if of_base { new } else { old };
                format!("assumption.{}.value={value}", serde_json::Value::from(name.as_str()))
            });
            Variant { set: self.variant.set.iter().cloned().chain(told).collect(), ..self.variant.clone() }
        };
        let base = load_beside(self.base, &set(true), Sources::default());
        let head = load_beside(self.head, &set(false), base.sources.clone());
        (base, head)
    }

    /// The base with some changes, planned.
    fn plan(&self, parts: &BTreeSet<Part>) -> Result<Plan, Failed> {
        let assumptions = parts.iter().filter_map(|part| match part {
            Part::Assumption(name) => Some(name.clone()),
            Part::Change(..) => None,
        });
        let (base, head) = self.documents(&assumptions.collect());
        let document = blend(&base.document, &head.document, &mut |change| parts.contains(&Part::of(change)));
        let checked = check(&document, &head.sources, &[]);
        let mut diagnostics = checked.diagnostics;
        sort(&mut diagnostics, &head.sources);
        let compiled = Compiled {
            sources: head.sources,
            diagnostics,
            network: checked.network,
            waived: Vec::new(),
            approved: document.approved,
        };
        super::plan(&compiled).map_err(|failure| Failed::of(&compiled, &failure))
    }
}

/// Why there is no plan in between.
#[derive(Debug, Clone)]
struct Failed {
    /// True where the inputs contradict each other: a change that means nothing without another one.
    invalid: bool,
    why: String,
}

impl Failed {
    fn of(compiled: &Compiled, failure: &Failure) -> Self {
        let told = compiled
            .diagnostics
            .iter()
            .chain(&failure.diagnostics())
            .find(|one| one.severity == Severity::Error)
            .map(|one| one.message.clone());
        Self {
            invalid: matches!(failure, Failure::Invalid),
            why: told.unwrap_or_else(|| "there is no plan".to_owned()),
        }
    }
}

/// Numbers of a plan, in the order of the figures, and its objective.
struct Numbers {
    figures: BTreeMap<FigureName, Option<Amount>>,
    objective: Amount,
    /// What the best plan could earn beyond it.
    gap: Decimal,
}

impl Numbers {
    fn of(plan: &Plan) -> Self {
        use FigureName::{Contribution, FillRate, LowestCash, PeakInventoryValue, Purchases, Revenue, ValueFillRate};
        let all = [Revenue, Contribution, Purchases, ValueFillRate, FillRate, LowestCash, PeakInventoryValue];
        Self {
            figures: all.into_iter().map(|name| (name, whole(plan, name))).collect(),
            objective: plan.certificate.objective,
            gap: plan
                .certificate
                .bound
                .map_or(Decimal::ZERO, |bound| bound.0.saturating_sub(plan.certificate.objective.0).max(Decimal::ZERO)),
        }
    }
}

/// Effects of causes, each plan made once.
struct Effects<'w, 'f> {
    work: &'w Work<'f>,
    plans: (&'w Plan, &'w Plan),
    known: BTreeMap<BTreeSet<Part>, Result<Numbers, Failed>>,
    made: u32,
}

impl Effects<'_, '_> {
    /// Numbers of the base with the causes at `chosen`.
    fn numbers(&mut self, list: &[Group], chosen: &[usize]) -> &Result<Numbers, Failed> {
        let parts: BTreeSet<Part> = chosen.iter().flat_map(|&at| list[at].parts.iter().cloned()).collect();
        if !self.known.contains_key(&parts) {
            let numbers = match chosen.len() {
                0 => Ok(Numbers::of(self.plans.0)),
                all if all == list.len() => Ok(Numbers::of(self.plans.1)),
                _ => {
                    self.made += 1;
                    self.work.plan(&parts).map(|plan| Numbers::of(&plan))
                }
            };
            self.known.insert(parts.clone(), numbers);
        }
        &self.known[&parts]
    }

    /// Puts together causes that mean nothing one by one: a new item, its lane and its demand.
    fn settle(&mut self, list: &mut Vec<Group>) {
        let invalid = |own: &mut Self, list: &[Group], at: usize| matches!(own.numbers(list, &[at]), Err(failed) if failed.invalid);
        let alone: Vec<bool> = (0..list.len()).map(|at| invalid(self, list, at)).collect();
        if !alone.contains(&true) {
            return;
        }
        for with_added in [false, true] {
            let belongs = |at: usize| alone[at] || with_added && list[at].adds;
            let (own, others): (Vec<_>, Vec<_>) = (0..list.len()).partition(|at| belongs(*at));
            let name = own.iter().map(|&at| list[at].name.clone()).collect::<Vec<_>>().join("; ");
            let group = joined(own.iter().map(|&at| list[at].clone()).collect(), |_| name.clone());
            let mut tried: Vec<Group> = others.iter().map(|&at| list[at].clone()).collect();
            tried.extend(group);
            if !invalid(self, &tried, tried.len() - 1) {
                *list = tried;
                return;
            }
        }
        let whole = joined(std::mem::take(list), |count| format!("{count} changes that mean nothing one by one"));
        list.extend(whole);
    }

    /// True where every choice of causes has a plan.
    fn all_have_plans(&mut self, list: &[Group]) -> bool {
        (0..1_usize << list.len()).all(|choice| self.numbers(list, &chosen(choice, list.len())).is_ok())
    }

    fn row(
        &mut self,
        list: &[Group],
        at: usize,
        group: &Group,
        figures: &[FigureName],
        method: Method,
        sources: &Sources,
    ) -> Cause {
        let gone = group.after.is_empty();
        let spans: &[Span] = if gone { &group.before } else { &group.after };
        let mut places: Vec<_> = spans.iter().map(|span| sources.place(*span)).collect();
        places.sort();
        places.dedup_by(|a, b| a.file == b.file && a.line == b.line);
        let (from, to) = group.values(sources);
        let mut row = Cause {
            cause: group.name.clone(),
            from,
            to,
            sources: places,
            gone,
            effects: vec![None; figures.len()],
            objective: None,
            within_tolerance: false,
            without_plan: None,
        };
        match method {
            Method::Alone => self.alone(&mut row, list, at, figures),
            Method::Full => self.in_full(&mut row, list, at, figures),
        }
        row
    }

    /// What a cause does by itself.
    fn alone(&mut self, row: &mut Cause, list: &[Group], at: usize, figures: &[FigureName]) {
        let (base, head) = self.plans;
        let before = Numbers::of(base);
        match self.numbers(list, &[at]) {
            Ok(numbers) => {
                row.effects = figures.iter().map(|name| apart(&numbers.figures[name], &before.figures[name])).collect();
                row.objective = Some(Amount(numbers.objective.0.saturating_sub(before.objective.0)));
                let tolerance = Amount(before.gap.saturating_add(numbers.gap));
                let within = |(name, effect): (&FigureName, &Option<Amount>)| {
                    effect.is_none_or(|effect| effect.0.abs() <= in_terms_of(*name, tolerance, head).0)
                };
                row.within_tolerance = figures.iter().zip(&row.effects).all(within);
            }
            Err(failed) => row.without_plan = Some(failed.why.clone()),
        }
    }

    /// The mean of what a cause adds, over all orders: each set of those before it weighs as often as it comes.
    fn in_full(&mut self, row: &mut Cause, list: &[Group], at: usize, figures: &[FigureName]) {
        let count = list.len();
        let mut sums: Vec<Option<Decimal>> = vec![Some(Decimal::ZERO); figures.len()];
        let mut objective = Decimal::ZERO;
        for choice in (0..1_usize << count).filter(|choice| choice >> at & 1 == 0) {
            let size = choice.count_ones() as usize;
            let weight = Decimal::from(factorial(size) * factorial(count - size - 1));
            let value = |own: &mut Self, choice: usize| {
                let numbers = own.numbers(list, &chosen(choice, count)).as_ref().ok()?;
                Some((figures.iter().map(|name| numbers.figures[name]).collect::<Vec<_>>(), numbers.objective))
            };
            let (Some(with), Some(without)) = (value(self, choice | 1 << at), value(self, choice)) else { return };
            for (sum, (with, without)) in sums.iter_mut().zip(with.0.iter().zip(&without.0)) {
                *sum = sum.zip(apart(with, without)).map(|(sum, one)| sum.saturating_add(one.0.saturating_mul(weight)));
            }
            objective = objective.saturating_add(with.1.0.saturating_sub(without.1.0).saturating_mul(weight));
        }
        let mean = |sum: Decimal| Amount((sum / Decimal::from(factorial(count))).round_dp(6));
        row.effects = sums.into_iter().map(|sum| sum.map(mean)).collect();
        row.objective = Some(mean(objective));
        let (base, head) = self.plans;
        let tolerance = Amount(Numbers::of(base).gap.saturating_add(Numbers::of(head).gap));
        let within = |(name, effect): (&FigureName, &Option<Amount>)| {
            effect.is_none_or(|effect| effect.0.abs() <= in_terms_of(*name, tolerance, head).0)
        };
        row.within_tolerance = figures.iter().zip(&row.effects).all(within);
    }
}

/// What is the rest of the total: what causes do only together, or what rounding of means leaves.
fn rest(rows: &mut Vec<Cause>, total: &[Option<Amount>], objective: Amount, method: Method) {
    let left = |rows: &[Cause], at: usize| {
        let told =
            rows.iter().filter_map(|row| row.effects[at]).fold(Decimal::ZERO, |sum, one| sum.saturating_add(one.0));
        total[at].map(|total| Amount(total.0.saturating_sub(told)))
    };
    let remains: Vec<Option<Amount>> = (0..total.len()).map(|at| left(rows, at)).collect();
    let told = rows.iter().filter_map(|row| row.objective).fold(Decimal::ZERO, |sum, one| sum.saturating_add(one.0));
    let objective = Amount(objective.0.saturating_sub(told));
    if method == Method::Full {
        let Some(last) = rows.last_mut() else { return };
        for (effect, remains) in last.effects.iter_mut().zip(&remains) {
            *effect = effect.zip(*remains).map(|(effect, remains)| Amount(effect.0.saturating_add(remains.0)));
        }
        return;
    }
    if rows.len() > 1 {
        rows.push(Cause {
            cause: "together".to_owned(),
            from: String::new(),
            to: String::new(),
            sources: Vec::new(),
            gone: false,
            effects: remains,
            objective: Some(objective),
            within_tolerance: false,
            without_plan: None,
        });
    }
}

/// By how much the numbers of two plans differ.
fn effects(after: &Plan, before: &Plan, figures: &[FigureName]) -> Vec<Option<Amount>> {
    figures.iter().map(|&name| apart(&whole(after, name), &whole(before, name))).collect()
}

fn apart(after: &Option<Amount>, before: &Option<Amount>) -> Option<Amount> {
    after.zip(*before).map(|(after, before)| Amount(after.0.saturating_sub(before.0)))
}

/// The members of a choice of so many, by its bits.
fn chosen(choice: usize, count: usize) -> Vec<usize> {
    (0..count).filter(|at| choice >> at & 1 == 1).collect()
}

fn factorial(number: usize) -> u64 {
    (1..=number as u64).product()
}
