//! Which metrics of a plan are asked for.

use super::{Kind, Measure};
use crate::plan::{Metric, Plan};

/// What the rows of an answer are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The parts of a kind.
    Part(Kind),
    /// Buckets of each part that is asked for.
    Bucket,
}

/// A question. What is empty asks for everything.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// What the rows are; the whole plan, or the parts that are named, where nothing is said.
    pub by: Option<By>,
    /// Metrics, by name.
    pub metrics: Vec<String>,
    /// Parts, by kind and id.
    pub parts: Vec<(Kind, String)>,
    /// Buckets, by label.
    pub buckets: Vec<String>,
}

/// A name that the plan does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What it was to be: `metric`, `item`, `bucket`, ...
    pub what: &'static str,
    /// The name.
    pub name: String,
    /// The names that there are.
    pub known: Vec<String>,
}

impl Query {
    /// The metrics that are asked for, in the order of the plan file.
    ///
    /// # Errors
    /// Where a name is none that the plan has.
    pub fn answer<'p>(&self, plan: &'p Plan) -> Result<Vec<&'p Metric>, Unknown> {
        self.check(plan)?;
        let scopes: Vec<String> = self.parts.iter().map(|(kind, id)| format!("{}:{id}", kind.name())).collect();
        let in_scope = |metric: &Metric| {
            if !scopes.is_empty() {
                return scopes.contains(&metric.scope);
            }
            match self.by {
                Some(By::Part(kind)) => scope_of(&metric.scope, kind).is_some(),
                _ => metric.scope == "plan",
            }
        };
        let by_bucket = self.by == Some(By::Bucket) || !self.buckets.is_empty();
        let in_time = |metric: &Metric| match &metric.bucket {
            None => !by_bucket,
            Some(bucket) => by_bucket && (self.buckets.is_empty() || self.buckets.contains(bucket)),
        };
        let named = |metric: &Metric| self.metrics.is_empty() || self.metrics.contains(&metric.name);
        Ok(plan.metrics.iter().filter(|one| in_scope(one) && in_time(one) && named(one)).collect())
    }

    fn check(&self, plan: &Plan) -> Result<(), Unknown> {
        let metrics = || Measure::ALL.iter().map(|measure| measure.name().to_owned()).collect::<Vec<_>>();
        known("metric", &self.metrics, metrics)?;
        let buckets = || plan.buckets.iter().filter(|one| !one.tail).map(|one| one.label.clone()).collect();
        known("bucket", &self.buckets, buckets)?;
        for (kind, id) in &self.parts {
            let parts = || {
                let mut ids: Vec<String> =
                    plan.metrics.iter().filter_map(|one| scope_of(&one.scope, *kind)).map(str::to_owned).collect();
                ids.dedup();
                ids
            };
            known(kind.name(), std::slice::from_ref(id), parts)?;
        }
        Ok(())
    }
}

/// The id in a scope of a kind.
fn scope_of(scope: &str, kind: Kind) -> Option<&str> {
    scope.strip_prefix(kind.name())?.strip_prefix(':')
}

fn known(what: &'static str, asked: &[String], names: impl Fn() -> Vec<String>) -> Result<(), Unknown> {
    if asked.is_empty() {
        return Ok(());
    }
    let names = names();
    match asked.iter().find(|name| !names.contains(name)) {
        Some(name) => Err(Unknown { what, name: name.clone(), known: names }),
        None => Ok(()),
    }
}
