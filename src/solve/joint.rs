//! What the root of an echelon would give to its leaves if all its stock were at hand wherever it can be sold.
//!
//! Prices of what moves between locations are those of a mean of many plans, and say little of how much one plan should send. Here the root's
//! program sells in its leaves' place: it earns what they would, less what a unit costs to be sent, and so decides at once what to buy and
//! who gets it. That is no plan yet, since lines between locations have sizes and set-ups; it tells leaves what they may count on.

use super::anew::{Manner, corridor, follow};
use super::draft::Draft;
use super::dynamic::Workspace;
use super::grants::Grants;
use super::program::{Decision, Draw, Program, Slot, Step};
use super::reduced::{OwnPrices, Prices};
use super::room::Room;
use super::rows::Rows;

/// How near a mean is followed, in parts of the largest stock.
const FOLLOWED: i64 = 12;

/// Units that can be sold, and what each is worth, or is worth more.
type Part = (i64, i64);

/// What is asked for by a way of a leaf.
struct Asked {
    /// By part: units, and what one is worth besides what it brings.
    parts: Vec<Part>,
    /// The root's sale for the same demand, by index.
    shared: Option<usize>,
}

/// The root's program in the making.
struct Joint<'a> {
    rows: &'a Rows,
    program: Program,
    /// By sale of the root: what a unit is worth at prices.
    own: Vec<i64>,
    /// By step that is entered beside the program's own: what it is worth.
    entered: Vec<i64>,
    /// What it is worth to keep a promise.
    promised: i64,
}

impl Draft<'_> {
    /// What the root of an item's echelon would give; nothing where there is no echelon.
    pub(super) fn offered(
        &self,
        workspace: &mut Workspace,
        item: usize,
        prices: &Prices,
        manner: Manner<'_>,
    ) -> Option<Grants> {
        let pools = &self.rows.items.pools[item];
        let (root, echelon) = pools.iter().find_map(|&pool| Some((pool, self.rows.echelons[pool].as_ref()?)))?;
        let free = free(self.rows, self.programs, pools);
        let price = |workspace: &mut Workspace, program: &Program| {
            workspace.reduced.own.clone_from(&free);
            workspace.reduced.set(program, prices);
            workspace.reduced.own = OwnPrices::default();
        };
        let mut program = self.programs[root].clone();
        price(workspace, &program);
        // What waits is left to the plan.
        for index in 0..program.sales.len() {
            if matches!(program.slots[index % program.slots.len()], Slot::Sale(_, late) if late > 0) {
                (program.sales[index].least, program.sales[index].most) = (0, 0);
            }
        }
        let mut joint = Joint {
            rows: self.rows,
            promised: program.ceiling() / 4,
            own: workspace.reduced.worth.clone(),
            program,
            entered: Vec::new(),
        };
        for (leaf, _) in &echelon.leaves {
            price(workspace, &self.programs[*leaf]);
            joint.sell_for(&self.programs[*leaf], *leaf, workspace);
        }
        price(workspace, &joint.program);
        let before = joint.program.steps.len() - joint.entered.len();
        workspace.reduced.steps[before..].copy_from_slice(&joint.entered);
        let decision = self.decide_jointly(workspace, root, &joint.program, manner)?;
        let mut grants = Grants::default();
        self.grant(root, &decision, &mut grants);
        Some(grants)
    }

    /// What the root does in its leaves' place within what others leave.
    fn decide_jointly(
        &self,
        workspace: &mut Workspace,
        root: usize,
        program: &Program,
        manner: Manner<'_>,
    ) -> Option<Decision> {
        let (nothing, choice) = (Grants::default(), &self.choices[root]);
        let mut room = Room::new(self, &self.rows.items.pools[self.rows.items.of[root]], &nothing);
        room.leave(root);
        workspace.caps.free(program);
        let caps = &mut workspace.caps;
        match manner {
            Manner::Improve => {
                corridor(program, &choice.decision, caps);
                room.bound_shared(program, Some(choice), caps);
            }
            Manner::Yield => room.bound_shared(program, None, caps),
            Manner::Want => {}
            Manner::Follow(means) => {
                follow(program, &program.closing(&choice.decision), &means[root], FOLLOWED, caps);
                room.bound_shared(program, None, caps);
            }
        }
        let mut decision = Decision::default();
        workspace.solve(program, &mut decision).map(|_| decision)
    }
}

/// No prices on what moves between the locations of an echelon, nor on demand that they share.
fn free(rows: &Rows, programs: &[Program], pools: &[usize]) -> OwnPrices {
    let all =
        pools.iter().flat_map(|&pool| programs[pool].groups.iter().filter(move |first| rows.is_between(pool, **first)));
    let mut firsts: Vec<usize> = all.copied().collect();
    firsts.sort_unstable();
    firsts.dedup();
    OwnPrices { rows: firsts.into_iter().map(|first| (first, vec![0; rows.buckets])).collect() }
}

