//! Lookups for planting: residents of villages, accounts of payees, owners of firms.

use std::cmp::Reverse;

use crate::convert::row32;
use crate::ledger::book::Book;
use crate::ledger::book::chart::{Chart, Class};
use crate::ledger::book::index::{IxVec, LineIx, PayeeIx, PaymentIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Day, Id};

/// The use of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) class: Class,
    /// Whether it holds advances and other money owed to the village.
    pub(super) is_lent: bool,
    pub(super) is_bank: bool,
}

#[derive(Debug)]
pub(super) struct World {
    cash: Vec<bool>,
    /// Whether payments have names of payees in addition to ids.
    pub(super) names_payees: bool,
    /// Whether summaries are Chinese; Chinese words are added only then.
    pub(super) is_chinese: bool,
    /// Rows of `people`, by village.
    people: Vec<(Id, u32)>,
    /// Person and payee, sorted.
    payees_of: Vec<(Id, Id)>,
    /// Owner and firm, sorted.
    firms_of: Vec<(Id, Id)>,
    /// Rows of `payees` that are firms, and that are persons.
    pub(super) firms: Vec<u32>,
    pub(super) persons: Vec<u32>,
    /// The account to which each payee of the book was last paid.
    last_account: IxVec<PayeeIx, Id>,
    /// Chart, series, frequency and account, most frequent first.
    accounts: Vec<(Chart, u16, Reverse<u32>, Id)>,
    /// The use of each account, by chart; sorted.
    kinds: Vec<((Chart, Id), Account)>,
    /// Payees such as utilities and governments that all villages pay; sorted.
    public: Vec<Id>,
    /// Person, scheme and row of `subsidies`, sorted.
    subsidies: Vec<(Id, Id, u32)>,
}

impl World {
    pub(super) fn of(book: &Book) -> Self {
        let cash = book.names.map(Chart::is_cash);
        let companions = &book.companions;
        let (people, payees) = (&companions.people, &companions.payees);
        let mut by_village: Vec<(Id, u32)> =
            people.village.cells().iter().copied().zip(0..).collect();
        by_village.sort_unstable();
        let mut payees_of = Vec::new();
        let mut firms_of = Vec::new();
        let (mut firms, mut persons, mut public) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..payees.rows {
            let payee = payees.payee.at(row);
            let number = row32(row);
            payees_of.extend(payees.person.at(row).some().map(|person| (person, payee)));
            firms_of.extend(payees.owner.at(row).some().map(|owner| (owner, payee)));
            match book.names.get(payees.kind.at(row)) {
                "firm" => firms.push(number),
                "person" => persons.push(number),
                "utility" | "government" | "village" => public.push(payee),
                _ => {}
            }
        }
        public.sort_unstable();
        payees_of.sort_unstable();
        firms_of.sort_unstable();
        let of_payee = |payments: &[PaymentIx]| {
            let account = |payment: &PaymentIx| {
                book.lines.payee_account.at(book.payments.line[*payment]).some()
            };
            payments.iter().rev().find_map(account).unwrap_or(Id::NONE)
        };
        let last_account = if book.lines.payee_account.is_recorded() {
            book.by_payee().groups().map(of_payee).collect()
        } else {
            IxVec::default()
        };
        let chinese = |line: &LineIx| {
            let text = book.names.get(book.lines.summary.at(*line));
            text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
        };
        let table = &companions.subsidies;
        let of_row = |row: usize| {
            let number = row32(row);
            (table.person.at(row), table.scheme.at(row), number)
        };
        let mut subsidies: Vec<(Id, Id, u32)> = (0..table.rows).map(of_row).collect();
        subsidies.sort_unstable();
        let accounts = accounts(book);
        let kind = |(chart, _, _, id): &(Chart, u16, Reverse<u32>, Id)| {
            let code = book.names.get(*id);
            let root = Chart::root(code);
            let account = Account {
                class: book.settings.classes.of(*chart, code),
                is_lent: matches!(root, "112" | "113"),
                is_bank: root == "102",
            };
            ((*chart, *id), account)
        };
        let mut kinds: Vec<_> = accounts.iter().map(kind).collect();
        kinds.sort_unstable_by_key(|(account, _)| *account);
        Self {
            cash,
            kinds,
            public,
            subsidies,
            names_payees: book.lines.payee_name.is_recorded(),
            is_chinese: book.payments.line.iter().take(200).any(chinese),
            people: by_village,
            payees_of,
            firms_of,
            firms,
            persons,
            last_account,
            accounts,
        }
    }

    /// Whether an account is cash or bank.
    pub(super) fn is_cash(&self, account: Id) -> bool {
        self.cash.get(account.0 as usize).copied().unwrap_or(false)
    }

    /// The account of cash on hand in a chart, if the book uses one.
    pub(super) fn cash_on_hand(&self, chart: Chart) -> Option<Id> {
        let found = self.accounts.iter().find(|(own, series, ..)| *own == chart && *series == 101);
        found.map(|(.., id)| *id)
    }

