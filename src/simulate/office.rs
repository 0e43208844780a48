//! Who holds which post and when. Terms end at elections; most officials are re-elected.

use super::calendar::Span;
use super::chance::{Dice, Draw};
use super::kin::Kin;
use super::person::Person;
use super::records::{Post, Term};
use crate::ledger::contract::cell::Day;

/// The seats, in the order in which they are filled.
const SEATS: [(Post, usize); 7] = [
    (Post::Secretary, 0),
    (Post::Director, 0),
    (Post::Committee, 0),
    (Post::Committee, 1),
    (Post::Committee, 2),
    (Post::Supervisor, 0),
    (Post::Clerk, 0),
];

/// The terms of a village's posts within the span. `locals` are the indices of its people.
pub(crate) fn appoint(
    dice: &mut Dice,
    people: &[Person],
    kin: &Kin,
    locals: std::ops::Range<usize>,
    span: Span,
) -> Vec<Term> {
    let year = i32::from(span.first_year);
    let fit = |place: &usize| {
        people.get(*place).is_some_and(|person| {
            (32..=60).contains(&person.age(year)) && person.household.is_some()
        })
    };
    let mut candidates: Vec<usize> = locals.filter(fit).collect();
    dice.shuffle(&mut candidates);
    let mut taken: Vec<usize> = Vec::new();
    let next = |taken: &mut Vec<usize>| {
        let free = |who: &&usize| {
            !taken.contains(who) && taken.iter().all(|other| kin.degree(**who, *other) != Some(1))
        };
        let who =
            candidates.iter().find(free).or(candidates.iter().find(|who| !taken.contains(who)));
        let who = who.or(candidates.first()).copied().unwrap_or_default();
        taken.push(who);
        who
    };
    let one_head = dice.chance(0.4);
    let start = Day(span.first().0 - i32::try_from(dice.between(500, 700)).unwrap_or(600));
    let mut terms: Vec<Term> = Vec::new();
    for (post, seat) in SEATS {
        let head =
            terms.first().map(|term| term.person).filter(|_| one_head && post == Post::Director);
        let person = head.unwrap_or_else(|| next(&mut taken));
        terms.push(Term { person, post, seat, start, end: None });
    }
    let mut after: Vec<Term> = Vec::new();
    let mut new_head = None;
    for term in &mut terms {
        let leaves = match term.post {
            Post::Director if one_head => new_head.is_some(),
            Post::Clerk => dice.chance(0.15),
            _ => dice.chance(0.35),
        };
        if leaves && span.election > span.first() {
            term.end = Some(Day(span.election.0 - 1));
            let heir = new_head.filter(|_| one_head && term.post == Post::Director);
            let person = heir.unwrap_or_else(|| next(&mut taken));
            if term.post == Post::Secretary {
                new_head = Some(person);
            }
            after.push(Term {
                person,
                post: term.post,
                seat: term.seat,
                start: span.election,
                end: None,
            });
        }
    }
    terms.extend(after);
    terms
}
