//! The parts of a dossier that sheet, page and terminal show alike.

use crate::indicators::named;
use crate::ledger::level::Level;
use crate::ledger::subject::Grain;
use crate::outcomes::grade::Route;
use crate::report::cells::format_message;
use crate::report::dossier::{LeadView, ReasonView, causes, indicator_title, rules};
use crate::report::office::Office;
use crate::scoring::evidence::counts::PAYMENTS;
use crate::scoring::ranking_model::power::Power;
use crate::scoring::ranking_model::scores::Lacking;
use crate::words::table::{Lang, Word, clears, grain, recorded, scheme};

impl LeadView {
    /// Its reasons in sentences, the strongest first.
    pub fn sentences(&self, lang: Lang) -> Vec<String> {
        self.told(lang, true)
    }

    /// Its reasons without what was measured: what a village is asked about.
    pub fn facts(&self, lang: Lang) -> Vec<String> {
        self.told(lang, false)
    }

    fn told(&self, lang: Lang, measures: bool) -> Vec<String> {
        let end = lang.of([".", "。"]);
        let by_lot =
            (self.selection == Route::Random).then(|| format!("{}{end}", Word::TellLot.to(lang)));
        let reasons = self.reasons.iter().map(|it| self.sentence(it, (lang, measures)));
        by_lot.into_iter().chain(reasons).collect()
    }

    /// For each row the numbers of the reasons that it is behind, as [`Self::sentences`] are numbered from 1.
    pub fn reasons_of_rows(&self) -> Vec<String> {
        let first = if self.selection == Route::Random { 2_usize } else { 1 };
        let mut all = vec![Vec::new(); self.rows.len()];
        for (number, ground) in (first..).zip(&self.reasons) {
            for row in &ground.rows {
                if let Some(own) = all.get_mut(*row) {
                    own.push(number.to_string());
                }
            }
        }
        all.into_iter().map(|own| own.join("、")).collect()
    }

    /// What else could explain it: the innocent causes of its indicators, each once.
    pub fn causes(&self, lang: Lang) -> Vec<String> {
        let of = |ground: &ReasonView| match named(&ground.indicator) {
            Some(entry) => causes(&entry.card, lang),
            None if ground.indicator == PAYMENTS => vec![Word::ElseCount.to(lang).to_owned()],
            None => vec![Word::ElsePlain.to(lang).to_owned()],
        };
        once(self.reasons.iter().flat_map(of))
    }

    /// The written rules that its indicators rest on, each once.
    pub fn rules(&self, lang: Lang) -> Vec<String> {
        let pages = self.reasons.iter().filter_map(|ground| named(&ground.indicator));
        once(pages.flat_map(|entry| rules(&entry.card, lang)).map(str::to_owned))
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
    /// What the county's ranking would show of planted acts, and what each missing table or column would add.
    fn power(&self) -> Vec<String> {
        let lang = self.run.lang;
        let Some(power) = self.run.power.filter(|_| self.level == Level::County) else {
            return Vec::new();
        };
        let percent = |share: f64| format!("{:.0}{}", share * 100.0, lang.of([" %", "%"]));
        let of = |it: &Power| {
            let cells = [
                ("scheme", scheme(Some(it.scheme)).to(lang).to_owned()),
                ("share", percent(it.found.share)),
                ("low", percent(it.found.low)),
                ("high", percent(it.found.high)),
            ];
            format_message(Word::SchemePower, lang, &cells)
        };
        let schemes: Vec<String> = power.schemes.iter().map(of).collect();
        let cells = [
            ("payments", power.payments.to_string()),
            ("schemes", schemes.join(lang.of(["; ", "；"]))),
        ];
        let mut all = vec![format_message(Word::PowerTell, lang, &cells)];
        if let Some(model) = self.run.pretrained {
            let cells = [
                ("counties", model.counties.join(lang.of([", ", "、"]))),
                ("payments", model.payments.to_string()),
            ];
            all.push(format_message(Word::PretrainedTell, lang, &cells));
        }
        let needs = once(self.run.lacking.iter().map(|it| it.needs));
        all.extend(needs.into_iter().map(|needs| {
            let kind = |it: &Lacking| {
                let title = lang.of([it.kind.card().title, it.kind.card().title_zh]);
                match it.elsewhere {
                    None => title.to_owned(),
                    Some(found) => {
                        let cells = [("kind", title.to_owned()), ("share", percent(found.share))];
                        format_message(Word::LackingKind, lang, &cells)
                    }
                }
            };
            let own = self.run.lacking.iter().filter(|it| it.needs == needs);
            let kinds = own.map(kind).collect::<Vec<_>>().join(lang.of([", ", "、"]));
            format_message(
                Word::LackingTell,
                lang,
                &[("needs", recorded(needs, lang)), ("kinds", kinds)],
            )
        }));
        all
    }

    /// What its list is, how it is ordered, and what its statements rest on.
    pub fn preface(&self) -> Vec<String> {
        let lang = self.run.lang;
        let own: Vec<&LeadView> = self.own().collect();
        let lots = own.iter().filter(|it| it.selection == Route::Random).count();
        let hours = self.run.settings.hours.of(self.level);
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
        all.push(format_message(Word::HoursTell, lang, &cells));
        all.extend(Grain::ALL.into_iter().filter_map(|kind| {
            let of = || own.iter().filter(|it| it.grain == kind);
            let last = of().next_back()?;
            let cells = [
                ("false", last.false_at_most.to_string()),
                ("leads", of().count().to_string()),
                ("grain", grain(kind).to(lang).to_owned()),
            ];
            let is_all = last.false_at_most as usize >= of().count();
            Some(format_message(
                if is_all { Word::NothingTold } else { Word::FalseTell },
                lang,
                &cells,
            ))
        }));
        all.extend(self.power());
        let reference = self.run.rankings.first().map_or(0, |ranking| ranking.reference);
        all.push(format_message(Word::RestsOn, lang, &[("reference", reference.to_string())]));
        all
    }
}
