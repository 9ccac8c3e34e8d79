//! What more of a limit buys, by planning with more of it.

use chrono::NaiveDate;

use super::{Compiled, Failure, Planned, plan_network};
use crate::model::Model;
use crate::network::{CashAmount, CashFlow, Extra, Network};
use crate::next::{Next, Question, When, Wish, WishKind, answered, questions};
use crate::plan::Plan;
use crate::solve::Steering;
use crate::source::Place;

/// Answers what more of the limits buys beside `plan`, the plan of the project as it is. At most `most` plans are made, of the most promising
/// limits.
///
/// # Errors
/// Where the inputs are invalid or the compiler contradicts itself.
pub fn next(
    compiled: &Compiled,
    plan: &Plan,
    (wishes, of, when): (&[Wish], Option<&str>, &When),
    most: usize,
    steering: &Steering<'_>,
) -> Result<Next, Failure> {
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
    Ok(answered(plan, asked, plans))
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
