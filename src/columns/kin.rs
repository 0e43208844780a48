//! Columns on the kinship between the persons of a payment, and on their posts.

use super::context::Context;
use super::definition::{Definition, Family, column};
use super::groups::{Cells, Column};
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx};
use crate::ledger::book::payees::Payee;
use crate::ledger::book::side::Role;
use crate::ledger::contract::cell::{Cell, Day, Id};

const PAYEE: &[&str] = &["ledger.payee", "kinship"];

pub(super) static FAMILY: Family = Family { columns: COLUMNS, measure };

/// The degree of two known persons who are not related.
const UNRELATED: f32 = 5.0;

const COLUMNS: &[Definition] = &[
    column(
        "kin_approver",
        "degree",
        "between payee or owner and approver: 0 the same person, 1 to 3 by degree, 4 through one relative, 5 none",
        PAYEE,
    ),
    column("kin_handler", "degree", "the same for the handler", PAYEE),
    column("kin_witness", "degree", "the same for the witness", PAYEE),
    column("kin_cosigner", "degree", "the same for the cosigner", PAYEE),
    column("kin_reviewer", "degree", "the same for the reviewer at the township", PAYEE),
    column("kin_clerk", "degree", "the same for the clerk", PAYEE),
    column("kin_signers", "degree", "the nearest of these", PAYEE),
    column(
        "kin_officer",
        "degree",
        "between payee or owner and the nearest person in a post of the village that day",
        &["ledger.payee", "kinship", "posts"],
    ),
    column(
        "kin_officer_post",
        "post",
        "the post of that person, by how powerful it is: 1 secretary or director to 5 others",
        &["ledger.payee", "kinship", "posts"],
    ),
    column(
        "kin_agent",
        "degree",
        "between payee or owner and the nearest person in a post of the township",
        &["ledger.payee", "kinship", "posts"],
    ),
    column(
        "kin_officer_recused",
        "0/1",
        "a relative of the payee is in a post of the village, and none of the signers is related",
        &["ledger.payee", "kinship", "posts"],
    ),
    column(
        "kin_officer_ever",
        "degree",
        "the same as kin_officer for posts of the village at any time",
        &["ledger.payee", "kinship", "posts"],
    ),
    column(
        "approver_handler",
        "degree",
        "between approver and handler",
        &["ledger.approver", "ledger.handler", "kinship"],
    ),
    column(
        "approver_witness",
        "degree",
        "between approver and witness",
        &["ledger.approver", "ledger.witness", "kinship"],
    ),
    column(
        "approver_cosigner",
        "degree",
        "between approver and cosigner",
        &["ledger.approver", "ledger.cosigner", "kinship"],
    ),
    column(
        "handler_witness",
        "degree",
        "between handler and witness",
        &["ledger.handler", "ledger.witness", "kinship"],
    ),
    column(
        "handler_cosigner",
        "degree",
        "between handler and cosigner",
        &["ledger.handler", "ledger.cosigner", "kinship"],
    ),
    column(
        "approver_clerk",
        "degree",
        "between approver and clerk",
        &["ledger.approver", "ledger.clerk", "kinship"],
    ),
    column(
        "household_signers",
        "0/1",
        "payee or owner lives in the household of a signer",
        &["ledger.payee", "people.household"],
    ),
    column(
        "payee_post",
        "post",
        "the post that payee or owner holds in the village that day, 0 where none",
        &["ledger.payee", "posts"],
    ),
    column(
        "payee_post_elsewhere",
        "0/1",
        "payee or owner holds a post elsewhere that day",
        &["ledger.payee", "posts"],
    ),
    column(
        "payee_post_ever",
        "0/1",
        "payee or owner holds a post at any time",
        &["ledger.payee", "posts"],
    ),
    column(
        "owner_post",
        "post",
        "the same as payee_post where the payee is a firm",
        &["payees.owner", "posts"],
    ),
    column(
        "approver_post",
        "post",
        "the post of the approver in the village that day, 0 where none",
        &["ledger.approver", "posts"],
    ),
    column("handler_post", "post", "the post of the handler", &["ledger.handler", "posts"]),
    column("witness_post", "post", "the post of the witness", &["ledger.witness", "posts"]),
    column("cosigner_post", "post", "the post of the cosigner", &["ledger.cosigner", "posts"]),
    column(
        "approver_suspended",
        "0/1",
        "the approver is suspended from a post that day",
        &["ledger.approver", "posts.suspended"],
    ),
    column(
        "approver_days_in_term",
        "days",
        "since the approver's term in the village began",
        &["ledger.approver", "posts.start"],
    ),
    column("approver_days_to_end", "days", "until it ends", &["ledger.approver", "posts.end"]),
    column(
        "kin_payments_approver",
        "share",
        "share of the approver's payments that go to relatives of the approver",
        &["ledger.approver", "kinship"],
    ),
    column(
        "kin_payments_handler",
        "share",
        "share of the handler's payments that go to relatives of the handler",
        &["ledger.handler", "kinship"],
    ),
];

