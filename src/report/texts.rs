//! The parts of a dossier that sheet, page and terminal show alike.

use crate::indicators::card;
use crate::ledger::contract::cell::Day;
use crate::ledger::level::Level;
use crate::ledger::subject::Grain;
use crate::outcomes::grade::{Grade, Route};
use crate::report::cells::{count, format_message, money};
use crate::report::dossier::{BeforeView, LeadView, ReasonView, causes, indicator_title, rules};
use crate::report::income;
use crate::report::office::Office;
use crate::report::own_rules;
use crate::scoring::evidence::counts::PAYMENTS;
use crate::scoring::ranking_model::power::Power;
use crate::scoring::ranking_model::scores::Lacking;
use crate::words::table::{Lang, Word, clears, grain, question, recorded, scheme};

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
        let before = self.before.as_ref().map(|it| it.sentence(lang));
        let reasons = self.reasons.iter().map(|it| self.sentence(it, (lang, measures)));
        by_lot.into_iter().chain(before).chain(reasons).collect()
    }

    /// For each row the numbers of the reasons that it is behind, as [`Self::sentences`] are numbered from 1.
    pub fn reasons_of_rows(&self) -> Vec<String> {
        let by_lot = usize::from(self.selection == Route::Random);
        let first = 1 + by_lot + usize::from(self.before.is_some());
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
        let of = |ground: &ReasonView| match card(&ground.indicator) {
            Some(card) => causes(card, lang),
            None if ground.indicator == PAYMENTS => vec![Word::ElseCount.to(lang).to_owned()],
            None => vec![Word::ElsePlain.to(lang).to_owned()],
        };
        once(self.reasons.iter().flat_map(of))
    }

    /// The written rules that its indicators rest on, each once.
    pub fn rules(&self, lang: Lang) -> Vec<String> {
        let pages = self.reasons.iter().filter_map(|ground| card(&ground.indicator));
        once(pages.flat_map(|it| rules(it, lang)).map(str::to_owned))
    }

    /// What would clear it, for each scheme that a reason speaks for.
    pub fn clears(&self, lang: Lang) -> Vec<&'static str> {
        once(self.reasons.iter().map(|ground| clears(ground.scheme).to(lang)))
    }

    /// What a village is asked: a question for each scheme that a reason speaks for, and those of every voucher.
    pub fn questions(&self, lang: Lang) -> Vec<&'static str> {
        let own = self.reasons.iter().map(|reason| question(reason.scheme));
        let common = [Word::QuestionWhat, Word::QuestionPapers, Word::QuestionRule];
        once(own.chain(common).map(|word| word.to(lang)))
    }

    /// What was looked for and not found.
    pub fn looked_for(&self, lang: Lang) -> String {
        let titles: Vec<&str> = self.clear.iter().map(|name| indicator_title(name, lang)).collect();
        titles.join(lang.of([", ", "、"]))
    }

    /// Whether it is new on the list of a day, or since when it is listed.
    pub fn status(&self, as_of: Day, lang: Lang) -> String {
        if self.first_listed >= as_of {
            return Word::NewLead.to(lang).to_owned();
        }
        let days = as_of.0 - self.first_listed.0;
        let cells = [("day", self.first_listed.to_string()), ("days", days.to_string())];
        format_message(Word::OpenSince, lang, &cells)
    }
}

