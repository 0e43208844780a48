//! The power list of a village: for each kind of expense and band of amounts, the steps of a payment.

use crate::ledger::book::chart::Class;
use crate::ledger::contract::cell::Day;
use crate::ledger::contract::names::Names;
use crate::registers::steps::{Band, NOTICE_DAYS, Steps};
use crate::report::cells::money;
use crate::report::precheck::{say, steps};
use crate::words::precheck::Saying;
use crate::words::table::{Lang, class, duty};

/// The bands of all classes in a village on a day.
#[derive(Debug)]
pub struct PowerList {
    village: String,
    day: Day,
    bands: Vec<Band>,
}

impl PowerList {
    /// What the limits ask for of a village on a day.
    pub fn of(limits: Steps<'_>, village: &str, day: Day) -> Self {
        let bands = Class::ALL.iter().flat_map(|class| limits.bands(village, *class, day));
        Self { village: village.to_owned(), day, bands: bands.collect() }
    }

    /// Whether no limits are in force.
    pub fn is_empty(&self) -> bool {
        self.bands.is_empty()
    }

    /// The title, or that there are no limits.
    pub fn title(&self, lang: Lang) -> String {
        let saying = if self.is_empty() { Saying::ListNone } else { Saying::ListTitle };
        say(saying, &[("village", self.village.clone()), ("day", self.day.to_string())], lang)
    }

    /// How a collective decision is made.
    pub fn about_decisions(lang: Lang) -> String {
        say(Saying::ListDecision, &[("days", NOTICE_DAYS.to_string())], lang)
    }

    /// The titles of the columns.
    pub fn titles(lang: Lang) -> [&'static str; 7] {
        [
            Saying::ListClass,
            Saying::ListFrom,
            Saying::ListTo,
            Saying::StepsTitle,
            Saying::ListCash,
            Saying::ListRegion,
            Saying::ListSince,
        ]
        .map(|title| title.to(lang))
    }

    /// A row for each band.
    pub fn rows<'l>(
        &'l self,
        names: &'l Names,
        lang: Lang,
    ) -> impl Iterator<Item = [String; 7]> + 'l {
        self.bands.iter().map(move |band| {
            let to = band.to.map_or_else(String::new, money);
            let cash = band.cash_max.map_or_else(String::new, money);
            [
                class(band.class).to(lang).to_owned(),
                money(band.from),
                to,
                steps(&Band { cash_max: None, ..band.clone() }, lang),
                cash,
                names.get(band.region).to_owned(),
                band.since.to_string(),
            ]
        })
    }

    /// The same as JSON.
    pub fn json(&self, names: &Names, lang: Lang) -> serde_json::Value {
        let band = |band: &Band| {
            serde_json::json!({
                "class": band.class.word(),
                "from": band.from.to_string(),
                "to": band.to.map(|to| to.to_string()),
                "steps": band.duties.iter().map(|own| own.word()).collect::<Vec<_>>(),
                "names": band.duties.iter().map(|own| duty(*own).to(lang)).collect::<Vec<_>>(),
                "tender": band.is_tendered,
                "cash_max": band.cash_max.map(|max| max.to_string()),
                "region": names.get(band.region),
                "since": band.since.to_string(),
            })
        };
        serde_json::json!({
            "village": self.village,
            "day": self.day.to_string(),
            "bands": self.bands.iter().map(band).collect::<Vec<_>>(),
        })
    }
}
