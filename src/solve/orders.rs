//! Minimum orders: the lines that a supplier is sent in a bucket come to nothing, or to a minimum.
//!
//! That is either the one or the other, which no price says. A purchase order is *free* at first, as if there were no minimum; that is a
//! relaxation, so that its bound holds. An order that then comes to less is decided: *closed*, so that no line is placed
//! for it, or *open*, so that its minimum is a row like any other. Small projects try both, the better bound first, until all is proven or enough
//! was tried; in others an order is open if it comes to half of its minimum.

use super::levels::Levels;
use super::made::Found;
use super::program::{Decision, Program};
use super::rows::Rows;
use super::{Unsolved, Violation};
use crate::model::ledger::Ledger;
use crate::units::{add, mul, whole};

/// Searches that a small project may take.
const TRIED: i128 = 48;
/// The same where many projects are tried.
const LEAST_TRIED: i128 = 16;
/// Most levels that are looked at to fill an order up.
const FILLING: i64 = 1 << 18;
/// Rounds in which other projects decide about orders.
const ROUNDS: usize = 8;
/// Times that a plan is sought anew where none is found near the one before.
const ANEW: usize = 2;

/// What is decided about a purchase order, by supplier's minimum and bucket of release.
type Gates = Vec<Vec<Gate>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gate {
    Free,
    Open,
    Closed,
}

/// An order that comes to less than its minimum.
#[derive(Debug, Clone, Copy)]
struct Torn {
    of: usize,
    bucket: usize,
    /// True where it comes to half of it at least.
    mostly: bool,
}

/// A part of all plans, and the best found in it.
struct Part {
    gates: Gates,
    found: Found,
    torn: Vec<Torn>,
}