impl BeforeView {
    /// What was concluded, when, and what it does not cover.
    fn sentence(&self, lang: Lang) -> String {
        let grade = self.grade.parse::<Grade>();
        let grade = grade.map_or_else(|_| self.grade.clone(), |it| it.label().to(lang).to_owned());
        let titles = self.indicators.iter().map(|name| indicator_title(name, lang));
        let titles: Vec<&str> = titles.collect();
        let cells = [
            ("day", self.day.to_string()),
            ("grade", grade),
            ("lead", self.lead.clone()),
            ("count", count(self.uncovered as u64)),
            ("sum", money(self.money)),
            ("indicators", titles.join(lang.of([", ", "、"]))),
        ];
        let mut text = format_message(Word::BeforeTell, lang, &cells);
        if !self.indicators.is_empty() {
            text.push_str(&format_message(Word::BeforeFacts, lang, &cells));
        }
        text + lang.of([".", "。"])
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
        let percent = |share: f64| whole_percent(share, lang);
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

    /// What stands at the head of its list: that lines are no findings, what such a list finds, and how much of it is likely
    /// to be false.
    pub fn preface(&self) -> Vec<String> {
        let lang = self.run.lang;
        let careful = Word::Careful.to(lang).to_owned();
        if !self.sees_scores() {
            return vec![careful];
        }
        let finds = (self.level == Level::County).then(|| self.finds());
        [Some(careful), finds, self.false_leads()].into_iter().flatten().collect()
    }

    /// The share of planted acts that a list of the county's length would find, by kind, or that it cannot be stated.
    fn finds(&self) -> String {
        let lang = self.run.lang;
        let schemes = self.run.power.map_or(&[][..], |it| &it.schemes);
        let by_share = |a: &&Power, b: &&Power| a.found.share.total_cmp(&b.found.share);
        let (least, most) = (schemes.iter().min_by(by_share), schemes.iter().max_by(by_share));
        let Some((hard, easy)) = least.zip(most) else {
            return Word::FindsUnknown.to(lang).to_owned();
        };
        let name = |it: &Power| scheme(Some(it.scheme)).to(lang).to_owned();
        let cells = [
            ("low", whole_percent(hard.found.share, lang)),
            ("hard", name(hard)),
            ("high", whole_percent(easy.found.share, lang)),
            ("easy", name(easy)),
        ];
        format_message(Word::FindsTell, lang, &cells)
    }

    /// How many leads of its list are false at most, by kind of subject, or that it cannot be stated.
    fn false_leads(&self) -> Option<String> {
        let lang = self.run.lang;
        let bound = |kind: Grain| {
            let of = || self.own().filter(|it| it.grain == kind);
            let (last, leads) = (of().last()?, of().count());
            let cells = [
                ("false", last.false_at_most.to_string()),
                ("leads", leads.to_string()),
                ("grain", grain(kind).to(lang).to_owned()),
            ];
            let is_stated = (last.false_at_most as usize) < leads;
            is_stated.then(|| format_message(Word::FalseBound, lang, &cells))
        };
        let bounds: Vec<String> = Grain::ALL.into_iter().filter_map(bound).collect();
        let leads = self.own().count();
        if leads == 0 {
            return None;
        }
        Some(if bounds.is_empty() {
            format_message(Word::FalseUnknown, lang, &[("leads", leads.to_string())])
        } else {
            let bounds = bounds.join(lang.of(["; ", "；"]));
            format_message(Word::FalseTell, lang, &[("bounds", bounds)])
        })
    }

    /// How its list is made, what its values mean, and what its statements rest on.
    pub fn notes(&self) -> Vec<String> {
        if !self.sees_scores() {
            return Vec::new();
        }
        let lang = self.run.lang;
        let by_lot = self.own().filter(|it| it.selection == Route::Random).count();
        let hours = self.run.settings.hours.of(self.level);
        let cells = [
            ("hours", format!("{hours}")),
            ("leads", self.own().count().to_string()),
            ("lots", by_lot.to_string()),
        ];
        let reference = self.run.rankings.first().map_or(0, |ranking| ranking.reference);
        let mut all = vec![
            Word::Ordered.to(lang).to_owned(),
            format_message(Word::HoursTell, lang, &cells),
            format_message(Word::RestsOn, lang, &[("reference", reference.to_string())]),
        ];
        all.push(income::summary(self.dues(), lang));
        all.extend(self.run.own.iter().map(|hits| own_rules::summary(hits, lang)));
        all.extend(self.power());
        all
    }
}

/// A share in whole percent.
fn whole_percent(share: f64, lang: Lang) -> String {
    format!("{:.0}{}", share * 100.0, lang.of([" %", "%"]))
}
