//! The work lists of a county: for each office as many leads as its hours allow, those first that may bring back
//! most in an hour, and a few of a random sample.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use rand::seq::index::sample;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::convert::{float, narrow};
use crate::features::Measured;
use crate::indicators::card::Scheme;
use crate::indicators::indicator::Record;
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, SubjectIx};
use crate::ledger::book::payees::Partners;
use crate::ledger::contract::cell::{Day, Fen};
use crate::ledger::level::Level;
use crate::ledger::subject::{Grain, Subject, testing_units, village_of};
use crate::model::error::Error;
use crate::outcomes::grade;
use crate::outcomes::history::{AuditHistory, case};
use crate::outcomes::register::lead_id;
use crate::scoring::evidence::counts::PAYMENTS;
use crate::scoring::ranking::Ranking;
use crate::stats::false_leads::at_most_false;
use crate::stats::posterior::{is_informative, probability_at_most};
use crate::worklist::act::{Grouping, acts, are_apart};
use crate::worklist::facts;
use crate::worklist::lead::{Before, Lead, Reason};
use crate::worklist::lookup::EvidenceLookup;

use crate::worklist::route::{Agents, Route};
use crate::worklist::settings::{Point, Settings};

/// With this probability the number of false leads is nowhere above its stated bound.
pub const CONFIDENCE: f64 = 0.9;

/// What the reason is called that the ranking model gives.
pub const RANKING: &str = "ranking";

/// So many times as many subjects are looked at as the hours of all offices would hold.
const LOOKED_AT: f64 = 4.0;

/// The work lists of one book: the county's, then each township's, then each village's.
///
/// # Errors
/// If a model does not fit its own matrix, which would be a fault of ours.
pub fn leads(
    book: &Book,
    measured: &[Measured<'_>],
    rankings: &[Ranking],
    settings: &Settings,
    (as_of, seed): (Day, u64),
) -> Result<Vec<Lead>, Error> {
    let table = Table {
        lookup: EvidenceLookup::of(book, measured, rankings),
        rankings,
        settings,
        history: AuditHistory::of(book),
        agents: Agents::of(book),
        partners: Partners::of(book),
        cases: testing_units(book, Grain::Payment).of_payee.into(),
        as_of,
    };
    let mut offices: BTreeMap<(Level, String), Vec<Candidate<'_>>> = BTreeMap::new();
    for candidate in table.candidates()? {
        let office = candidate.level.office(&candidate.village).to_owned();
        offices.entry((candidate.level, office)).or_default().push(candidate);
    }
    for village in book.villages.iter().map(|village| book.names.get(*village)) {
        for level in [Level::County, Level::Township] {
            offices.entry((level, level.office(village).to_owned())).or_default();
        }
    }
    let (mut all, mut covered) = (Vec::new(), Covered::default());
    while let Some(((level, office), candidates)) = offices.pop_first() {
        let minutes = settings.hours.of(level) * 60.0;
        let mut dice = Xoshiro256PlusPlus::seed_from_u64(seed ^ office.parse::<u64>().unwrap_or(0));
        let random_sample = table.random_sample(level, minutes, &mut dice);
        let for_list = minutes - f64::from(random_sample) * settings.minutes.payment;
        let (chosen, left_over) = table.choose(candidates, for_list, &mut covered);
        for candidate in left_over {
            let Some(then) = candidate.then else { continue };
            let below = then.office(&candidate.village).to_owned();
            let candidate = Candidate { level: then, then: None, ..candidate };
            offices.entry((then, below)).or_default().push(candidate);
        }
        let drawn = table.draw((level, &office), random_sample, (&covered.payments, &mut dice));
        let mut leads = Vec::new();
        for (candidate, selection) in chosen
            .into_iter()
            .map(|it| (it, grade::Route::List))
            .chain(drawn.into_iter().map(|it| (it, grade::Route::Random)))
        {
            leads.push(table.lead(candidate, (level, &office, selection))?);
        }
        number(&mut leads, rankings);
        all.append(&mut leads);
    }
    Ok(all)
}

/// What is at hand while lists are made.
struct Table<'a> {
    lookup: EvidenceLookup<'a>,
    rankings: &'a [Ranking],
    settings: &'a Settings,
    history: AuditHistory,
    agents: Agents<'a>,
    partners: Partners,
    /// The case of each payment: what its village pays to its payee.
    cases: IxVec<PaymentIx, u32>,
    as_of: Day,
}

/// What leads tell of already.
#[derive(Default)]
struct Covered {
    payments: BTreeSet<PaymentIx>,
    records: BTreeSet<Record>,
    cases: BTreeSet<u32>,
}