    pub(super) fn kind_of(&self, chart: Chart, account: Id) -> Account {
        let place = self.kinds.binary_search_by_key(&(chart, account), |(account, _)| *account);
        let found = place.ok().and_then(|place| self.kinds.get(place));
        let none = Account { class: Class::Other, is_lent: false, is_bank: false };
        found.map_or(none, |(_, kind)| *kind)
    }

    /// Whether a payee is a utility, a government or the like.
    pub(super) fn is_public(&self, payee: Id) -> bool {
        self.public.binary_search(&payee).is_ok()
    }

    /// Rows of `people` who live in a village.
    pub(super) fn people_of(&self, village: Id) -> &[(Id, u32)] {
        range(&self.people, village)
    }

    /// The payee entry of a person.
    pub(super) fn payee_of(&self, person: Id) -> Option<Id> {
        range(&self.payees_of, person).first().map(|(_, payee)| *payee)
    }

    /// The firms that a person owns.
    pub(super) fn firms_of(&self, person: Id) -> &[(Id, Id)] {
        range(&self.firms_of, person)
    }

    /// The account to which a payee was last paid; empty if it was never paid.
    pub(super) fn account_of(&self, book: &Book, payee: Id) -> Id {
        let place = book.payees.place(&payee);
        place
            .and_then(|place| self.last_account.raw.get(usize::from(place)).copied())
            .unwrap_or(Id::NONE)
    }

    /// The last account of each payee of the book.
    pub(super) fn accounts(&self) -> &[Id] {
        &self.last_account.raw
    }

    /// The row of `subsidies` for a payment of a scheme to a person on a day.
    ///
    /// Periods are years, quarters or months (`2024`, `2024Q2`, `2024-05`), paid within the period or shortly after.
    pub(super) fn subsidy_row(
        &self,
        book: &Book,
        person: Id,
        scheme: Id,
        day: Day,
    ) -> Option<usize> {
        let of = (person, scheme);
        let from = self.subsidies.partition_point(|(person, scheme, _)| (*person, *scheme) < of);
        let to = self.subsidies.partition_point(|(person, scheme, _)| (*person, *scheme) <= of);
        let rows = self.subsidies.get(from..to).unwrap_or(&[]).iter();
        let rows = rows.map(|(.., row)| *row as usize);
        let period = |row: &usize| book.names.get(book.companions.subsidies.period.at(*row));
        let date = day.date();
        let year = date.year().to_string();
        let quarter = format!("{year}Q{}", (date.month() + 2) / 3);
        let month = format!("{year}-{:02}", date.month());
        rows.filter(|row| period(row).starts_with(&year))
            .max_by_key(|row| (period(row) == quarter || period(row) == month, *row))
    }

    /// The most used account of the other chart with the same meaning.
    pub(super) fn account_in(&self, from: Chart, account: Id, to: Chart) -> Option<Id> {
        let series =
            self.accounts.iter().find(|(chart, _, _, id)| (*chart, *id) == (from, account));
        let series = series.map(|(_, series, ..)| *series)?;
        let other = self.accounts.iter().find(|(chart, own, ..)| (*chart, *own) == (to, series));
        other.map(|(.., id)| *id)
    }
}

fn range<T: Copy>(sorted: &[(Id, T)], of: Id) -> &[(Id, T)] {
    let from = sorted.partition_point(|(id, _)| *id < of);
    let to = sorted.partition_point(|(id, _)| *id <= of);
    sorted.get(from..to).unwrap_or(&[])
}

/// Every account of each chart, with its series.
fn accounts(book: &Book) -> Vec<(Chart, u16, Reverse<u32>, Id)> {
    let mut counts = vec![[0_u32; 2]; book.names.len()];
    for (account, chart) in book.lines.account.cells().iter().zip(&book.charts) {
        if let Some([old, new]) = counts.get_mut(account.0 as usize) {
            *(if *chart == Chart::Of2004 { old } else { new }) += 1;
        }
    }
    let mut all = Vec::new();
    for (id, [old, new]) in (0..).map(Id).zip(counts) {
        for (chart, count) in [(Chart::Of2004, old), (Chart::Of2024, new)] {
            if count > 0 {
                let series = chart.series(book.names.get(id));
                all.push((chart, series, Reverse(count), id));
            }
        }
    }
    all.sort_unstable();
    all
}

/// The payments to a payee in one village.
pub(super) fn paid_in(book: &Book, payee: Id, village: VillageIx) -> &[PaymentIx] {
    let Some(place) = book.payees.place(&payee) else { return &[] };
    let payments = book.by_payee().group(place);
    let of = |payment: &PaymentIx| book.payments.village[*payment];
    let from = payments.partition_point(|payment| of(payment) < village);
    let to = payments.partition_point(|payment| of(payment) <= village);
    payments.get(from..to).unwrap_or(&[])
}
