//! The parts of a dossier that sheet, page and terminal show alike.

use super::dossier::{Dossier, causes, indicator_title, put, rules};
use super::office::Office;
use super::words::{Lang, Word, clears, grain};
use crate::indicators::card::{Card, Grain};
use crate::indicators::named;
use crate::leads::lead::Picked;

impl Dossier {
    /// Its reasons in sentences, the strongest first.
    pub fn sentences(&self, lang: Lang) -> Vec<String> {
        self.reasons.iter().map(|ground| self.sentence(ground, lang)).collect()
    }

    /// What else could explain it: the innocent causes of its indicators, each once.
    pub fn causes(&self, lang: Lang) -> Vec<String> {
        self.of_pages(|card| causes(card, lang))
    }

    /// The written rules that its indicators rest on, each once.
    pub fn rules(&self, lang: Lang) -> Vec<String> {
        self.of_pages(|card| rules(card, lang).into_iter().map(str::to_owned).collect())
    }

    fn of_pages(&self, told: impl Fn(&Card) -> Vec<String>) -> Vec<String> {
        let pages = self.reasons.iter().filter_map(|ground| named(&ground.indicator));
        once(pages.flat_map(|entry| told(&entry.card)))
    }

    /// What would clear it, for each scheme that a reason speaks for.
    pub fn clears(&self, lang: Lang) -> Vec<&'static str> {
        once(self.reasons.iter().map(|ground| clears(ground.scheme).to(lang)))
    }

    /// What was looked for and not found.
    pub fn looked_for(&self, lang: Lang) -> String {
        let titles: Vec<&str> = self.clear.iter().map(|name| indicator_title(name, lang)).collect();
        titles.join(lang.of([", ", "、"]))
    }
}

/// Each of some texts once, in the order in which they first come.
fn once<T: PartialEq>(texts: impl Iterator<Item = T>) -> Vec<T> {
    let mut all = Vec::new();
    for text in texts {
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all
}

impl Office<'_> {
    /// What its list is, how it is ordered, and what its statements rest on.
    pub fn preface(&self) -> Vec<String> {
        let lang = self.told.lang;
        let own: Vec<&Dossier> = self.own().collect();
        let lots = own.iter().filter(|it| it.picked == Picked::Random).count();
        let hours = self.told.settings.hours.of(self.level);
        let cells = [
            ("hours", format!("{hours}")),
            ("leads", own.len().to_string()),
            ("lots", lots.to_string()),
        ];
        let mut all = vec![Word::Careful.to(lang).to_owned()];
        if !self.sees_scores() {
            return all;
        }
        all.push(Word::Ordered.to(lang).to_owned());
        all.push(put(Word::HoursTell, lang, &cells));
        all.extend(Grain::ALL.into_iter().filter_map(|kind| {
            let of = || own.iter().filter(|it| it.grain == kind);
            let last = of().next_back()?;
            let cells = [
                ("false", last.false_at_most.to_string()),
                ("leads", of().count().to_string()),
                ("grain", grain(kind).to(lang).to_owned()),
            ];
            let is_all = last.false_at_most as usize >= of().count();
            Some(put(if is_all { Word::NothingTold } else { Word::FalseTell }, lang, &cells))
        }));
        let reference = self.told.rankings.first().map_or(0, |ranking| ranking.reference);
        all.push(put(Word::RestsOn, lang, &[("reference", reference.to_string())]));
        all
    }
}