fn measure(it: &Context<'_>) -> Vec<Column> {
    let has_kin = it.book.companions.kinship.rows > 0;
    let has_posts = !it.book.terms.is_empty();
    let relatives = Relatives::of(it);
    let of_payee = |role: Role| {
        it.each(|at| {
            let payee = it.payee_facts(at)?;
            let signer = it.signer(role, at).some()?;
            let human = payee.human.some().filter(|_| has_kin)?;
            Some(relatives.of_payee(it, at, human, signer))
        })
    };
    let [approver, handler, witness, cosigner, reviewer, clerk] = Role::SIGNERS.map(of_payee);
    let signers = it.each(|at| {
        let all = [&approver, &handler, &witness, &cosigner, &reviewer, &clerk];
        all.map(|column| column[at]).into_iter().filter(|it| !it.is_nan()).reduce(f32::min)
    });
    let nearest: IxVec<PaymentIx, Option<(f32, f32)>> =
        it.line.keys().map(|at| relatives.officer(it, at).filter(|_| has_posts)).collect();
    let officers = it.each(|at| nearest[at].map(|(degree, _)| degree));
    let between = |one: Role, other: Role| {
        it.each(|at| {
            let (one, other) = (it.signer(one, at).some()?, it.signer(other, at).some()?);
            Some(direct(it, one, other))
        })
    };
    let post_of = |role: Role| {
        it.each(|at| Some(post(it, it.signer(role, at).some()?, at)).filter(|_| has_posts))
    };
    let human = |at: PaymentIx| it.payee_facts(at)?.human.some().filter(|_| has_posts);
    let share = |role: Role, degrees: &Cells| {
        let groups = it.groups(|at| it.signer(role, at).some().map(|id| u64::from(id.0)));
        groups.each(it.rows, |group, out| {
            let near = group.iter().filter(|row| degrees[**row] <= 3.0).count();
            let share = near as f32 / group.len() as f32;
            out.extend(group.iter().map(|_| share));
        })
    };
    vec![
        it.each(|at| Some(approver[at])),
        it.each(|at| Some(handler[at])),
        witness,
        cosigner,
        reviewer,
        clerk,
        signers.clone(),
        officers.clone(),
        it.each(|at| nearest[at].map(|(_, post)| post)),
        it.each(|at| relatives.agent(it, at).filter(|_| has_posts)),
        it.each(|at| {
            let (officer, signer) = (officers[at], signers[at]);
            let is_recused = officer <= 3.0 && signer > 3.0;
            (!officer.is_nan() && !signer.is_nan()).then_some(f32::from(u8::from(is_recused)))
        }),
        it.each(|at| relatives.officer_ever(it, at).filter(|_| has_posts)),
        between(Role::Approver, Role::Handler),
        between(Role::Approver, Role::Witness),
        between(Role::Approver, Role::Cosigner),
        between(Role::Handler, Role::Witness),
        between(Role::Handler, Role::Cosigner),
        between(Role::Approver, Role::Clerk),
        it.each(|at| household(it, at)),
        it.each(|at| Some(post(it, human(at)?, at))),
        it.each(|at| {
            let village = it.book.lines.village.at(it.line[at]);
            let day = it.book.payments.day[at];
            let terms = it.book.terms.of_person(human(at)?);
            let holds = terms.iter().any(|term| term.village != village && term.holds(day));
            Some(f32::from(u8::from(holds)))
        }),
        it.each(|at| Some(f32::from(u8::from(!it.book.terms.of_person(human(at)?).is_empty())))),
        it.each(|at| {
            let owner = it.payee_facts(at).filter(|payee| !payee.is_person)?.human.some()?;
            Some(post(it, owner, at)).filter(|_| has_posts)
        }),
        post_of(Role::Approver),
        post_of(Role::Handler),
        post_of(Role::Witness),
        post_of(Role::Cosigner),
        it.each(|at| {
            let (approver, village) =
                (it.signer(Role::Approver, at).some()?, it.book.lines.village.at(it.line[at]));
            let mut terms = it.book.terms.held(approver, village, it.book.payments.day[at]);
            has_posts.then(|| f32::from(u8::from(terms.any(|term| term.is_suspended))))
        }),
        it.each(|at| term_days(it, at).and_then(|(since, _)| since)),
        it.each(|at| term_days(it, at).and_then(|(_, until)| until)),
        share(Role::Approver, &approver),
        share(Role::Handler, &handler),
    ]
}

/// The relatives of each payee's person, looked up once per payee.
struct Relatives {
    of: IxVec<PayeeIx, Vec<(Id, u8)>>,
    /// Relatives who hold or held a post, with their degree; the person itself has degree 0.
    officers: IxVec<PayeeIx, Vec<(Id, u8)>>,
}

impl Relatives {
    fn of(it: &Context<'_>) -> Self {
        let kin = &it.book.kin;
        let relatives = |payee: &Payee| -> Vec<(Id, u8)> {
            payee.human.some().map_or_else(Vec::new, |human| kin.of_person(human).collect())
        };
        let of: IxVec<PayeeIx, Vec<(Id, u8)>> = it.payees.iter().map(relatives).collect();
        let in_post = |person: &Id| !it.book.terms.of_person(*person).is_empty();
        let officers = it.payees.iter().zip(&of).map(|(payee, own)| {
            let all =
                payee.human.some().map(|human| (human, 0)).into_iter().chain(own.iter().copied());
            all.filter(|(person, _)| in_post(person)).collect()
        });
        Self { officers: officers.collect(), of }
    }

