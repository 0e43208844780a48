//! What an hour of audit brings back: the lists of the county and its townships, against the same hours of the
//! same offices spent on the first payments of the ranking, on those with the most red flags, and on payments drawn
//! by lot. A village that looks at its own books takes nobody's audit hours.
//!
//! `cargo bench --bench lists -- 10` simulates ten counties of known acts (`-- 3 101 leads.random=0.0`: three from
//! seed 101, with a key of the pipeline set). Whoever audits a lead sees the
//! payments behind it, and opens every act that one of them belongs to, or that names the lead's subject and has
//! no payment; the money of an opened act counts once. Two tables: in the first every line takes its time, as a list that is
//! worked through does; in the second whoever comes to a payment of an opened act knows it at once and passes over it without
//! spending time, which is more than a list of single payments offers. The bench ends with an error where in the first the
//! lists bring back less than [`TIMES`] what red flags do.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench may fall over, and reports"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mingzhang::evaluate::planted::planted;
use mingzhang::features::{Measured, matrices, measure};
use mingzhang::ledger::book::Book;
use mingzhang::ledger::book::index::{IxVec, PaymentIx, SubjectIx};
use mingzhang::ledger::book::open::books;
use mingzhang::ledger::contract::cell::{Cell, Day};
use mingzhang::ledger::decode::answers::answers;
use mingzhang::ledger::decode::dataset::Dataset;
use mingzhang::ledger::level::Level;
use mingzhang::ledger::subject::Grain;
use mingzhang::ledger::subject::{owner, village_of};
use mingzhang::pipeline::Pipeline;
use mingzhang::pipeline::own_rules::OwnRules;
use mingzhang::scoring::ranking::{Standard, rankings};
use mingzhang::scoring::ranking_model::pretrained::Pretrained;
use mingzhang::scoring::ranking_model::scores;
use mingzhang::simulate::dataset::simulate;
use mingzhang::simulate::settings::Settings;
use mingzhang::worklist::lead::Lead;
use mingzhang::worklist::list::leads;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

/// The pipeline whose lists are measured.
const PIPELINE: &str = include_str!("../pipelines/demo.toml");

/// What the lists bring back, as a multiple of what red flags do.
const TIMES: f64 = 1.5;

const NAMES: [&str; 5] =
    ["the lists", "first payments", "most red flags", "the same, ties by lot", "by lot"];

/// Something to audit.
struct Look {
    subject: (Grain, SubjectIx),
    payments: Vec<PaymentIx>,
    minutes: f64,
}

/// One planted act.
struct Act {
    named: BTreeSet<(Grain, SubjectIx)>,
    payments: BTreeSet<PaymentIx>,
    yuan: f64,
}

/// What audits came to.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    minutes: f64,
    looks: f64,
    hits: f64,
    acts: f64,
    yuan: f64,
}

/// An office with its list and the minutes that it has.
struct Office {
    name: String,
    looks: Vec<Look>,
    minutes: f64,
}

/// Each office goes down its list until its minutes are used up. No one looks twice at what another office audited;
/// all know what is open already, and may pass over it.
fn audit(offices: &[Office], acts: &[Act], passes_over: bool) -> Found {
    let mut of_payment: BTreeMap<PaymentIx, Vec<usize>> = BTreeMap::new();
    for (act, own) in acts.iter().enumerate() {
        own.payments.iter().for_each(|it| of_payment.entry(*it).or_default().push(act));
    }
    let (mut found, mut opened, mut audited) = (Found::default(), BTreeSet::new(), BTreeSet::new());
    for Office { looks, minutes, .. } in offices {
        let mut left = *minutes;
        for look in looks {
            if audited.contains(&look.subject) {
                continue;
            }
            let of = look.payments.iter().filter_map(|it| of_payment.get(it)).flatten().copied();
            let by_name = (0..)
                .zip(acts)
                .filter(|(_, act)| act.payments.is_empty() && act.named.contains(&look.subject));
            let seen: BTreeSet<usize> = of.chain(by_name.map(|(act, _)| act)).collect();
            let is_known = !seen.is_empty() && seen.is_subset(&opened);
            if passes_over && is_known && look.subject.0 == Grain::Payment {
                continue;
            }
            if look.minutes > left {
                break;
            }
            left -= look.minutes;
            audited.insert(look.subject);
            found.minutes += look.minutes;
            found.looks += 1.0;
            found.hits += f64::from(u8::from(!seen.is_empty()));
            for act in seen {
                if opened.insert(act) {
                    found.acts += 1.0;
                    found.yuan += acts.get(act).map_or(0.0, |act| act.yuan);
                }
            }
        }
    }
    found
}

