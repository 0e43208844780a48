//! Purchases split so that each part stays under a limit.

use super::card::KindCard;
use crate::indicators::card::Scheme;
use crate::ledger::book::index::LineIx;
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::planting::dice::scaled;
use crate::planting::draft::Field;
use crate::planting::site::{Site, has_papers};

/// The largest sum, as a multiple of the limit it would have reached.
const MOST: f64 = 3.0;

pub(super) const OVER_DAYS: KindCard = KindCard {
    name: "split_over_days",
    title: "purchase split over days",
    title_zh: "化整为零、分日支付",
    scheme: Scheme::Splitting,
    is_act: true,
    edits: "a purchase that reaches a limit, or a new one, is paid to its payee in parts under the limit, \
            0 to 25 days apart",
    needs: &["limits", "ledger.payee"],
    plant: over_days,
};

pub(super) const AMONG_LINKED: KindCard = KindCard {
    name: "split_among_linked",
    title: "purchase split among linked payees",
    title_zh: "拆分给关联收款人",
    scheme: Scheme::Splitting,
    is_act: true,
    edits: "as above, the parts going to payees of one owner, to relatives, or to new payees with one account",
    needs: &["limits", "ledger.payee", "payees.kind"],
    plant: among_linked,
};

pub(super) const ACROSS_SIGNERS: KindCard = KindCard {
    name: "split_across_signers",
    title: "purchase split across signers or accounts",
    title_zh: "拆分到不同审批人或科目",
    scheme: Scheme::Splitting,
    is_act: true,
    edits: "as above, each part approved by another person or booked to another account",
    needs: &["limits", "ledger.payee", "ledger.approver"],
    plant: across_signers,
};

pub(super) const SERIAL: KindCard = KindCard {
    name: "serial_claims",
    title: "several claims on one day",
    title_zh: "同日连号多笔报销",
    scheme: Scheme::Splitting,
    is_act: true,
    edits: "three to nine claims of one payee on one day or the next, each of an ordinary size",
    needs: &["ledger.payee"],
    plant: serial,
};

/// A purchase, the limit that it would reach, and its parts.
struct Plan {
    template: LineIx,
    /// Whether the purchase itself becomes the first part.
    is_rewritten: bool,
    parts: Vec<Fen>,
}

fn plan(site: &mut Site<'_, '_>) -> Option<Plan> {
    let is_rewritten = site.dice.happens(0.4);
    let place = site.place;
    let has_step = |draft: &crate::planting::draft::Draft<'_>, line: LineIx| {
        let village = draft.names.get(place.code);
        let steps = draft.book.limits.steps(village, draft.class(line), draft.day(line));
        let amount = draft.amount(line);
        steps.iter().any(|step| {
            if is_rewritten {
                *step <= amount
            } else {
                *step > Fen(amount.0 / 3) && step.0 < amount.0 * 20
            }
        })
    };
    let template = site.purchase(has_step)?;
    let (class, day, amount) =
        (site.draft.class(template), site.draft.day(template), site.draft.amount(template));
    let steps = site.steps(class, day);
    let limit = if is_rewritten {
        steps.iter().rev().find(|step| **step <= amount).copied()?
    } else {
        steps.iter().find(|step| step.0 > amount.0 / 3).copied()?
    };
    let total = if is_rewritten {
        Fen(amount.0.min(limit.0.saturating_mul(8)))
    } else {
        let factor = site.dice.factor(1.02, MOST);
        scaled(limit, factor)
    };
    let parts = site.parts(total, limit, amount);
    Some(Plan { template, is_rewritten, parts })
}

/// Books the parts of a plan in order of time.
fn book(site: &mut Site<'_, '_>, plan: &Plan) -> Vec<LineIx> {
    let mut day = site.draft.day(plan.template);
    let gap = if site.careful() { 25 } else { 4 };
    let mut lines = Vec::new();
    for (number, part) in plan.parts.iter().enumerate() {
        if number == 0 && plan.is_rewritten {
            site.draft.set_amount(plan.template, *part);
            site.sign_anew(plan.template);
            lines.push(plan.template);
            continue;
        }
        day = site.day_after(day, 0, gap);
        let line = site.pay(plan.template, day, *part);
        site.draft.write(line, Field::Decision, Id::NONE);
        if site.careful() {
            site.reword(line);
        }
        lines.push(line);
    }
    lines
}

fn over_days(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let plan = plan(site)?;
    Some(book(site, &plan))
}

fn among_linked(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let plan = plan(site)?;
    let payee = site.draft.payee(plan.template);
    let linked = linked(site, plan.template, payee)?;
    let account = site.draft.account_of(payee, site.dice);
    let is_shared = site.careless();
    let lines = book(site, &plan);
    for (number, line) in lines.iter().enumerate().skip(1) {
        let other = linked.get(number % linked.len()).copied().unwrap_or(payee);
        if other == payee {
            continue;
        }
        if is_shared {
            site.draft.pay_to(*line, other, account);
        } else {
            site.pay_to(*line, other);
        }
        site.draft.number_document(*line, site.dice);
    }
    Some(lines)
}

/// The payee and others of the same owner, household or family; or new payees.
fn linked(site: &mut Site<'_, '_>, line: LineIx, payee: Id) -> Option<Vec<Id>> {
    let row = site.draft.payee_row(payee)?;
    let owner = site.draft.companions.payees.owner.at(row);
    let person = owner.some().unwrap_or(site.draft.companions.person_of(payee));
    let mut all: Vec<Id> =
        site.draft.world.firms_of(person).iter().map(|(_, firm)| *firm).collect();
    for relative in site.kin_of(person, 2) {
        if all.len() < 3 && site.is_alive(relative, line) {
            all.extend(site.payee_of(relative));
        }
    }
    all.retain(|other| *other != payee);
    if all.is_empty() {
        let seen = site.draft.day(line);
        let owner = site.dice.happens(0.5).then_some(owner).filter(|owner| *owner != Id::NONE);
        all.push(site.new_firm(owner, seen, payee)?);
    }
    all.truncate(3);
    all.push(payee);
    Some(all)
}

fn across_signers(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let plan = plan(site)?;
    let lines = book(site, &plan);
    let mut signed: Vec<Id> = Vec::new();
    for line in &lines {
        if let Some(other) = site.other_signer(*line, Field::Approver, &signed) {
            site.draft.write(*line, Field::Approver, other);
            signed.push(other);
        }
        if site.dice.happens(0.4)
            && let Some((account, _, chart)) = site.another_heading(*line)
        {
            site.draft.write(*line, Field::Account, account);
            site.draft.write(*line, Field::Chart, chart);
        }
    }
    Some(lines)
}

fn serial(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let template = site.purchase(has_papers)?;
    let amount = site.draft.amount(template);
    let count = site.dice.count(3, 9);
    let mut day = site.day_after(site.draft.day(template), 1, 120);
    let spread = 1.0 + site.care * 0.8;
    let mut lines = Vec::new();
    for _ in 0..count {
        let factor = site.dice.factor(1.0 / spread, spread);
        let part = scaled(amount, factor);
        let line = site.pay(template, day, part);
        if site.careful() {
            site.reword(line);
        }
        if site.dice.happens(0.15) {
            day = site.day_after(day, 0, 2);
        }
        lines.push(line);
    }
    Some(lines)
}