/// A case that a conclusion closed.
struct Closed;

/// A subject that may come onto a list.
struct Candidate<'a> {
    ranking: &'a Ranking,
    subject: SubjectIx,
    /// The payments that it is about.
    payments: Vec<PaymentIx>,
    /// Rows of other tables that it is about.
    records: Vec<Record>,
    scheme: Option<Scheme>,
    /// Known already where they had to be asked for the payments.
    reasons: Option<Vec<Reason>>,
    village: String,
    /// What was concluded about it before.
    before: Option<Before>,
    level: Level,
    /// The level that takes it where the first has no hours for it.
    then: Option<Level>,
    due: Day,
    minutes: f64,
    probability_at_most: f64,
    /// The share of its money that can be recovered.
    share: f64,
    /// The yuan that it may bring back beside what others of its list do.
    expected: f64,
}

impl Candidate<'_> {
    /// The yuan that it may bring back by its own money and by what a find brings beside it.
    fn expected_recovery(&self, own: Fen, find: f64) -> f64 {
        self.probability_at_most * self.share * (own.yuan().max(0.0) + find)
    }
}

impl<'a> Table<'a> {
    fn candidates(&self) -> Result<Vec<Candidate<'a>>, Error> {
        let mut all = Vec::new();
        for ranking in self.rankings {
            // A subject for which nothing speaks is no point to verify, however long the list may be.
            let speaks = |subject: &&SubjectIx| {
                ranking.score[**subject] > 0.0
                    && ranking.evidence.score[**subject] > 0.0
                    && is_informative(ranking.p_values.p_value[**subject])
            };
            let order: Vec<SubjectIx> = ranking.order.iter().filter(speaks).copied().collect();
            let most = self.most(ranking.grain);
            if ranking.grain == Grain::Payment {
                let grouping = Grouping {
                    days: self.settings.act_days,
                    small: Fen::of_yuan(self.settings.small),
                    partners: &self.partners,
                    is_flagged: &|scheme, payment| self.lookup.is_flagged(scheme, payment),
                };
                let order = order.into_iter().map(PaymentIx::of);
                for act in acts(self.lookup.book, &ranking.evidence, order, grouping).take(most) {
                    let scheme = act.scheme.or_else(|| ranking.likeliest(act.head));
                    let head = (act.head.into(), scheme, None);
                    all.extend(self.candidate(ranking, head, act.payments));
                }
                continue;
            }
            for subject in order.into_iter().take(most) {
                let reasons = self.lookup.reasons(ranking, subject, self.settings.reasons)?;
                let payments = self.lookup.payments_of(reasons.iter().flat_map(|it| &it.rows));
                let scheme = reasons.first().and_then(|it| it.scheme);
                all.extend(self.candidate(ranking, (subject, scheme, Some(reasons)), payments));
            }
        }
        Ok(all)
    }

    /// How many subjects of a grain are looked at.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "hours are held to a range, and offices are few"
    )]
    fn most(&self, grain: Grain) -> usize {
        let book = self.lookup.book;
        let offices = |level: Level| {
            let all = book.villages.iter().map(|it| level.office(book.names.get(*it)));
            all.collect::<BTreeSet<&str>>().len() as f64
        };
        let hours: f64 = Level::ALL
            .into_iter()
            .map(|level| offices(level) * self.settings.hours.of(level))
            .sum();
        (LOOKED_AT * hours * 60.0 / self.settings.minutes.of(grain)).ceil() as usize
    }

    /// A candidate, unless it was closed and nothing new is behind it, or no rule says who verifies it.
    fn candidate(
        &self,
        ranking: &'a Ranking,
        (subject, scheme, reasons): (SubjectIx, Option<Scheme>, Option<Vec<Reason>>),
        payments: Vec<PaymentIx>,
    ) -> Option<Candidate<'a>> {
        let (book, grain) = (self.lookup.book, ranking.grain);
        let records = records_of(reasons.iter().flatten());
        let village = village_of(book, grain, subject);
        let money = [self.lookup.money(&payments), money_of(&records)].into_iter().sum();
        let before = self.before((grain, subject), (&payments, &records), scheme).ok()?;
        let p_value = ranking.p_values.p_value[subject];
        let prior = self.history.prior(grain, self.settings.prior.of(grain));
        let probability_at_most = probability_at_most(p_value, prior);
        let village_of = village.as_str();
        let point =
            Point { grain, subject, scheme, money, probability_at_most, village: village_of };
        let own = (grain == Grain::Payment).then(|| self.lookup.own_level(&payments)).flatten();
        let Route { level, then, due_days } = self.agents.route(self.settings, (point, own))?;
        let share =
            scheme.and_then(|it| self.settings.recoverable.get(&it)).copied().unwrap_or(1.0);
        let mut candidate = Candidate {
            expected: 0.0,
            ranking,
            subject,
            payments,
            records,
            scheme,
            reasons,
            level,
            then,
            due: book.calendar.open_from(Day(self.as_of.0.saturating_add(due_days))),
            minutes: self.settings.minutes.of(grain),
            probability_at_most,
            share,
            village,
            before,
        };
        candidate.expected = candidate
            .expected_recovery(money, self.history.trail_recovery(self.settings.trail_recovery));
        Some(candidate)
    }

    /// What an earlier conclusion says of a subject; an error if it closed the case and nothing is new: no payment that it
    /// does not cover, no row of a register after it, and no written rule or match of tables that it did not know.
    fn before(
        &self,
        subject: (Grain, SubjectIx),
        (payments, records): (&[PaymentIx], &[Record]),
        scheme: Option<Scheme>,
    ) -> Result<Option<Before>, Closed> {
        let concluded = self.history.concluded(self.lookup.book, subject, payments, scheme);
        let Some(concluded) = concluded else { return Ok(None) };
        let indicators = concluded.unknown(self.lookup.broken(subject));
        let closed = concluded.closing.day;
        let later =
            |it: &Record| self.lookup.last_day(*it, self.as_of).is_some_and(|day| day > closed);
        let is_new = !concluded.uncovered.is_empty() || records.iter().any(later);
        if !is_new && indicators.is_empty() {
            return Err(Closed);
        }
        Ok(Some(Before { concluded, indicators }))
    }

    /// The candidates that fit into so many minutes, the dearest hour first, and those for which none were left. Money
    /// that another lead tells of counts for nothing, nor does the trail of a case that one tells of: whoever audits a
    /// payment sees what the village pays this payee.
    fn choose(
        &self,
        candidates: Vec<Candidate<'a>>,
        minutes: f64,
        covered: &mut Covered,
    ) -> (Vec<Candidate<'a>>, Vec<Candidate<'a>>) {
        let find = self.history.trail_recovery(self.settings.trail_recovery);
        let expected_per_hour = |candidate: &Candidate<'_>, covered: &Covered| {
            let payments = candidate.payments.iter().copied();
            let untold = payments.filter(|it| !covered.payments.contains(it)).collect::<Vec<_>>();
            let is_new = |it: &&PaymentIx| !covered.cases.contains(&self.cases[**it]);
            let trail =
                find * share_of(untold.iter().filter(is_new).count(), candidate.payments.len());
            let told = |it: &&Record| !covered.records.contains(*it);
            let own = [self.lookup.money(&untold), money_of(candidate.records.iter().filter(told))];
            candidate.expected_recovery(own.into_iter().sum(), trail) * 60.0 / candidate.minutes
        };
        let offers = candidates
            .into_iter()
            .map(|it| Offer { expected_per_hour: expected_per_hour(&it, covered), candidate: it });
        let mut heap: BinaryHeap<Offer<'_>> = offers.collect();
        let (mut left, mut chosen, mut left_over) = (minutes, Vec::new(), Vec::new());
        let mut of_payee: BTreeMap<PayeeIx, usize> = BTreeMap::new();
        while let Some(Offer { expected_per_hour: before, mut candidate }) = heap.pop() {
            let now = expected_per_hour(&candidate, covered);
            if now <= self.settings.hour_costs {
                continue;
            }
            let payee = owner_of(self.lookup.book, &candidate);
            let payee = payee.map(|it| self.partners.first(it));
            let is_full =
                |payee| of_payee.get(&payee).is_some_and(|leads| *leads >= self.settings.per_payee);
            if candidate.minutes > left || payee.is_some_and(is_full) {
                left_over.push(candidate);
                continue;
            }
            if now < before {
                heap.push(Offer { expected_per_hour: now, candidate });
                continue;
            }
            left -= candidate.minutes;
            if let Some(payee) = payee {
                *of_payee.entry(payee).or_default() += 1;
            }
            candidate.expected = now * candidate.minutes / 60.0;
            covered.payments.extend(&candidate.payments);
            covered.records.extend(&candidate.records);
            covered.cases.extend(candidate.payments.iter().map(|it| self.cases[*it]));
            chosen.push(candidate);
        }
        (chosen, left_over)
    }

    /// How many payments an office draws by lot. What is left of its share of the minutes is drawn for itself, so that in
    /// the mean of all offices it is the share, even where that is less than one payment.
    fn random_sample(&self, level: Level, minutes: f64, dice: &mut Xoshiro256PlusPlus) -> u32 {
        // A village does not audit itself by lot.
        if level == Level::Village {
            return 0;
        }
        let payments = minutes / self.settings.minutes.payment;
        let random_sample = payments * self.settings.random + dice.r#gen::<f64>();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "hours and minutes are held to ranges"
        )]
        let random_sample = random_sample.floor().min(payments.floor()) as u32;
        random_sample
    }

    /// Payments of an office's villages that no lead tells of, in a random sample.
    fn draw(
        &self,
        (level, office): (Level, &str),
        random_sample: u32,
        (covered, dice): (&BTreeSet<PaymentIx>, &mut Xoshiro256PlusPlus),
    ) -> Vec<Candidate<'a>> {
        let Some(ranking) = self.rankings.iter().find(|it| it.grain == Grain::Payment) else {
            return Vec::new();
        };
        let book = self.lookup.book;
        let wanted = random_sample as usize;
        let is_own = |payment: &PaymentIx| {
            !covered.contains(payment)
                && village_of(book, Grain::Payment, (*payment).into()).starts_with(office)
        };
        let all = book.payments.line.keys();
        let own: Vec<PaymentIx> =
            if wanted == 0 { Vec::new() } else { all.filter(is_own).collect() };
        let drawn = sample(dice, own.len(), wanted.min(own.len()));
        let candidate = |place: usize| {
            let payment = *own.get(place)?;
            let scheme = ranking.evidence.leading(payment);
            let own = self.candidate(ranking, (payment.into(), scheme, None), vec![payment])?;
            Some(Candidate { level, ..own })
        };
        drawn.into_iter().filter_map(candidate).collect()
    }

    /// What the ranking model says of a payment, as a reason; none without a ranking model.
    fn ranked(&self, ranking: &Ranking, payment: PaymentIx) -> Option<Reason> {
        let scheme = ranking.likeliest(payment)?;
        let rows = vec![self.lookup.book.payments.line[payment]];
        let facts = vec![facts::ranked(ranking, payment, scheme)];
        Some(Reason::stated((RANKING, Some(scheme)), ranking.likely(payment, scheme), rows, facts))
    }

    /// That small sums of one payee are taken together, as a reason.
    fn small_sums(&self, scheme: Option<Scheme>, payments: &[PaymentIx]) -> Reason {
        let book = self.lookup.book;
        let rows = payments.iter().map(|it| book.payments.line[*it]).collect();
        let facts = facts::small_sums(book, payments).into_iter().collect();
        let count = narrow(float(payments.len()));
        Reason::stated((PAYMENTS, scheme), Some(count), rows, facts)
    }

    /// The written rules broken, and tables that meet, at a subject, its payments and all payments of its case.
    fn known(&self, subject: (Grain, SubjectIx), payments: &[PaymentIx]) -> Vec<&'static str> {
        let case = case(self.lookup.book, &self.partners, subject.0.subject(subject.1));
        let of_payment = |it: &PaymentIx| self.lookup.broken((Grain::Payment, (*it).into()));
        let mut known = self.lookup.broken(subject);
        known.extend(payments.iter().chain(&case).flat_map(of_payment));
        known.sort_unstable();
        known.dedup();
        known
    }

    fn lead(
        &self,
        candidate: Candidate<'_>,
        (level, office, selection): (Level, &str, grade::Route),
    ) -> Result<Lead, Error> {
        let own = [self.lookup.money(&candidate.payments), money_of(&candidate.records)];
        let money = own.into_iter().sum();
        let recoverable = Fen::of_yuan(candidate.expected_recovery(money, 0.0));
        let order_value = Fen::of_yuan(candidate.expected);
        let Candidate { ranking, subject, payments, village, minutes, .. } = candidate;
        let (book, grain) = (self.lookup.book, ranking.grain);
        let mut reasons = match candidate.reasons {
            Some(reasons) => reasons,
            None => self.lookup.reasons(ranking, subject, self.settings.reasons)?,
        };
        // The ranking model may speak for another scheme than the evidence.
        if grain == Grain::Payment && !reasons.iter().any(|it| it.scheme == candidate.scheme) {
            let payment = PaymentIx::of(subject);
            let flagged = candidate.scheme.and_then(|it| self.lookup.flagged(ranking, subject, it));
            reasons.extend(flagged.or_else(|| self.ranked(ranking, payment)));
        }
        if grain == Grain::Payment {
            self.lookup.tell_all(&mut reasons, &payments);
            if are_apart(book, &payments, self.settings.act_days) {
                reasons.push(self.small_sums(candidate.scheme, &payments));
            }
        }
        drop_common(&mut reasons);
        let unknown = candidate.before.iter().flat_map(|it| &it.indicators);
        self.lookup.put_first(&mut reasons, unknown, (ranking, subject));
        let known = self.known((grain, subject), &payments);
        let key = grain.key(book, subject);
        // A reading may be rare among its kind and still below the mark of its card.
        let is_reason = |name: &&str| reasons.iter().any(|it| it.indicator == *name);
        let clear =
            self.lookup.clear(grain, subject).into_iter().filter(|it| !is_reason(it)).collect();
        Ok(Lead {
            id: lead_id(&book.county, grain, &key),
            level,
            office: office.to_owned(),
            place: 0,
            selection,
            grain,
            subject,
            key,
            payments,
            village,
            rank: ranking.rank[subject],
            score: ranking.score[subject],
            p_value: ranking.p_values.p_value[subject],
            q_value: ranking.q_value[subject],
            false_at_most: 0,
            probability_at_most: candidate.probability_at_most,
            money,
            recoverable,
            order_value,
            minutes,
            scheme: candidate.scheme,
            clear,
            known,
            reasons,
            due: candidate.due,
            before: candidate.before,
            first_listed: self.as_of,
        })
    }
}

