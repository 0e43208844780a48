//! The `[leads]` table of a pipeline: how long the lists are, who verifies what, and what it may bring back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::indicators::card::Scheme;
use crate::ledger::book::Subject;
use crate::ledger::cell::Fen;
use crate::ledger::level::Level;
use crate::ledger::subject::Grain;

macro_rules! by_grain {
    ($(#[$about:meta])* $name:ident, $payment:literal, $payee:literal, $official:literal, $village:literal) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            /// Of a payment with its vouchers.
            pub payment: f64,
            /// Of a payee with its payments.
            pub payee: f64,
            /// Of an official with what was approved.
            pub official: f64,
            /// Of a village with its books.
            pub village: f64,
        }

        impl Default for $name {
            fn default() -> Self {
                let (payment, payee, official, village) = ($payment, $payee, $official, $village);
                Self { payment, payee, official, village }
            }
        }

        impl $name {
            /// Of one subject of this kind.
            pub fn of(&self, grain: Grain) -> f64 {
                match grain {
                    Grain::Payment => self.payment,
                    Grain::Payee => self.payee,
                    Grain::Official => self.official,
                    Grain::Village => self.village,
                }
            }
        }
    };
}

by_grain!(
    /// The minutes that auditing one subject takes: rough guesses of an office's work, to be set by it.
    Minutes, 20.0, 90.0, 240.0, 480.0
);

by_grain!(
    /// The share of subjects at which audits drawn by lot find something: guesses until lots have been drawn.
    Priors, 0.01, 0.01, 0.02, 0.05
);

/// Hours that each office of a level has for its list.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hours {
    /// The county's.
    pub county: f64,
    /// Each township's.
    pub township: f64,
    /// Each village's.
    pub village: f64,
}

impl Default for Hours {
    fn default() -> Self {
        Self { county: 20.0, township: 2.0, village: 1.0 }
    }
}

impl Hours {
    /// The hours of an office of this level.
    pub fn of(&self, level: Level) -> f64 {
        match level {
            Level::County => self.county,
            Level::Township => self.township,
            Level::Village => self.village,
        }
    }
}

/// A written rule of who verifies a point, and in how many days. A condition that is not there is always met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The kinds of subjects that it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grains: Vec<Grain>,
    /// The schemes that the strongest reason speaks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schemes: Vec<Scheme>,
    /// It is about this much money at least, in yuan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<f64>,
    /// It is about less money than this, in yuan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// The probability at most that something is there is as large.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// The level that verifies it.
    pub level: Level,
    /// The level below that takes what this one has no hours for; nobody, where it is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Level>,
    /// Days from the as-of date until it is due.
    pub due_days: i32,
}

impl Rule {
    /// What is wrong with it, if anything is.
    fn validate(&self) -> Option<String> {
        let Self { from, below, probability, level, then, due_days, .. } = self;
        if !(0..=3_660).contains(due_days) {
            return Some(format!("`due_days` of a rule must be from 0 to 3660, but is {due_days}"));
        }
        if probability.is_some_and(|it| !(0.0..=1.0).contains(&it)) {
            return Some("`probability` of a rule must be from 0 to 1".to_owned());
        }
        if from.zip(*below).is_some_and(|(from, below)| from >= below) {
            return Some("`from` of a rule must be less than its `below`".to_owned());
        }
        let rises = then.is_some_and(|then| then <= *level);
        let word = level.word();
        rises.then(|| format!("`then` of a rule must be a level below its own, which is {word}"))
    }

    /// Whether it is about such a point.
    pub fn fits(&self, point: &Point<'_>) -> bool {
        let yuan = point.money.yuan();
        (self.grains.is_empty() || self.grains.contains(&point.grain))
            && (self.schemes.is_empty()
                || point.scheme.is_some_and(|it| self.schemes.contains(&it)))
            && self.from.is_none_or(|from| yuan >= from)
            && self.below.is_none_or(|below| yuan < below)
            && self.probability.is_none_or(|least| point.probability_at_most >= least)
    }
}

/// A point to verify as the rules see it.
#[derive(Debug, Clone, Copy)]
pub struct Point<'a> {
    /// What kind of subject it is about.
    pub grain: Grain,
    /// The subject.
    pub subject: Subject,
    /// The scheme that speaks loudest.
    pub scheme: Option<Scheme>,
    /// The money behind it.
    pub money: Fen,
    /// The probability at most that something is there.
    pub probability_at_most: f64,
    /// The village that it belongs to.
    pub village: &'a str,
}

/// The `[leads]` table of a pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Reasons that a lead gives at most.
    pub reasons: usize,
    /// Days between two payments of one act at most.
    pub act_days: i32,
    /// The share of the hours that goes to payments drawn by lot.
    pub random: f64,
    /// Hours that each office of a level has.
    pub hours: Hours,
    /// What an hour of audit costs, in yuan: a lead that cannot bring back as much in an hour is on no list.
    pub hour_costs: f64,
    /// Minutes that a lead about a subject takes.
    pub minutes: Minutes,
    /// The share of subjects at which audits drawn by lot find something.
    pub prior: Priors,
    /// What a find brings back beside the payments of its own lead, in yuan: the trail that it opens.
    pub find: f64,
    /// The share of the money behind a scheme that can be recovered; all of it where a scheme is not named.
    pub recoverable: BTreeMap<Scheme, f64>,
    /// Who verifies what: the first rule that fits.
    pub rules: Vec<Rule>,
}

