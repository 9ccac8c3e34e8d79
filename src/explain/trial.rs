//! Trials: whether a part of a project's statements has a plan.

use std::collections::{BTreeMap, BTreeSet};

use super::member::{Member, all};
use super::minimum;
use super::withdraw::without;
use crate::model::Model;
use crate::model::moves;
use crate::network::Network;
use crate::solve::{Steering, Unsolved, Violation, is_proven_impossible, solve_in_time};

/// What a trial shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// There is a plan.
    Plan,
    /// There is none, proven.
    None,
    /// Neither a plan nor a proof was found.
    Unknown,
}

/// Trials of one project, each made once.
pub(super) struct Trials<'a> {
    /// The project as stated, with its rules free to be used up to their limits and its floor starts held.
    pub(super) stated: Network,
    /// Everything that can be withdrawn, or what is asked about of it.
    pub(super) all: Vec<Member>,
    /// The rest, which is withdrawn in every trial.
    aside: BTreeSet<Member>,
    steering: &'a Steering<'a>,
    known: BTreeMap<BTreeSet<Member>, Verdict>,
    /// Work that is left.
    work: i64,
}

/// Work that trials of one project may take, in pools and buckets laid out: some hundred trials of a small project.
const WORK: i64 = 60_000;
/// Work of a trial beside its pools and buckets.
const TRIAL: i64 = 50;
/// Trials that a project must be able to take to be looked at as a whole.
const SMALL: i64 = 40;
/// Most withdrawn firm orders of which every choice is tried.
const CHOSEN: usize = 4;

impl<'a> Trials<'a> {
    pub(super) fn new(network: &Network, steering: &'a Steering<'a>) -> Option<Self> {
        let mut stated = network.clone();
        if stated.starts.is_none() {
            stated.starts = Some(Model::new(network).ok()?.pools.iter().map(|pool| pool.reached).collect());
        }
        // Whether there is a plan is asked, not how much of a rule it takes.
        stated.rules.iter_mut().for_each(|rule| rule.when_pays = true);
        let all = all(&stated);
        Some(Self { stated, all, aside: BTreeSet::new(), steering, known: BTreeMap::new(), work: WORK })
    }

    /// Asks about some members alone, by so many trials at most.
    pub(super) fn ask_only(&mut self, asked: impl Fn(&Member) -> bool, trials: i64) {
        let (asked, aside) = std::mem::take(&mut self.all).into_iter().partition(asked);
        (self.all, self.aside) = (asked, BTreeSet::from_iter::<Vec<Member>>(aside));
        self.work = self.size() * trials;
    }

    /// True once no work is left.
    pub(super) fn is_spent(&self) -> bool {
        self.work <= 0 || self.steering.is_asked_to_stop()
    }

    /// Takes the work of one trial; false where none is left.
    pub(super) fn pays_for_one(&mut self) -> bool {
        let there = !self.is_spent();
        self.work -= self.size();
        there
    }

    /// Work for something else.
    pub(super) fn begin(&mut self) {
        self.work = WORK;
    }

    pub(super) fn steering(&self) -> &'a Steering<'a> {
        self.steering
    }

    /// True where the project can be planned many times.
    pub(super) fn is_small(&self) -> bool {
        self.size() * SMALL <= WORK
    }

    fn size(&self) -> i64 {
        let cells = self.stated.pools.len() * self.stated.calendar.len();
        i64::try_from(cells).unwrap_or(i64::MAX / 1000) + TRIAL
    }

    /// Whether there is a plan with these statements, all others withdrawn.
    pub(super) fn with(&mut self, kept: &BTreeSet<Member>) -> Verdict {
        if let Some(known) = self.known.get(kept) {
            return known.clone();
        }
        let gone = self.all.iter().filter(|member| !kept.contains(member)).chain(&self.aside);
        let gone: BTreeSet<Member> = gone.cloned().collect();
        let verdict = self.choose(&gone);
        self.known.insert(kept.clone(), verdict.clone());
        verdict
    }

    /// Firm orders that are withdrawn may be taken or left.
    fn choose(&mut self, gone: &BTreeSet<Member>) -> Verdict {
        let free: Vec<usize> = gone
            .iter()
            .filter_map(|member| if let Member::FirmOrder(at) = member { Some(*at) } else { None })
            .collect();
        let kept = |test: &dyn Fn(&Member) -> bool| self.all.iter().any(|one| !gone.contains(one) && test(one));
        // Where nothing holds that an order could be in the way of, leaving it never helps, and where nothing is promised, taking it does not.
        let in_the_way = kept(&|one| limits_stock(one, &self.stated));
        let promised = kept(&|one| matches!(one, Member::Floor(_) | Member::Cover(_) | Member::Pin(_) | Member::Cash));
        let none = BTreeSet::new();
        let every: BTreeSet<usize> = free.iter().copied().collect();
        let (choices, complete): (Vec<BTreeSet<usize>>, bool) = match (free.is_empty(), in_the_way, promised) {
            (true, ..) | (_, false, _) => (vec![none], true),
            (_, true, false) => (vec![every], true),
            _ if free.len() <= CHOSEN => (subsets(&free), true),
            _ => (vec![none, every], false),
        };
        let mut unknown = !complete;
        for left in choices {
            match self.plan(&without(&self.stated, gone, &left)) {
                Verdict::Plan => return Verdict::Plan,
                Verdict::Unknown => unknown = true,
                Verdict::None => {}
            }
        }
        if unknown { Verdict::Unknown } else { Verdict::None }
    }

    /// Whether a changed project has a plan.
    pub(super) fn plan(&mut self, network: &Network) -> Verdict {
        if self.pays_for_one() { tried(network, self.steering) } else { Verdict::Unknown }
    }
}

/// Whether a project has a plan.
fn tried(network: &Network, steering: &Steering<'_>) -> Verdict {
    let Ok(model) = Model::new(network) else { return Verdict::Unknown };
    if moves::all(network).is_empty() && is_proven_impossible(&model, steering).unwrap_or(false) {
        return Verdict::None;
    }
    if let Some(closed) = minimum::without_hopeless(network, &model) {
        return tried(&closed, steering);
    }
    match solve_in_time(model, steering) {
        Ok(_) => Verdict::Plan,
        Err(Unsolved::NoPlan(_, true, _)) => Verdict::None,
        Err(_) => Verdict::Unknown,
    }
}

/// What the closest plan of a project without a plan breaks.
pub(super) fn violations(network: &Network, steering: &Steering<'_>) -> Vec<Violation> {
    let Ok(model) = Model::new(network) else { return Vec::new() };
    match solve_in_time(model, steering) {
        // What falls short before promises begin is told where there is a plan.
        Err(Unsolved::NoPlan(violations, ..)) => {
            violations.into_iter().filter(|one| one.kind != "given-shortage").collect()
        }
        _ => Vec::new(),
    }
}

/// True of what stock that comes can be too much for, or that its payment can be.
fn limits_stock(member: &Member, network: &Network) -> bool {
    match member {
        Member::Cover(at) => network.covers[*at].max_weeks.is_some(),
        Member::Cash | Member::Budget(_) | Member::InventoryValue(_) | Member::Storage(_) | Member::Inbound(_) => true,
        _ => false,
    }
}

fn subsets(of: &[usize]) -> Vec<BTreeSet<usize>> {
    let chosen = |bits: usize| of.iter().enumerate().filter(move |(at, _)| bits >> at & 1 == 1).map(|(_, one)| *one);
    (0..1_usize << of.len()).map(|bits| chosen(bits).collect()).collect()
}
