//! Plants acts and placebos into a copy of a county's book.
//!
//! An act is a possible fraud on the village's real vouchers: a split purchase, a duplicate claim, a raised price, an
//! added name on a list. A placebo is a similar honest change made by the same code. Without placebos a model would
//! learn the traces of planting instead of the acts. [`plant`] chooses places and kinds, `draft` edits the book, and
//! `kinds` defines the edits.

mod booking;
mod coin;
mod dice;
mod draft;
mod kinds;
mod numbers;
mod place;
mod ripples;
mod site;
#[cfg(test)]
mod tests;
mod world;

use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PaymentIx, VillageIx};
use crate::ledger::contract::cell::Fen;
use crate::params::{any, params, within};

use dice::Dice;
use draft::{Draft, Finished};
use place::Place;
use site::Site;
use world::World;

pub use kinds::card::KindCard;
pub use kinds::{Kind, kinds};

params! {
    /// The `[ranking.planting]` table of a pipeline.
    pub struct Settings {
        pub acts: f64 = 0.02, within(0.0..=0.2), "Share of the payments that are made part of acts.";
        pub placebos: f64 = 1.5, within(0.0..=10.0), "Payments of placebos for each payment of an act.";
        pub without: Vec<Kind> = Vec::new(), any,
            "Kinds that are not planted: to see what the ranking does without them (docs/planting.md).";
    }
}

/// The origin of a payment of a planted book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Unchanged from the county's own book.
    Untouched,
    /// Part of an act; the number is an index into `Planted::edits`.
    Act(u32),
    /// Part of a placebo; the number is an index into `Planted::edits`.
    Placebo(u32),
}

/// One act or placebo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The kind of edit.
    pub kind: Kind,
    /// True for an act, false for a placebo.
    pub is_act: bool,
    /// The village.
    pub village: VillageIx,
    /// The payments of the planted book that the edit made or changed.
    pub payments: Vec<PaymentIx>,
    /// The sum of their amounts.
    pub money: Fen,
}

/// A planted book.
#[derive(Debug)]
pub struct Planted {
    /// The book with the edits.
    pub book: Book,
    /// The role of each payment of `book`.
    pub roles: IxVec<PaymentIx, Role>,
    /// Every act and placebo.
    pub edits: Vec<Edit>,
    /// The kinds that the book cannot hold, each with the missing table or column.
    pub lacking: Vec<(Kind, &'static str)>,
}

/// Consecutive failed attempts after which planting stops.
const FAILURES: usize = 400;
/// The largest share of a village's payments in edits, as a multiple of the county's share.
const MOST_OF_A_VILLAGE: f64 = 2.5;

/// Plants acts and placebos into a copy of a book.
///
/// The same book, settings and seed give the same planted book.
pub fn plant(book: &Book, settings: &Settings, seed: u64) -> Planted {
    let world = World::of(book);
    let places = Place::all(book);
    let lacking = kinds::lacking(book);
    let mut planter = Planter {
        draft: Draft::of(book, &world),
        places: &places,
        planted: IxVec::of(0, places.len()),
        edits: Vec::new(),
        dice: Dice::of(seed, 0),
        share: settings.acts * (1.0 + settings.placebos),
        seed,
    };
    #[expect(clippy::cast_precision_loss, reason = "a count of payments")]
    let acts = book.payments.len() as f64 * settings.acts;
    let holds = |kind: &Kind| {
        !settings.without.contains(kind) && !lacking.iter().any(|(other, _)| other == kind)
    };
    for (is_act, wanted) in [(true, acts), (false, acts * settings.placebos)] {
        let own: Vec<Kind> = Kind::all().filter(|kind| kind.card().is_act == is_act).collect();
        let own: Vec<Kind> = own.into_iter().filter(holds).collect();
        planter.plant(&own, wanted);
    }
    let Planter { draft, edits, .. } = planter;
    let finished = draft.finish(seed);
    let (roles, edits) = told(&finished, edits);
    Planted { book: finished.book, roles, edits, lacking }
}

/// An edit of an unfinished draft.
#[derive(Debug)]
struct Planned {
    kind: Kind,
    village: VillageIx,
}

#[derive(Debug)]
struct Planter<'p, 'b> {
    draft: Draft<'b>,
    places: &'p IxVec<VillageIx, Place>,
    /// Payments that edits made or changed, by village.
    planted: IxVec<VillageIx, usize>,
    edits: Vec<Planned>,
    dice: Dice,
    /// Share of all payments that edits may make or change.
    share: f64,
    seed: u64,
}

impl Planter<'_, '_> {
    /// Plants all kinds equally often, until their payments reach `wanted`.
    #[expect(clippy::cast_precision_loss, reason = "counts of payments")]
    fn plant(&mut self, kinds: &[Kind], wanted: f64) {
        let (mut done, mut failures) = (0.0, 0);
        let mut turn: Vec<Kind> = Vec::new();
        while !kinds.is_empty() && done + 0.5 < wanted && failures < FAILURES {
            if turn.is_empty() {
                turn = kinds.to_vec();
                self.dice.shuffle(&mut turn);
            }
            let Some(kind) = turn.pop() else { break };
            // A kind that does not apply in one village may apply in another.
            let made = (0..6).find_map(|_| self.edit(kind));
            match made {
                Some(payments) => {
                    done += payments as f64;
                    failures = 0;
                }
                None => failures += 1,
            }
        }
    }