impl Joint<'_> {
    /// Lets the root sell what a leaf can, whose coefficients are set.
    fn sell_for(&mut self, leaf: &Program, pool: usize, workspace: &Workspace) {
        let Some(slot) = self.program.slots.iter().position(|slot| *slot == Slot::Taken(pool)) else { return };
        let reduced = &workspace.reduced;
        let (mut has, mut sent) = (leaf.on_hand, None);
        for bucket in 0..leaf.buckets() {
            has += leaf.receipts[bucket];
            let pieces = leaf.options_of(bucket).flat_map(|option| {
                let range = reduced.first_piece[option]..reduced.first_piece[option + 1];
                reduced.pieces[range].iter().map(|(_, unit)| *unit)
            });
            // What was sent for an earlier bucket cost what it cost then.
            sent = pieces.min().or(sent);
            let mut parts = Vec::new();
            for sale in leaf.sold_in(bucket).filter(|sale| leaf.wanted_in(*sale) == Some(bucket)) {
                let asked = self.asked(leaf, sale, workspace);
                self.split(asked, reduced.worth[sale], (&mut has, sent), &mut parts);
            }
            self.enter(self.program.sales_of(bucket).start + slot, parts);
        }
    }

    /// What is asked for by a way of a leaf.
    fn asked(&self, leaf: &Program, sale: usize, workspace: &Workspace) -> Asked {
        let facts = &leaf.sales[sale];
        let mut parts = vec![(facts.least, self.promised)];
        for step in facts.steps.range().rev() {
            parts.push((leaf.steps[step].size, workspace.reduced.steps[step]));
        }
        let (shared, floor) = self.shared(leaf, sale);
        let mut left = facts.most - parts.iter().map(|(units, _)| units).sum::<i64>();
        for part in [(floor, self.promised), (i64::MAX, 0)] {
            let units = part.0.clamp(0, left.max(0));
            parts.push((units, part.1));
            left -= units;
        }
        Asked { parts, shared }
    }

    /// Splits what is asked for: what the leaf has needs no line, more is sent unless the root earns more by selling it itself.
    fn split(&mut self, asked: Asked, worth: i64, (has, sent): (&mut i64, Option<i64>), parts: &mut Vec<Part>) {
        let sent = sent.filter(|cost| asked.shared.is_none_or(|root| self.own[root] < worth - cost));
        let mut left = Vec::new();
        for (units, more) in asked.parts {
            let own = units.min(*has).max(0);
            *has -= own;
            parts.push((own, worth + more));
            match sent {
                Some(cost) => parts.push((units - own, worth + more - cost)),
                None => left.push((units - own, more)),
            }
        }
        if let Some(root) = asked.shared {
            self.enter(root, left);
        }
    }

    /// The root's sale for the same demand, and how much of it has to be sold.
    fn shared(&self, leaf: &Program, sale: usize) -> (Option<usize>, i64) {
        let mut drawn = leaf.draws.iter().filter(|draw| draw.sale == sale).map(|draw| leaf.groups[draw.group]);
        let Some(demand) = drawn.clone().find(|first| self.rows.is_demand(*first)) else { return (None, 0) };
        let bucket = sale / leaf.slots.len();
        let program = &self.program;
        let same = |draw: &&Draw| {
            (program.groups[draw.group], draw.bucket, draw.sale / program.slots.len()) == (demand, bucket, bucket)
        };
        let root = program.draws.iter().find(same).map(|draw| draw.sale);
        let own = drawn
            .find_map(|first| self.rows.floors.iter().find(|floor| floor.first == first && self.rows.is_own(first)));
        let least = own.map_or(0, |floor| {
            let row = floor.first + bucket;
            let lacks = -(self.rows.available[row].saturating_add(self.rows.slack_of(row)));
            (lacks.max(0) + floor.unit - 1) / floor.unit
        });
        (root, least)
    }

    /// Lets so much leave by a sale of the root's, each part worth so much more than the sale is.
    fn enter(&mut self, sale: usize, parts: Vec<Part>) {
        let from = self.program.steps.len();
        let parts = parts.into_iter().filter(|(units, _)| *units > 0);
        for (size, worth) in parts {
            self.program.steps.push(Step { size, used: 0, of: None });
            self.entered.push(worth);
        }
        let steps = self.program.since(from);
        let most = self.program.steps[from..].iter().map(|step| step.size).sum();
        let sale = &mut self.program.sales[sale];
        (sale.steps, sale.least, sale.most) = (steps, 0, most);
    }
}
