//! What a watcher is shown: text, or an event a line.

use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

use super::super::shell::Shell;
use super::super::{Exit, Stop};
use crate::compile::session::{Awaited, Delta, Last};
use crate::compile::{Compiled, Failure, gate_notes, given_notes};
use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::network::Network;
use crate::plan::Plan;
use crate::render::{Saved, delta_text, figures_text, json_line, safe};
use crate::source::Sources;

/// Hexadecimal digits of a hash by which people know a plan.
const SHORT: usize = 12;

/// A save and what is made of it.
pub(super) struct Round<'r> {
    pub(super) compiled: &'r Compiled,
    pub(super) started: Instant,
}

impl Round<'_> {
    fn milliseconds(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn seconds(&self) -> String {
        let hundredths = self.milliseconds().div_ceil(10);
        format!("{}.{:02} s", hundredths / 100, hundredths % 100)
    }
}

/// Shows what happens.
pub(super) struct Teller<'s> {
    pub(super) shell: &'s mut Shell,
    pub(super) jsonl: bool,
    pub(super) clears: bool,
}

impl Teller<'_> {
    /// True where people read along.
    pub(super) fn talks(&self) -> bool {
        !self.jsonl && self.shell.talks()
    }

    /// Says something to people.
    pub(super) fn say(&mut self, text: &str) {
        if !self.jsonl {
            self.shell.tell(text);
        }
    }

    /// True where nobody reads any more.
    pub(super) fn is_alone(&self) -> bool {
        self.shell.is_closed()
    }

    /// Tells of a problem that is none of the inputs.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.shell.report(&[diagnostic], &Sources::default(), "");
    }

    pub(super) fn watching(&mut self, root: &Path, looks: bool) -> Result<(), Stop> {
        if self.jsonl {
            let how = if looks { "poll" } else { "events" };
            return self.event(&json!({ "event": "watching", "root": root.display().to_string(), "how": how }));
        }
        let text = format!("watching {}; Ctrl-C ends it\n", safe::line(&root.display().to_string()));
        self.shell.data(&text)
    }

    pub(super) fn started(&mut self) -> Result<(), Stop> {
        if self.jsonl { self.event(&json!({ "event": "compile_started" })) } else { Ok(()) }
    }

    pub(super) fn superseded(&mut self) -> Result<(), Stop> {
        if self.jsonl { self.event(&json!({ "event": "compile_superseded" })) } else { Ok(()) }
    }

    /// The last word: what follows begins on a line of its own.
    pub(super) fn ended(&mut self) -> Result<(), Stop> {
        if self.jsonl { self.event(&json!({ "event": "ended" })) } else { self.shell.data("\n") }
    }

    /// What holds until the plan is there.
    pub(super) fn provisional(&mut self, round: &Round<'_>, delta: &Delta) -> Result<(), Stop> {
        if self.jsonl {
            let event = json!({ "event": "plan_provisional", "ms": round.milliseconds(), "delta": told(delta) });
            return self.event(&event);
        }
        let title = format!("~ provisional after {}; the plan follows\n", round.seconds());
        let text = self.delta(delta, true);
        self.show(round, &title, &text)
    }

    /// Why there is nothing to be told before the plan is there. The last word stands meanwhile.
    pub(super) fn awaited(&mut self, round: &Round<'_>, why: Awaited) -> Result<(), Stop> {
        let (name, words) = match why {
            Awaited::First => return Ok(()),
            Awaited::AnyItem => ("any-item", "the edit may be about any item"),
            Awaited::ManyItems => ("many-items", "the edit is about many items"),
            Awaited::Moved => ("moved", "rules moved promotions or orders"),
            Awaited::NotFound => ("not-found", "nothing was found that leaves all else as it is"),
        };
        if self.jsonl {
            return self.event(&json!({ "event": "plan_awaited", "ms": round.milliseconds(), "why": name }));
        }
        self.shell.data(&format!("\n~ nothing provisional, since {words}; the plan follows\n"))
    }

    /// The plan. Returns all problems, those that were told before as well.
    pub(super) fn planned(
        &mut self,
        round: &Round<'_>,
        plan: &Plan,
        delta: Option<&Delta>,
        last: &Last,
    ) -> Result<Vec<Diagnostic>, Stop> {
        let refused = plan.is_refused();
        let mut of_plan = given_notes(plan, &round.compiled.sources);
        of_plan.extend(gate_notes(round.compiled, plan));
        if self.jsonl {
            let diagnostics: Vec<_> = round.compiled.diagnostics.iter().chain(&of_plan).cloned().collect();
            let mut event = finished(round, if refused { "refused" } else { "planned" }, &diagnostics);
            event["plan_hash"] = plan.plan_hash.clone().into();
            event["delta"] = delta.map_or(Value::Null, told);
            self.event(&event)?;
            return Ok(diagnostics);
        }
        let hash: String = plan.plan_hash.chars().take(SHORT).collect();
        let title = format!("plan {hash} after {}\n", round.seconds());
        let text = match delta {
            Some(delta) => self.delta(delta, false),
            None => figures_text(plan, self.shell.style()),
        };
        self.show(round, &title, &text)?;
        let diagnostics = round.compiled.diagnostics.iter().chain(&of_plan).cloned().collect();
        self.news(round, of_plan, last);
        Ok(diagnostics)
    }

    /// Why there is no plan. Returns as [`Self::planned`] does.
    pub(super) fn failed(
        &mut self,
        round: &Round<'_>,
        failure: &Failure,
        last: &Last,
    ) -> Result<Vec<Diagnostic>, Stop> {
        let mut diagnostics = round.compiled.diagnostics.clone();
        diagnostics.extend(failure.diagnostics());
        let status = match Exit::from(failure) {
            Exit::Invalid => "invalid",
            Exit::NoPlan => "no-plan",
            _ => "failed",
        };
        if self.jsonl {
            let mut event = finished(round, status, &diagnostics);
            event["delta"] = Value::Null;
            self.event(&event)?;
            return Ok(diagnostics);
        }
        self.clear()?;
        let stands = if last.has_plan { "; the last good plan stands" } else { "" };
        self.shell.data(&format!("no plan after {}{stands}\n", round.seconds()))?;
        sort(&mut diagnostics, &round.compiled.sources);
        let is_news = |one: &&Diagnostic| one.severity == Severity::Error || !last.knows(one);
        let news: Vec<Diagnostic> = diagnostics.iter().filter(is_news).cloned().collect();
        self.shell.report(&news, &round.compiled.sources, "no plan");
        Ok(diagnostics)
    }

    fn show(&mut self, round: &Round<'_>, title: &str, text: &str) -> Result<(), Stop> {
        self.clear()?;
        let of =
            |network: &Network| format!("{}, cycle {}: ", safe::line(&network.project), safe::line(&network.cycle));
        let about = round.compiled.network.as_ref().map(of).unwrap_or_default();
        self.shell.data(&format!("{about}{title}{text}"))
    }

    /// What is told of the plan, warnings of the inputs that were not there before, and how many there are of the first plan's.
    fn news(&mut self, round: &Round<'_>, mut diagnostics: Vec<Diagnostic>, last: &Last) {
        let is_first = !last.has_plan;
        diagnostics.retain(|one| is_first || !last.knows(one));
        let of_inputs = &round.compiled.diagnostics;
        if !is_first {
            diagnostics.extend(of_inputs.iter().filter(|one| !last.knows(one)).cloned());
        }
        sort(&mut diagnostics, &round.compiled.sources);
        if !diagnostics.is_empty() {
            self.shell.report(&diagnostics, &round.compiled.sources, "");
        }
        if is_first && !of_inputs.is_empty() {
            let known = of_inputs.len();
            let text = if known == 1 { "1 warning or note".to_owned() } else { format!("{known} warnings and notes") };
            self.shell.tell(&format!("{text}: `sopc check` shows them"));
        }
    }

    fn delta(&self, delta: &Delta, provisional: bool) -> String {
        delta_text(Saved { diff: &delta.diff, edited: &delta.edited, provisional }, self.shell.style())
    }

    fn clear(&mut self) -> Result<(), Stop> {
        if self.clears { self.shell.data("\u{1b}[2J\u{1b}[H") } else { self.shell.data("\n") }
    }

    fn event(&mut self, event: &Value) -> Result<(), Stop> {
        self.shell.data(&json_line(event))
    }
}

/// What a round came to.
fn finished(round: &Round<'_>, status: &str, diagnostics: &[Diagnostic]) -> Value {
    let count = |severity| diagnostics.iter().filter(|one| one.severity == severity).count();
    let told = |one: &Diagnostic| {
        json!({
            "code": one.code.to_string(),
            "severity": one.severity.name(),
            "message": one.message,
            "source": one.primary().map(|span| round.compiled.sources.place(span)),
        })
    };
    json!({
        "event": "compile_finished",
        "ok": matches!(status, "planned" | "refused"),
        "status": status,
        "errors": count(Severity::Error),
        "warnings": count(Severity::Warning),
        "ms": round.milliseconds(),
        "plan_hash": null,
        "diagnostics": diagnostics.iter().map(told).collect::<Vec<_>>(),
    })
}

/// A delta for programs.
fn told(delta: &Delta) -> Value {
    let diff = &delta.diff;
    let orders: Vec<_> = diff.lines.iter().filter(|change| change.verb.is_change()).collect();
    json!({ "same": diff.same, "figures": diff.figures, "orders": orders, "rules": diff.rules, "edited": delta.edited })
}