    /// Plants one edit and returns how many payments it made or changed.
    fn edit(&mut self, kind: Kind) -> Option<usize> {
        let village = self.village()?;
        let place = &self.places[village];
        let number = u32::try_from(self.edits.len()).ok()?;
        let mut dice = Dice::of(self.seed ^ 0x5EED, self.dice.below(1 << 40) as u64);
        let (care, looks) = (dice.unit(), dice.count(1, 2));
        let mut site = Site {
            draft: &mut self.draft,
            place,
            places: &self.places.raw,
            dice: &mut dice,
            care,
            looks,
        };
        let lines = (kind.card().plant)(&mut site).filter(|lines| !lines.is_empty())?;
        self.draft.mark(&lines, number);
        self.edits.push(Planned { kind, village: place.village });
        self.planted[village] += lines.len();
        Some(lines.len())
    }

    /// A random village, with probability proportional to the payments it may still take.
    #[expect(clippy::cast_precision_loss, reason = "counts of payments")]
    fn village(&mut self) -> Option<VillageIx> {
        let share = (self.share * MOST_OF_A_VILLAGE).min(0.6);
        let room = |(place, planted): (&Place, &usize)| {
            (place.len() as f64 * share + 2.0 - *planted as f64).max(0.0)
        };
        let rooms: Vec<f64> = self.places.iter().zip(&self.planted).map(room).collect();
        let mut left = self.dice.unit() * rooms.iter().sum::<f64>();
        let chosen = rooms.iter().position(|room| {
            left -= room;
            left < 0.0
        });
        chosen.map(VillageIx::from)
    }
}

/// The roles of the payments, and the edits with their payments.
fn told(finished: &Finished, planned: Vec<Planned>) -> (IxVec<PaymentIx, Role>, Vec<Edit>) {
    let start = |Planned { kind, village }: Planned| Edit {
        kind,
        is_act: kind.card().is_act,
        village,
        payments: Vec::new(),
        money: Fen(0),
    };
    let mut edits: Vec<Edit> = planned.into_iter().map(start).collect();
    let mut roles = Vec::with_capacity(finished.marks.len());
    let amounts = &finished.book.payments.amount;
    for ((payment, mark), amount) in finished.marks.iter_enumerated().zip(amounts) {
        let Some(edit) = edits.get_mut(*mark as usize) else {
            roles.push(Role::Untouched);
            continue;
        };
        edit.payments.push(payment);
        edit.money = Fen(edit.money.0.saturating_add(amount.0));
        roles.push(if edit.is_act { Role::Act(*mark) } else { Role::Placebo(*mark) });
    }
    (roles.into(), edits)
}