/// What more than this share of those compared read is left out where there is another reason.
const COMMON: f64 = 0.25;

/// Leaves out what many others read as well, unless it is all that there is.
fn drop_common(reasons: &mut Vec<Reason>) {
    let is_common = |reason: &Reason| {
        reason.as_much.is_some_and(|it| float(it.subjects) > COMMON * float(it.of))
    };
    if !reasons.iter().all(is_common) {
        reasons.retain(|reason| !is_common(reason));
    }
}

/// The rows of other tables behind some reasons, each once.
fn records_of<'r>(reasons: impl Iterator<Item = &'r Reason>) -> Vec<Record> {
    let all: BTreeSet<Record> = reasons.flat_map(|it| it.records.iter().copied()).collect();
    all.into_iter().collect()
}

/// What some rows of other tables come to that no payment stands for.
fn money_of<'r>(records: impl IntoIterator<Item = &'r Record>) -> Fen {
    records.into_iter().map(|it| it.money).sum()
}

/// The share that some of all are; all of none.
#[expect(clippy::cast_precision_loss, reason = "payments are far below 2^52")]
fn share_of(some: usize, all: usize) -> f64 {
    if all == 0 { 1.0 } else { some as f64 / all as f64 }
}

/// The payee that a candidate is about; none for officials and villages.
fn owner_of(book: &Book, candidate: &Candidate<'_>) -> Option<PayeeIx> {
    match candidate.ranking.grain.subject(candidate.subject) {
        Subject::Payment(payment) => book.payments.payee[payment],
        Subject::Payee(payee) => Some(payee),
        Subject::Official(_) | Subject::Village(_) => None,
    }
}

