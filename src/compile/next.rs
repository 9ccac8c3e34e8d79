//! What more of a limit buys, by planning with more of it.

use chrono::NaiveDate;

use super::{Compiled, Failure, Planned, built, plan_network};
use crate::model::Model;
use crate::model::moves::Moves;
use crate::network::{CashAmount, CashFlow, Extra, Network};
use crate::next::{Next, Question, When, Wish, WishKind, answered, better, questions};
use crate::plan::{Plan, decisions, moves};
use crate::solve::{Outcome, Steering};
use crate::source::Place;
use crate::units::ratio;

/// Answers what more of the limits buys beside `plan`, the plan of the project as it is. At most `most` plans are made, of the most promising
/// limits. Where one of them earns more and needs no more of anything, it comes along as a plan of the project as it is.
///
/// # Errors
/// Where the inputs are invalid or the compiler contradicts itself.
pub fn next(
    compiled: &Compiled,
    plan: &Plan,
    (wishes, of, when): (&[Wish], Option<&str>, &When),
    most: usize,
    steering: &Steering<'_>,
) -> Result<(Next, Option<Plan>), Failure> {
    let Some(network) = &compiled.network else { return Err(Failure::Invalid) };
    let model = Model::new(network)?;
    let mut plans = 1;
    let mut asked = Vec::new();
    for question in questions(plan, wishes, of, when) {
        let source = source(&model, &question);
        let mut more = None;
        if question.is_open && plans <= most && !steering.is_asked_to_stop() {
            plans += 1;
            // Where no plan is found with more, the one as it is remains one.
            more = Some(match plan_network(compiled, &with_more(network, &question, &source), steering)? {
                Planned::Plan(plan) => plan.0,
                Planned::Draft(_) => plan.clone(),
            });
        }
        asked.push((question, source, more));
    }
    let found = better(plan, &asked).map(|found| as_it_is(compiled, network, plan, found)).transpose()?.flatten();
    Ok((answered(plan, asked, plans), found))
}

/// A plan that was made with more of something and needs none of that, as a plan of the project as it is: with what is proven of the plan there is,
/// which holds of every plan.
fn as_it_is(compiled: &Compiled, network: &Network, stated: &Plan, found: &Plan) -> Result<Option<Plan>, Failure> {
    let moved = moves(network, found);
    let model = Model::new(network)?;
    let model = if moved == Moves::default() { model } else { model.moved(moved)? };
    let Some(outcome) = decisions(&model, found) else { return Ok(None) };
    let certificate = &stated.certificate;
    let levels: Option<Vec<_>> =
        certificate.levels.iter().map(|level| level.bound.map(|bound| ratio(bound.0))).collect();
    let bound = certificate.bound.map(|bound| ratio(bound.0));
    let outcome = Outcome { bound, levels: levels.unwrap_or_default(), ..outcome };
    built(compiled, &model, &outcome, false).map(Some)
}

/// The project with more.
fn with_more(network: &Network, question: &Question, source: &Place) -> Network {
    let mut network = network.clone();
    for &bucket in &question.buckets {
        if question.kind == WishKind::Cash {
            let start: NaiveDate = network.calendar.buckets[bucket].start;
            let amount = CashAmount::On(start, question.amount);
            network.cash_flows.push(CashFlow { name: "more".to_owned(), amount, origin: source.clone() });
        } else {
            let (kind, of) = (question.kind.name(), question.of.clone());
            network.extras.push(Extra { kind, of, bucket, amount: question.amount });
        }
    }
    network
}

/// Where a limit is stated.
fn source(model: &Model<'_>, question: &Question) -> Place {
    let limit = model.limits.iter().find(|limit| limit.kind.name() == question.kind.name() && limit.of == question.of);
    let cash = model.network.cash.as_ref().map(|cash| &cash.origin);
    let nowhere = Place { file: String::new(), line: 0, column: 0 };
    limit.map(|limit| &limit.origin).or(cash).cloned().unwrap_or(nowhere)
}
