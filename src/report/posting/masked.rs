//! Names in a notice: firms in full, persons by their first letter.

use crate::ledger::book::Book;
use crate::ledger::book::index::{LineIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Id};
use crate::words::mask::shown;
use crate::words::table::{Lang, Word};

/// Names of persons that texts of a village may hold, the longest first.
#[derive(Debug)]
pub(super) struct Masked<'a> {
    book: &'a Book,
    lang: Lang,
    persons: Vec<&'a str>,
}

impl<'a> Masked<'a> {
    /// The persons who live in a village, hold a post there, or were paid by it.
    pub(super) fn of(book: &'a Book, village: VillageIx, lang: Lang) -> Self {
        let (people, code) = (&book.companions.people, book.villages[village]);
        let name = |row: usize| people.name.at(row).some();
        let locals = (0..people.rows).filter(|row| people.village.at(*row) == code);
        let officers = book.terms.of_village(code).iter();
        let officers = officers.filter_map(|term| book.companions.person(term.person));
        let mut persons: Vec<Id> = locals.chain(officers).filter_map(name).collect();
        for line in LineIx::within(&book.lines_of(&book.vouchers_of(village))) {
            let payee = book.lines.payee.at(line);
            if !is_firm(book, payee) {
                persons.extend(registered(book, payee));
                persons.extend(book.lines.payee_name.at(line).some());
            }
        }
        persons.sort_unstable();
        persons.dedup();
        let mut persons: Vec<&str> = persons.into_iter().map(|it| book.names.get(it)).collect();
        // One letter is no name, and would be found in every text.
        persons.retain(|name| name.chars().count() > 1);
        persons.sort_by_key(|name| std::cmp::Reverse(name.len()));
        Self { book, lang, persons }
    }

    /// A text with the names of persons and long numbers masked.
    pub(super) fn text(&self, text: &str) -> String {
        let found = self.persons.iter().filter(|name| text.contains(**name));
        let masked = found.fold(text.to_owned(), |text, name| text.replace(*name, &initial(name)));
        shown(&masked)
    }

    /// A person.
    pub(super) fn person(&self, person: Id) -> String {
        let people = &self.book.companions.people;
        let row = self.book.companions.person(person);
        let name = row.and_then(|row| people.name.at(row).some());
        self.initial_of(name)
    }

    /// Who was paid by a line, or a tenant: a firm in full, a person by the first letter.
    pub(super) fn payee(&self, payee: Id, name: Option<Id>) -> String {
        let known = registered(self.book, payee).or(name);
        if is_firm(self.book, payee) {
            let known = known.map(|it| shown(self.book.names.get(it)));
            return known.unwrap_or_else(|| self.somebody());
        }
        let person = self.book.companions.person(payee);
        let person = person.and_then(|row| self.book.companions.people.name.at(row).some());
        self.initial_of(known.or(person))
    }

    fn initial_of(&self, name: Option<Id>) -> String {
        name.map_or_else(|| self.somebody(), |name| shown(&initial(self.book.names.get(name))))
    }

    fn somebody(&self) -> String {
        Word::PostingSomebody.to(self.lang).to_owned()
    }
}

/// The first letter of a name, and a star for each of the others, up to two.
fn initial(name: &str) -> String {
    let mut letters = name.chars().filter(|it| !it.is_whitespace());
    let first = letters.next().filter(|it| !it.is_numeric());
    let stars = "*".repeat(letters.count().clamp(1, 2));
    first.map_or_else(|| stars.clone(), |first| format!("{first}{stars}"))
}

fn registered(book: &Book, payee: Id) -> Option<Id> {
    book.companions.payees.name.at(book.companions.payee(payee)?).some()
}

/// Whether the register says that a payee is no person.
fn is_firm(book: &Book, payee: Id) -> bool {
    let kind = book.companions.payee(payee).map(|row| book.companions.payees.kind.at(row));
    kind.is_some_and(|kind| !matches!(book.names.get(kind), "person" | ""))
        && kind != Some(Id::NONE)
}

#[cfg(test)]
mod tests {
    use super::{Masked, initial};
    use crate::ledger::book::index::VillageIx;
    use crate::ledger::sample;
    use crate::words::table::Lang;

    #[test]
    fn persons_are_told_by_a_letter_and_firms_in_full() {
        let book = sample::book(&[
            ("ledger", "payee,payee_name\nR1,\nR2,\n,王小明\n"),
            ("people", "person,name,village\nP1,陈模,990101101201\n"),
            ("payees", "payee,kind,name\nR1,firm,模拟建材经营部\nR2,person,欧阳模拟\n"),
        ]);
        let masked = Masked::of(&book, VillageIx::from(0), Lang::Zh);
        let id = |name: &str| book.names.find(name).unwrap();
        assert_eq!(masked.payee(id("R1"), None), "模拟建材经营部");
        assert_eq!(masked.payee(id("R2"), None), "欧**");
        assert_eq!(masked.person(id("P1")), "陈*");
        assert_eq!(masked.person(id("R2")), "个人");
        let text = "付王小明、陈模工资，卡6222021234567890128";
        assert_eq!(masked.text(text), "付王**、陈*工资，卡***************0128");
    }

    #[test]
    fn of_a_name_one_letter_stays() {
        assert_eq!(["陈", "13800138000", "Li Wei", ""].map(initial), ["陈*", "**", "L**", "*"]);
    }
}
