//! Trials: whether a part of a project's statements has a plan.

use std::collections::{BTreeMap, BTreeSet};

use num_traits::Zero;
use rust_decimal::Decimal;

use super::member::{Member, all};
use super::withdraw::without;
use super::{minimum, sums};
use crate::model::breaches::Breaches;
use crate::model::given::nothing_ordered;
use crate::model::ledger::Ledger;
use crate::model::{Model, moves};
use crate::network::Network;
use crate::solve::{Steering, Unsolved, Violation, is_proven_impossible, solve_in_time};
use crate::units::{Overflow, Ratio};

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
    /// Trials that were made.
    made: usize,
    /// True where this is a part of a larger project.
    is_part: bool,
}

/// Work that trials of one project may take, in pools and buckets laid out: some hundred trials of a small project.
const WORK: i64 = 60_000;
/// The same for a part of a large project, and trials of what is itself large.
const PART_WORK: i64 = 4_000;
const LARGE_TRIALS: i64 = 4;
/// Work of a trial beside its pools and buckets.
const TRIAL: i64 = 50;
/// Trials that a project must be able to take to be looked at as a whole.
const SMALL: i64 = 40;
/// Pools of a project from which on any plan will do.
const LARGE: usize = 200;
/// A plan as far from the bound as this is good enough where only its being there counts.
const ANY: i64 = 1_000_000_000;
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
        Some(Self {
            stated,
            all,
            aside: BTreeSet::new(),
            steering,
            known: BTreeMap::new(),
            work: WORK,
            made: 0,
            is_part: false,
        })
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

    /// Work for something else; less where this is a part of a larger project, all of which has to be planned as well.
    pub(super) fn begin(&mut self, is_part: bool) {
        self.is_part = is_part;
        let work = if is_part { PART_WORK } else { WORK };
        self.work = if self.is_small() { work } else { self.size() * LARGE_TRIALS };
    }

    pub(super) fn steering(&self) -> &'a Steering<'a> {
        self.steering
    }

    /// True where the project can be planned many times.
    pub(super) fn is_small(&self) -> bool {
        self.size() * SMALL <= WORK
    }

    /// True where this is a part of a larger project.
    pub(super) fn is_part(&self) -> bool {
        self.is_part
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

    /// Whether a changed project has a plan. What can be added up costs no work.
    pub(super) fn plan(&mut self, network: &Network) -> Verdict {
        let Ok(model) = Model::new(network) else { return Verdict::Unknown };
        if !adds_up(&model) {
            return Verdict::None;
        }
        if needs_no_order(&model) {
            return Verdict::Plan;
        }
        if !self.pays_for_one() {
            return Verdict::Unknown;
        }
        self.made += 1;
        self.steering.step(super::LOOKING, self.made);
        tried(model, self.steering)
    }
}

/// True where it is shown without a search for plans that a project has none.
pub(super) fn is_hopeless(network: &Network, steering: &Steering<'_>) -> bool {
    Model::new(network).is_ok_and(|model| !adds_up(&model) || is_beyond_prices(&model, steering))
}

/// True where prices prove that there is no plan; they know of no moves.
fn is_beyond_prices(model: &Model<'_>, steering: &Steering<'_>) -> bool {
    moves::all(model.network).is_empty() && is_proven_impossible(model, steering).unwrap_or(false)
}

/// False where sums alone show that there is no plan.
pub(super) fn adds_up(model: &Model<'_>) -> bool {
    sums::passed(model).map_or(true, |sums| sums.is_empty())
}

/// Whether a project has a plan.
fn tried(model: Model<'_>, steering: &Steering<'_>) -> Verdict {
    let network = model.network;
    let is_large = model.pools.len() > LARGE;
    if is_beyond_prices(&model, steering) {
        return Verdict::None;
    }
    if let Some(closed) = minimum::without_hopeless(network, &model) {
        return Model::new(&closed).map_or(Verdict::Unknown, |model| tried(model, steering));
    }
    let (stop, tell) = (|| steering.is_asked_to_stop(), |_| ());
    let any = Steering::new(&stop, &tell, Decimal::from(ANY)).brief();
    match solve_in_time(model, if is_large { &any } else { steering }) {
        Ok(_) => Verdict::Plan,
        Err(Unsolved::NoPlan(_, true, _)) => Verdict::None,
        Err(_) => Verdict::Unknown,
    }
}

/// True where a plan without any new order keeps every commitment.
fn needs_no_order(model: &Model<'_>) -> bool {
    let idle = nothing_ordered(model);
    let kept = || {
        let breaches = Breaches::new(model, &idle, &Ledger::new(model, &idle)?)?;
        Ok::<bool, Overflow>(breaches.all.iter().all(|breach| breach.left <= Ratio::zero()))
    };
    model.network.pins.iter().all(|pin| pin.least == 0) && kept().unwrap_or(false)
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
