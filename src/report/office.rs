//! What one office sees of a run: its leads with their dossiers, and the part of the book that they come from.

use std::collections::{BTreeMap, BTreeSet};

use crate::features::own_hits::OwnHits;
use crate::features::{Coverage, Measured};
use crate::ledger::book::Book;
use crate::ledger::book::index::VillageIx;
use crate::ledger::contract::cell::{Cell, Day, Fen};
use crate::ledger::level::Level;
use crate::outcomes::results::{Case, Results, cases};
use crate::report::disclosure::NoticeView;
use crate::report::dossier::LeadView;
use crate::report::income::DueView;
use crate::report::names::village;
use crate::report::party::{Parties, PartyView};
use crate::report::results::{Line, lines};
use crate::report::voucher::Row;
use crate::scoring::ranking::Ranking;
use crate::scoring::ranking_model::power::Stated;
use crate::scoring::ranking_model::pretrained::Pretrained;
use crate::scoring::ranking_model::scores::Lacking;
use crate::words::table::{self, Lang};
use crate::worklist::lead::Lead;
use crate::worklist::previous::Dropped;
use crate::worklist::settings::Settings;

/// A county's run, as its offices see it.
#[derive(Debug, Clone, Copy)]
pub struct RunView<'a> {
    /// The book.
    pub book: &'a Book,
    /// What was measured.
    pub measured: &'a [Measured<'a>],
    /// Which indicators could be asked.
    pub coverage: &'a [Coverage],
    /// What the office's own rules found.
    pub own: &'a [OwnHits],
    /// The rankings.
    pub rankings: &'a [Ranking],
    /// What the ranking would show of acts that were planted into the county's own books; nothing without a ranking model.
    pub power: Option<&'a Stated>,
    /// The kinds of acts that its books cannot hold, each with the first table or column that is missing.
    pub lacking: &'a [Lacking],
    /// The model that ranked the county, if it was fitted on other counties.
    pub pretrained: Option<&'a Pretrained>,
    /// The lists of all offices.
    pub leads: &'a [Lead],
    /// The persons and firms that they name across villages.
    pub parties: &'a Parties,
    /// The notices of its villages beside the ledger.
    pub notices: &'a [NoticeView],
    /// What the previous list has beside them.
    pub dropped: &'a [Dropped],
    /// What must have come in, and what is booked of it.
    pub dues: &'a [DueView],
    /// How the lists were made.
    pub settings: &'a Settings,
    /// The day as of which they speak.
    pub as_of: Day,
    /// The language that they speak.
    pub lang: Lang,
}

/// One office of a county.
#[derive(Debug)]
pub struct Office<'a> {
    /// The run.
    pub run: RunView<'a>,
    /// Its level.
    pub level: Level,
    /// Its code.
    pub code: String,
    /// Its leads, and those of the offices below it, list after list.
    pub leads: Vec<(&'a Lead, LeadView)>,
    /// The results of its audits and those of the offices below it; empty for a village, and while nothing was concluded.
    pub results: Vec<Line>,
}

/// One village as an office sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VillageSum {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its payments.
    pub payments: usize,
    /// What it paid.
    pub paid: Fen,
    /// Leads about it or its payments.
    pub leads: usize,
    /// Its payments that are part of leads.
    pub money: Fen,
    /// What can be expected to come back at most.
    pub recoverable: Fen,
}

impl<'a> RunView<'a> {
    /// Every dossier with all its rows.
    pub fn dossiers(self) -> Vec<LeadView> {
        self.leads.iter().map(|lead| LeadView::of(self.book, lead, "")).collect()
    }