    fn of_payee(&self, it: &Context<'_>, at: PaymentIx, human: Id, signer: Id) -> f32 {
        if human == signer {
            return 0.0;
        }
        let own = it.book.payments.payee[at].map_or(&[][..], |payee| &self.of[payee]);
        match own.iter().find(|(person, _)| *person == signer) {
            Some((_, degree)) => f32::from(*degree),
            None if own.iter().any(|(person, _)| it.book.kin.degree(*person, signer).is_some()) => {
                4.0
            }
            None => UNRELATED,
        }
    }

    /// The nearest holder of a post in the village on that day: degree and rank.
    fn officer(&self, it: &Context<'_>, at: PaymentIx) -> Option<(f32, f32)> {
        it.payee_facts(at)?.human.some()?;
        let (village, day) = (it.book.lines.village.at(it.line[at]), it.book.payments.day[at]);
        let all = self.officers[it.book.payments.payee[at]?].iter();
        let held = all.filter_map(|(person, degree)| {
            let posts = it.book.terms.held(*person, village, day).map(|term| rank(it, term.post));
            Some((f32::from(*degree), posts.reduce(f32::min)?))
        });
        let nearest = held.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        Some(nearest.unwrap_or((UNRELATED, 0.0)))
    }

    /// The degree of the nearest holder of a post in the township on that day.
    fn agent(&self, it: &Context<'_>, at: PaymentIx) -> Option<f32> {
        it.payee_facts(at)?.human.some()?;
        let names = &it.book.names;
        let township = names.get(it.book.lines.village.at(it.line[at])).get(..9).unwrap_or("");
        let day = it.book.payments.day[at];
        let all = self.officers[it.book.payments.payee[at]?].iter();
        let is_agent = |(person, _): &&(Id, u8)| {
            it.book.terms.of_person(*person).iter().any(|term| {
                let place = names.get(term.village);
                term.holds(day) && place.starts_with(township) && place.ends_with("000")
            })
        };
        let nearest = all.filter(is_agent).map(|(_, degree)| f32::from(*degree));
        Some(nearest.reduce(f32::min).unwrap_or(UNRELATED))
    }

    fn officer_ever(&self, it: &Context<'_>, at: PaymentIx) -> Option<f32> {
        it.payee_facts(at)?.human.some()?;
        let village = it.book.lines.village.at(it.line[at]);
        let all = self.officers[it.book.payments.payee[at]?].iter();
        let here = |(person, _): &&(Id, u8)| {
            it.book.terms.of_person(*person).iter().any(|term| term.village == village)
        };
        let nearest = all.filter(here).map(|(_, degree)| f32::from(*degree));
        Some(nearest.reduce(f32::min).unwrap_or(UNRELATED))
    }
}

fn direct(it: &Context<'_>, one: Id, other: Id) -> f32 {
    if one == other {
        return 0.0;
    }
    it.book.kin.degree(one, other).map_or(UNRELATED, f32::from)
}

/// The rank of the most powerful post that a person holds in the payment's village on that day; 0 if none.
fn post(it: &Context<'_>, person: Id, at: PaymentIx) -> f32 {
    let village = it.book.lines.village.at(it.line[at]);
    let held = it.book.terms.held(person, village, it.book.payments.day[at]);
    held.map(|term| rank(it, term.post)).reduce(f32::min).unwrap_or(0.0)
}

/// The rank of a post; 1 is the most powerful.
fn rank(it: &Context<'_>, post: Id) -> f32 {
    match it.book.names.get(post) {
        "secretary" | "director" => 1.0,
        "committee" => 2.0,
        "clerk" => 3.0,
        "supervisor" => 4.0,
        _ => 5.0,
    }
}

fn household(it: &Context<'_>, at: PaymentIx) -> Option<f32> {
    let people = &it.book.companions.people;
    let own = people.household.at(it.payee_facts(at)?.person?).some()?;
    let shares = |role: Role| {
        let signer = it.signer(role, at).some()?;
        Some(people.household.at(it.book.companions.person(signer)?) == own)
    };
    let any =
        [Role::Approver, Role::Handler, Role::Witness].into_iter().filter_map(shares).any(|it| it);
    Some(f32::from(u8::from(any)))
}

/// Days since the approver's term in the village began, and days until it ends.
fn term_days(it: &Context<'_>, at: PaymentIx) -> Option<(Option<f32>, Option<f32>)> {
    let (approver, village) =
        (it.signer(Role::Approver, at).some()?, it.book.lines.village.at(it.line[at]));
    let day = it.book.payments.day[at];
    let term = it.book.terms.held(approver, village, day).next()?;
    let days = |from: Day, to: Day| (to.0 - from.0) as f32;
    let since = (term.start.0 != i32::MIN).then(|| days(term.start, day));
    let until = (term.end.0 != i32::MAX).then(|| days(day, term.end));
    Some((since, until))
}