/// Numbers the leads of one office, and says how many of each grain are false at most down to each line.
fn number(leads: &mut [Lead], rankings: &[Ranking]) {
    for (lead, place) in leads.iter_mut().zip(1..) {
        lead.place = place;
    }
    for ranking in rankings {
        let mut own: Vec<&mut Lead> =
            leads.iter_mut().filter(|lead| lead.grain == ranking.grain).collect();
        let of_unit = |lead: &&mut Lead| ranking.p_values.of_unit[lead.subject];
        let covered: Vec<f64> = own.iter().map(of_unit).collect();
        let bounds = at_most_false(&covered, ranking.p_values.testing_units(), 1.0 - CONFIDENCE);
        for (lead, bound) in own.iter_mut().zip(bounds) {
            lead.false_at_most = bound;
        }
    }
}

/// A candidate with what an hour of it is expected to bring; the largest is the greatest, and of equals the most unusual.
struct Offer<'a> {
    expected_per_hour: f64,
    candidate: Candidate<'a>,
}

impl Offer<'_> {
    fn place(&self) -> (Grain, u32) {
        let Candidate { ranking, subject, .. } = self.candidate;
        (ranking.grain, ranking.rank[subject])
    }
}

impl PartialEq for Offer<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Offer<'_> {}

impl PartialOrd for Offer<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Offer<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.expected_per_hour
            .total_cmp(&other.expected_per_hour)
            .then_with(|| other.place().cmp(&self.place()))
    }
}