/// For each payment how many indicators mark it, or mark its payee, approver or village by it.
fn red_flags(book: &Book, measured: &[Measured<'_>]) -> IxVec<PaymentIx, u32> {
    let mut flags: IxVec<PaymentIx, u32> = IxVec::of(0, book.payments.len());
    for Measured { card, readings, reached, .. } in measured {
        for (payment, flags) in book.payments.line.keys().zip(flags.raw.iter_mut()) {
            let is_reached = card.grain == Grain::Payment || reached[payment];
            let subject = owner(book, card.grain, payment).filter(|_| is_reached);
            let reading = subject.and_then(|subject| readings.get(subject));
            *flags += u32::from(reading.is_some_and(|it| it.value >= card.scale.threshold()));
        }
    }
    flags
}

#[expect(clippy::cast_precision_loss, reason = "amounts are far below 2^53 fen")]
fn county(seed: u64, set: &[String], folder: &Path) -> [[Found; 5]; 2] {
    simulate(&Settings { seed, ..Settings::default() }, folder)
        .expect("the simulator takes these settings");
    let pipeline = Pipeline::parse(PIPELINE, set).expect("the demo's pipeline");
    let source = Dataset::at(folder).sources().expect("a dataset").remove(0);
    let (books, _) = books(&source, &pipeline.ledger, pipeline.last_day()).expect("a book");
    let book = books.first().expect("one county");
    let indicators = pipeline.indicators(&OwnRules::default()).expect("the catalogue");
    let (measured, _) = measure(book, &indicators);
    let features = matrices(book, &measured).expect("columns have one name each");
    let to = pipeline.reference_to.map(Day::of);
    let pretrained = Pretrained::of(None).expect("the shipped model");
    let scores = scores(book, pipeline.basis(&pretrained)).expect("the default settings");
    let standard = Standard::Own {
        settings: &pipeline.model,
        seed: pipeline.seed,
        to,
        scores: scores.as_ref(),
    };
    let rankings = rankings(book, features, standard).expect("a county is enough to rank");
    let last = book.lines.date.cells().iter().copied().max().expect("lines");
    let all =
        leads(book, &measured, &rankings, &pipeline.leads, (last, pipeline.seed)).expect("leads");

    let amount = |it: &PaymentIx| book.payments.amount[*it].some();
    let known = answers(&Dataset::at(folder)).expect("the answers");
    let acts: Vec<Act> = planted(book, &known)
        .into_values()
        .filter(|one| one.is_act)
        .map(|one| {
            let payments = one.of(Grain::Payment).map(PaymentIx::of);
            let payments: BTreeSet<PaymentIx> = payments.collect();
            let yuan = payments.iter().filter_map(amount).map(|it| it.0 as f64 / 100.0).sum();
            Act { named: one.named, payments, yuan }
        })
        .collect();
    let look = |lead: &Lead| Look {
        subject: (lead.grain, lead.subject),
        payments: lead.payments.clone(),
        minutes: lead.minutes,
    };
    let of_office = |leads: &[Lead]| {
        let looks: Vec<Look> = leads.iter().map(look).collect();
        let minutes = looks.iter().map(|look| look.minutes).sum();
        let name = leads.first().map_or("", |lead| &lead.office).to_owned();
        Office { name, looks, minutes }
    };
    let audited: Vec<Lead> = all.iter().filter(|it| it.level != Level::Village).cloned().collect();
    let lists: Vec<Office> = audited.chunk_by(|a, b| a.office == b.office).map(of_office).collect();
    let down = |order: &[PaymentIx]| -> Vec<Office> {
        let look = |it: PaymentIx| Look {
            subject: (Grain::Payment, it.into()),
            payments: vec![it],
            minutes: pipeline.leads.minutes.payment,
        };
        let of_office = |office: &Office| {
            let is_own = |it: &PaymentIx| {
                village_of(book, Grain::Payment, (*it).into()).starts_with(&office.name)
            };
            let own = order.iter().copied().filter(is_own).take(5_000);
            Office { looks: own.map(look).collect(), name: office.name.clone(), ..*office }
        };
        lists.iter().map(of_office).collect()
    };
    let ranking = rankings.first().expect("payments");
    let flags = red_flags(book, &measured);
    let by_score: Vec<PaymentIx> = ranking.order.iter().map(|it| PaymentIx::of(*it)).collect();
    let mut by_flags = by_score.clone();
    // Of as many flags the larger amount, as an office would.
    by_flags.sort_by_key(|it| (std::cmp::Reverse((flags[*it], amount(it))), *it));
    let mut by_lot = by_score.clone();
    by_lot.sort_unstable();
    by_lot.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
    let mut flags_alone = by_lot.clone();
    flags_alone.sort_by_key(|it| std::cmp::Reverse(flags[*it]));
    let others = [&by_score, &by_flags, &flags_alone, &by_lot].map(|order| down(order));
    let found = [false, true].map(|passes_over| {
        let [first, flags, alone, lot] = others.each_ref().map(|it| audit(it, &acts, passes_over));
        [audit(&lists, &acts, passes_over), first, flags, alone, lot]
    });
    let of_grain = |grain: Grain| all.iter().filter(|lead| lead.grain == grain).count();
    eprintln!("{seed}: {} acts, leads {:?}, {found:.0?}", acts.len(), Grain::ALL.map(of_grain));
    found
}

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let set: Vec<String> = std::env::args().filter(|word| word.contains('=')).collect();
    let (seeds, first) =
        (numbers.first().copied().unwrap_or(10), numbers.get(1).copied().unwrap_or(1));
    let mut sums = [[Found::default(); 5]; 2];
    for seed in first..first + seeds {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let all = county(seed, &set, folder.path());
        for (sum, found) in sums.iter_mut().flatten().zip(all.into_iter().flatten()) {
            sum.minutes += found.minutes;
            sum.looks += found.looks;
            sum.hits += found.hits;
            sum.acts += found.acts;
            sum.yuan += found.yuan;
        }
    }
    let [every_line, passing_over] = sums;
    println!("Every line takes its time\n");
    let times = report(&every_line);
    println!("\nPayments of opened acts are passed over\n");
    report(&passing_over);
    assert!(times >= TIMES, "the lists bring back {times:.2} times what red flags do, not {TIMES}");
}

/// Prints what each list came to, and gives what the first brings back over red flags.
fn report(sums: &[Found; 5]) -> f64 {
    println!("| audited | hours | leads | precision | acts | yuan per hour | over red flags |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    let per_hour = |it: &Found| it.yuan * 60.0 / it.minutes.max(1.0);
    let [ours, _, flags, ..] = sums;
    for (name, sum) in NAMES.iter().zip(sums) {
        println!(
            "| {name} | {:.0} | {:.0} | {:.1} % | {:.0} | {:.0} | {:.2} |",
            sum.minutes / 60.0,
            sum.looks,
            100.0 * sum.hits / sum.looks.max(1.0),
            sum.acts,
            per_hour(sum),
            per_hour(sum) / per_hour(flags).max(1e-9),
        );
    }
    per_hour(ours) / per_hour(flags).max(1e-9)
}