impl Default for Settings {
    fn default() -> Self {
        let rule = |level, due_days| Rule {
            grains: Vec::new(),
            schemes: Vec::new(),
            from: None,
            below: None,
            probability: None,
            level,
            then: None,
            due_days,
        };
        let formal = vec![Scheme::Procedure, Scheme::LateRecords, Scheme::Misposting];
        let people = vec![Grain::Official, Grain::Village];
        Self {
            reasons: 3,
            act_days: 30,
            random: 0.1,
            hours: Hours::default(),
            hour_costs: 300.0,
            minutes: Minutes::default(),
            prior: Priors::default(),
            find: 100_000.0,
            recoverable: BTreeMap::new(),
            rules: vec![
                Rule { grains: people, ..rule(Level::County, 60) },
                Rule {
                    probability: Some(0.5),
                    then: Some(Level::Township),
                    ..rule(Level::County, 30)
                },
                Rule { schemes: formal, below: Some(2_000.0), ..rule(Level::Village, 15) },
                rule(Level::Township, 30),
            ],
        }
    }
}

impl Settings {
    /// What is wrong with the settings, if anything is.
    pub fn validate(&self) -> Option<String> {
        let Self { random, hours, minutes, prior, .. } = self;
        if !(0.0..=1.0).contains(random) {
            return Some(format!("`random` must be a share from 0 to 1, but is {random}"));
        }
        for (key, yuan) in [("hour_costs", self.hour_costs), ("find", self.find)] {
            if !(0.0..=1e12).contains(&yuan) {
                return Some(format!("`{key}` must be an amount from 0 on, but is {yuan}"));
            }
        }
        for level in Level::ALL {
            let hours = hours.of(level);
            if !(0.0..=1e6).contains(&hours) {
                let word = level.word();
                return Some(format!("`hours.{word}` must be from 0 to a million, but is {hours}"));
            }
        }
        for grain in Grain::ALL {
            let (word, prior) = (grain.word(), prior.of(grain));
            let minutes = minutes.of(grain);
            if !(1.0..=1e6).contains(&minutes) {
                return Some(format!(
                    "`minutes.{word}` must be from 1 to a million, but is {minutes}"
                ));
            }
            if !(prior > 0.0 && prior < 1.0) {
                return Some(format!("`prior.{word}` must lie between 0 and 1, but is {prior}"));
            }
        }
        if let Some((scheme, share)) =
            self.recoverable.iter().find(|(_, share)| !(0.0..=1.0).contains(*share))
        {
            let word = scheme.word();
            return Some(format!("`recoverable.{word}` must be from 0 to 1, but is {share}"));
        }
        if self.reasons == 0 {
            return Some("`reasons` must be 1 or more".to_owned());
        }
        if self.act_days < 0 {
            return Some(format!("`act_days` must be 0 or more, but is {}", self.act_days));
        }
        if let Some(fault) = self.rules.iter().find_map(Rule::validate) {
            return Some(fault);
        }
        let is_open = |rule: &Rule| {
            rule.grains.is_empty()
                && rule.schemes.is_empty()
                && rule.from.or(rule.below).or(rule.probability).is_none()
        };
        let falls_through = !self.rules.last().is_some_and(is_open);
        falls_through.then(|| "the last of `rules` must have no condition".to_owned())
    }

    /// The first rule that fits a point.
    pub fn rule(&self, point: &Point<'_>) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.fits(point))
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, Point, Settings};
    use crate::indicators::card::Scheme;
    use crate::ledger::cell::Fen;
    use crate::ledger::subject::Grain;

    #[test]
    fn the_default_rules_send_each_point_somewhere() {
        let settings = Settings::default();
        assert_eq!(settings.validate(), None);
        let level = |grain, scheme, yuan: i64, probability_at_most| {
            let (scheme, money, village) = (Some(scheme), Fen(yuan * 100), "990101101201");
            let point = Point { grain, subject: 0, scheme, money, probability_at_most, village };
            settings.rule(&point).map(|rule| rule.level)
        };
        assert_eq!(level(Grain::Village, Scheme::Splitting, 1, 0.1), Some(Level::County));
        assert_eq!(level(Grain::Payment, Scheme::Ghost, 20_000, 0.5), Some(Level::County));
        assert_eq!(level(Grain::Payment, Scheme::Ghost, 20_000, 0.4), Some(Level::Township));
        assert_eq!(level(Grain::Payment, Scheme::Procedure, 1_999, 0.4), Some(Level::Village));
        assert_eq!(level(Grain::Payment, Scheme::Procedure, 2_000, 0.4), Some(Level::Township));
    }

    #[test]
    fn what_is_out_of_range_is_named() {
        let wrong = |text: &str| toml::from_str::<Settings>(text).unwrap().validate().unwrap();
        assert!(wrong("random = 1.5").contains("random"));
        assert!(wrong("rules = []").contains("rules"));
        let rises = r#"rules = [{level = "township", then = "county", due_days = 1}]"#;
        assert!(wrong(rises).contains("`then`"));
        let late = r#"rules = [{level = "township", due_days = -1}]"#;
        assert!(wrong(late).contains("`due_days`"));
        assert!(wrong("reasons = 0").contains("`reasons`"));
        assert!(wrong("hours = {county = -1.0}").contains("hours.county"));
        assert!(wrong("recoverable = {ghost = 2.0}").contains("recoverable.ghost"));
    }
}