    /// The offices that get a folder: the county, and every township and village with a lead.
    pub fn offices(self) -> Vec<Office<'a>> {
        let mut codes: BTreeSet<(Level, &str)> = BTreeSet::new();
        codes.insert((Level::County, &self.book.county));
        for lead in self.leads.iter().filter(|lead| lead.level != Level::County) {
            codes.insert((Level::Township, Level::Township.office(&lead.office)));
            if lead.level == Level::Village {
                codes.insert((Level::Village, &lead.office));
            }
        }
        let cases = cases(self.book);
        codes.into_iter().map(|(level, code)| self.office((level, code), &cases)).collect()
    }

    fn office(self, (level, code): (Level, &str), cases: &[Case<'_>]) -> Office<'a> {
        // A longer code is an office below; the county's own leads have a shorter one than a township's.
        let own = self.leads.iter().filter(|lead| lead.office.starts_with(code));
        let leads = own.map(|lead| (lead, LeadView::of(self.book, lead, &lead.office))).collect();
        let mut office =
            Office { run: self, level, code: code.to_owned(), leads, results: Vec::new() };
        let results = Results::of(cases, code);
        if office.sees_scores() && results.all.concluded > 0 {
            let due = |(_, it): &'_ (&Lead, LeadView)| (it.office.clone(), it.due);
            let left = self.dropped.iter().filter(|it| !it.is_concluded).map(|it| &it.listed);
            let left = left.filter(|it| it.office.starts_with(code));
            let left = left.map(|it| (it.office.clone(), it.due));
            let open: Vec<(String, Day)> = office.leads.iter().map(due).chain(left).collect();
            office.results = lines(&results, Some(&open), (self.as_of, self.lang));
        }
        office
    }
}

/// The level and the code of an office above the villages, as a heading.
pub fn office_title((level, code): (Level, &str), lang: Lang) -> String {
    let level = table::level(level).to(lang);
    lang.of([format!("{level} {code}"), format!("{code} {level}")])
}

impl<'a> Office<'a> {
    /// Its level and code, as a heading.
    pub fn title(&self) -> String {
        match self.level {
            Level::Village => format!("{} {}", village(self.run.book, &self.code), self.code),
            _ => office_title((self.level, &self.code), self.run.lang),
        }
    }

    /// Whether probabilities, ranks and scores are shown: a village sees facts and questions.
    pub fn sees_scores(&self) -> bool {
        self.level != Level::Village
    }

    /// The notices of the office's villages beside the ledger; none for a village, which has its own.
    pub fn notices(&self) -> impl Iterator<Item = &'a NoticeView> + '_ {
        let own = self.run.notices.iter().filter(|it| it.village.starts_with(&self.code));
        own.filter(|_| self.sees_scores())
    }

    /// The persons and firms across villages: for the county alone, which sees all villages.
    pub fn parties(&self) -> &'a [PartyView] {
        if self.level == Level::County { &self.run.parties.all } else { &[] }
    }

    /// Those that a lead names.
    pub fn parties_of(&self, lead: &str) -> Vec<&'a PartyView> {
        if self.level == Level::County {
            self.run.parties.of_lead(lead).collect()
        } else {
            Vec::new()
        }
    }

    /// The reasons of a lead as this office sees them.
    pub fn reasons(&self, lead: &LeadView) -> Vec<String> {
        let lang = self.run.lang;
        if self.sees_scores() { lead.sentences(lang) } else { lead.facts(lang) }
    }

    /// What the previous list of the office and of those below it has beside this one.
    pub fn dropped(&self) -> impl Iterator<Item = &Dropped> {
        let own = self.run.dropped.iter().filter(|it| it.listed.office.starts_with(&self.code));
        own.filter(|it| it.listed.is_listed)
    }

    /// The expected income of its villages.
    pub fn dues(&self) -> impl Iterator<Item = &'a DueView> {
        self.run.dues.iter().filter(|it| it.village.starts_with(&self.code))
    }

    /// The leads on its own list.
    pub fn own(&self) -> impl Iterator<Item = &LeadView> {
        self.leads.iter().map(|(_, dossier)| dossier).filter(|it| it.office == self.code)
    }

    /// Its villages, sorted by code.
    pub fn villages(&self) -> Vec<VillageSum> {
        let book = self.run.book;
        let own = book.villages.iter_enumerated();
        let own = own.map(|(place, id)| (place, book.names.get(*id)));
        let own = own.filter(|(_, code)| code.starts_with(&self.code));
        // Each payment once, and where it was paid: leads may share some, and a payee's may be of several villages.
        let mut behind: BTreeMap<&str, BTreeSet<&Row>> = BTreeMap::new();
        for row in self.leads.iter().flat_map(|(_, it)| &it.rows).filter(|row| row.belongs) {
            behind.entry(&row.village).or_default().insert(row);
        }
        let money = |code: &str| {
            let rows = behind.get(code).into_iter().flatten();
            rows.filter_map(|row| row.amount.some()).sum()
        };
        own.map(|(place, code)| self.village(place, code, money(code))).collect()
    }

    fn village(&self, place: VillageIx, code: &str, money: Fen) -> VillageSum {
        let book = self.run.book;
        let payments = book.by_village().group(place);
        let amounts = payments.iter().map(|it| book.payments.amount[*it]);
        let leads = || self.leads.iter().map(|(_, it)| it).filter(|it| it.village == code);
        VillageSum {
            code: code.to_owned(),
            name: village(book, code),
            payments: payments.len(),
            paid: amounts.filter_map(Cell::some).sum(),
            leads: leads().count(),
            money,
            recoverable: leads().filter_map(|it| it.recoverable.some()).sum(),
        }
    }
}
