//! What the best plans earn that are found of projects: each is planned once.

use super::REPAIRING;
use crate::model::Model;
use crate::model::ledger::Ledger;
use crate::network::Network;
use crate::solve::{Steering, solve_in_time};
use crate::units::Ratio;

/// Projects with what was found of them.
pub(super) struct Planned<'a> {
    steering: &'a Steering<'a>,
    known: Vec<(Network, Option<Ratio>)>,
}

impl<'a> Planned<'a> {
    pub(super) fn new(steering: &'a Steering<'a>) -> Self {
        Self { steering, known: Vec::new() }
    }

    /// True of a project that needs no search anymore.
    pub(super) fn knows(&self, network: &Network) -> bool {
        self.known.iter().any(|(known, _)| known == network)
    }

    /// What the best plan earns that is found of a project; none without a plan.
    pub(super) fn earned(&mut self, network: &Network) -> Option<Ratio> {
        if let Some((_, earned)) = self.known.iter().find(|(known, _)| known == network) {
            return *earned;
        }
        self.steering.step(REPAIRING, self.known.len() + 1);
        let earned = earned(network, self.steering);
        self.known.push((network.clone(), earned));
        earned
    }
}

fn earned(network: &Network, steering: &Steering<'_>) -> Option<Ratio> {
    let (model, outcome) = solve_in_time(Model::new(network).ok()?, steering).ok()?;
    Some(Ledger::new(&model, &outcome).ok()?.objective)
}