impl Levels<'_> {
    /// The best plan of a level that keeps minimum orders.
    pub(super) fn best_of_orders(
        &self,
        programs: &[Program],
        rows: &Rows,
        known: Option<&[Decision]>,
    ) -> Result<Found, Unsolved> {
        let floors = &self.model.order_floors;
        if floors.is_empty() {
            return self.perfected(self.best(programs, rows, known)?, programs, rows);
        }
        let free = floors.iter().map(|floor| vec![Gate::Free; floor.least.len()]).collect();
        let first = self.part(free, programs, rows, known)?;
        if first.torn.is_empty() {
            return self.perfect_part(first, programs, rows);
        }
        if programs.len() <= super::SMALL {
            self.branch(first, programs, rows)
        } else {
            self.dive(first, programs, rows)
        }
    }

    fn part(
        &self,
        gates: Gates,
        programs: &[Program],
        rows: &Rows,
        known: Option<&[Decision]>,
    ) -> Result<Part, Unsolved> {
        let (programs, whole): (Vec<Program>, Vec<bool>) =
            programs.iter().map(|program| decided(program, rows, &gates)).unzip();
        let mut found = self.best(&programs, &open(rows, &gates), known)?;
        if whole.contains(&false) {
            // Not all plans were looked at.
            found.bound = i128::MAX;
        }
        let torn = self.torn(&found)?;
        Ok(Part { gates, found, torn })
    }

    /// The same near the plan of another part, where that comes to a plan; `bound` is one of all parts, and no better one is found there.
    fn part_near(
        &self,
        gates: &Gates,
        programs: &[Program],
        rows: &Rows,
        (other, bound): (&Part, i128),
    ) -> Result<Option<Part>, Unsolved> {
        let strict: Vec<Program> = programs.iter().map(|program| decided(program, rows, gates).0).collect();
        let rows = open(rows, gates);
        for pliant in [false, true] {
            let pliant: Option<Vec<Program>> = pliant.then(|| strict.iter().map(Program::pliant).collect());
            match self.nearby(pliant.as_ref().unwrap_or(&strict), &rows, &other.found, bound) {
                Ok(found) if found.broken.is_empty() => {
                    let torn = self.torn(&found)?;
                    return Ok(Some(Part { gates: gates.clone(), found, torn }));
                }
                Ok(_) | Err(Unsolved::NoPlan(..)) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(None)
    }

    /// A part's plan, its items searched one by one, unless that tears an order.
    fn perfect_part(&self, part: Part, programs: &[Program], rows: &Rows) -> Result<Found, Unsolved> {
        let Part { gates, found, .. } = part;
        let decided: Vec<Program> = programs.iter().map(|program| decided(program, rows, &gates).0).collect();
        let plan = self.perfected(found.clone(), &decided, &open(rows, &gates))?;
        Ok(if self.torn(&plan)?.is_empty() { plan } else { found })
    }

    fn torn(&self, found: &Found) -> Result<Vec<Torn>, Unsolved> {
        let ledger = Ledger::new(self.model, &found.outcome)?;
        let mut torn = Vec::new();
        for (of, floor) in self.model.order_floors.iter().enumerate() {
            for (bucket, sum) in floor.missed(self.model, &ledger.lines)? {
                torn.push(Torn { of, bucket, mostly: mul(sum, whole(2))? >= floor.least[bucket] });
            }
        }
        Ok(torn)
    }

    /// Both decisions about one order after the other.
    fn branch(&self, first: Part, programs: &[Program], rows: &Rows) -> Result<Found, Unsolved> {
        let (mut best, mut nearest): (Option<Found>, Option<Found>) = (None, None);
        let free = first.found.bound;
        // The highest bound of parts that need no further decision.
        let mut settled = i128::MIN;
        let mut open = vec![first];
        let mut tried = 1;
        let most = |best: &Option<Found>| best.as_ref().map_or(i128::MIN, earned);
        while tried < self.steering.part_of(TRIED).max(LEAST_TRIED) && !self.steering.stopped() {
            open.retain(|part| part.found.bound > most(&best));
            let Some(next) = (0..open.len()).max_by_key(|&at| (open[at].found.bound, std::cmp::Reverse(at))) else {
                break;
            };
            let part = open.swap_remove(next);
            let Some(&torn) = part.torn.iter().max_by_key(|torn| torn.mostly) else { continue };
            for gate in [Gate::Open, Gate::Closed] {
                let mut gates = part.gates.clone();
                gates[torn.of][torn.bucket] = gate;
                tried += 1;
                let part = match self.part(gates, programs, rows, None) {
                    Ok(part) => part,
                    // Some pool cannot do without the lines that are closed.
                    Err(Unsolved::NoPlan(..)) => continue,
                    Err(other) => return Err(other),
                };
                if part.found.none {
                    nearest.get_or_insert(part.found);
                    continue;
                }
                if !part.torn.is_empty() {
                    open.push(part);
                    continue;
                }
                settled = settled.max(part.found.bound);
                if !part.found.broken.is_empty() {
                    nearest.get_or_insert(part.found);
                } else if earned(&part.found) > most(&best) {
                    best = Some(part.found);
                }
            }
        }
        let bound = open.iter().map(|part| part.found.bound).fold(settled, i128::max).min(free);
        match best {
            Some(best) => Ok(Found { bound: bound.max(earned(&best)), ..best }),
            None => self.missing(nearest.or_else(|| open.into_iter().map(|part| part.found).next())),
        }
    }

    /// All orders that come to less are decided at once, again and again; in the end they are closed.
    fn dive(&self, first: Part, programs: &[Program], rows: &Rows) -> Result<Found, Unsolved> {
        let bound = first.found.bound;
        let mut part = first;
        let mut anew = 0;
        for round in 0..ROUNDS {
            let mut gates = part.gates.clone();
            for torn in &part.torn {
                let is_open = torn.mostly && round + 2 < ROUNDS && gates[torn.of][torn.bucket] == Gate::Free;
                gates[torn.of][torn.bucket] = if is_open { Gate::Open } else { Gate::Closed };
            }
            if let Some(near) = self.part_near(&gates, programs, rows, (&part, bound))? {
                part = near;
            } else if anew == ANEW {
                return self.missing(Some(part.found));
            } else {
                anew += 1;
                part = match self.part(gates, programs, rows, None) {
                    Ok(part) => part,
                    // Some pool cannot do without the lines that were closed, which proves nothing of others.
                    Err(Unsolved::NoPlan(..)) => return self.missing(Some(part.found)),
                    Err(other) => return Err(other),
                };
            }
            if part.torn.is_empty() {
                return if part.found.broken.is_empty() {
                    Ok(Found { bound, ..self.perfect_part(part, programs, rows)? })
                } else {
                    self.missing(Some(part.found))
                };
            }
        }
        self.missing(Some(part.found))
    }

    /// No plan was found; nothing is proven by that.
    fn missing(&self, found: Option<Found>) -> Result<Found, Unsolved> {
        let mut found = found.ok_or(Unsolved::NoPlan(Vec::new(), false, None))?;
        let ledger = Ledger::new(self.model, &found.outcome)?;
        for floor in &self.model.order_floors {
            let supplier = self.model.network.supplier(floor.supplier);
            for (bucket, sum) in floor.missed(self.model, &ledger.lines)? {
                let origin = supplier.minimum_order.as_ref().map_or(&supplier.origin, |stated| &stated.origin);
                found.broken.push(Violation {
                    kind: "minimum-order",
                    of: supplier.id.clone(),
                    bucket,
                    amount: add(floor.least[bucket], -sum)?,
                    origin: origin.clone(),
                    proven: false,
                });
            }
        }
        Ok(Found { none: false, ..found })
    }
}

/// What the choices of a level earn in its terms.
fn earned(found: &Found) -> i128 {
    found.choices.iter().map(|choice| i128::from(choice.effect.objective)).sum()
}

/// A program without the lines of closed orders. To fill an open one up, more may be bought than is of use; false where that would be too
/// much to look at.
fn decided(program: &Program, rows: &Rows, gates: &Gates) -> (Program, bool) {
    let mut program = program.clone();
    let mut filling = 0;
    for option in &mut program.options {
        let Some(ordered) = option.ordered else { continue };
        let first = program.groups[ordered.group];
        let Some(of) = rows.orders.iter().position(|order| *order == first) else { continue };
        match gates[of][option.release_bucket] {
            Gate::Free => {}
            Gate::Closed => option.largest = Some(0),
            Gate::Open => {
                let unit = option.pieces.iter().map(|piece| ordered.of(piece).1).min().unwrap_or(0).max(1);
                filling = filling.max(rows.order_least[of][option.release_bucket] / unit + option.multiple);
            }
        }
    }
    let looked_at = filling.min(FILLING);
    program.most.iter_mut().for_each(|most| *most = most.saturating_add(looked_at));
    (program, filling <= FILLING)
}

/// Rows in which open orders come to their minimum.
fn open(rows: &Rows, gates: &Gates) -> Rows {
    let mut opened = rows.clone();
    for ((gates, least), first) in gates.iter().zip(&rows.order_least).zip(&rows.orders) {
        for (bucket, _) in gates.iter().enumerate().filter(|(_, gate)| **gate == Gate::Open) {
            let row = first + bucket;
            opened.available[row] = -least[bucket];
            opened.size[row] = least[bucket].max(rows.scale[row]);
        }
    }
    opened
}
