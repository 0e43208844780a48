//! The `[leads]` table of a pipeline: how long the lists are, who verifies what, and what it may bring back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::indicators::card::Scheme;
use crate::ledger::book::index::SubjectIx;
use crate::ledger::contract::cell::Fen;
use crate::ledger::level::Level;
use crate::ledger::subject::Grain;
use crate::params::{Fault, counted, inside, params, within};

macro_rules! by_grain {
    ($(#[$about:meta])* $name:ident, $bound:expr, $([$grain:ident $default:literal $meaning:literal])*) => {
        params! {
            $(#[$about])*
            #[derive(Copy)]
            pub struct $name {
                $(pub $grain: f64 = $default, $bound, $meaning;)*
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
    Minutes,
    within(1.0..=1e6),
    [payment 20.0 "of a payment with its vouchers"]
    [payee 90.0 "of a payee with its payments"]
    [official 240.0 "of an official with what was approved"]
    [village 480.0 "of a village with its books"]
);

by_grain!(
    /// The share of subjects at which audits of a random sample find something: guesses until such samples were audited.
    Priors,
    inside(0.0, 1.0),
    [payment 0.01 "of payments"]
    [payee 0.01 "of payees"]
    [official 0.02 "of officials"]
    [village 0.05 "of villages"]
);

params! {
    /// Hours that each office of a level has for its list.
    #[derive(Copy)]
    pub struct Hours {
        pub county: f64 = 20.0, within(0.0..=1e6), "the county's";
        pub township: f64 = 2.0, within(0.0..=1e6), "each township's";
        pub village: f64 = 1.0, within(0.0..=1e6), "each village's";
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
    /// People and villages, and what is likely, to the county; small formal points to the village; all else to the township.
    fn defaults() -> Vec<Self> {
        let rule = |level, due_days| Self {
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
        let (probability, then) = (Some(0.5), Some(Level::Township));
        vec![
            Self { grains: people, ..rule(Level::County, 60) },
            Self { probability, then, ..rule(Level::County, 30) },
            Self { schemes: formal, below: Some(2_000.0), ..rule(Level::Village, 15) },
            rule(Level::Township, 30),
        ]
    }

    /// Names what is wrong with it.
    fn validate(&self) -> Result<(), Fault> {
        let Self { from, below, probability, level, then, due_days, .. } = self;
        within(0..=3_660)(due_days).map_err(|fault| fault.below("due_days"))?;
        if let Some(probability) = probability {
            within(0.0..=1.0)(probability).map_err(|fault| fault.below("probability"))?;
        }
        if let Some((from, below)) = from.zip(*below).filter(|(from, below)| from >= below) {
            return Err(Fault::new(format!("less than `below`, {below}"), from).below("from"));
        }
        match then {
            Some(then) if then <= level => {
                let expected = format!("a level below its own, {}", level.word());
                Err(Fault::new(expected, then.word()).below("then"))
            }
            _ => Ok(()),
        }
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
    pub subject: SubjectIx,
    /// The scheme with the strongest evidence.
    pub scheme: Option<Scheme>,
    /// The money behind it.
    pub money: Fen,
    /// The probability at most that something is there.
    pub probability_at_most: f64,
    /// The village that it belongs to.
    pub village: &'a str,
}

params! {
    /// The `[leads]` table of a pipeline.
    pub struct Settings {
        pub reasons: usize = 3, counted, "Reasons that a lead gives at most.";
        pub act_days: i32 = 30, within(0..=i32::MAX), "Days between two payments of one act at most.";
        pub small: f64 = 1_000.0, within(0.0..=1e12),
            "Sums below this, in yuan, that a village paid to one payee or to payees linked with it (owner, telephone or bank account) are one act whatever the days between them, where the same scheme speaks for them. 1,000 yuan is the sum up to which a payment may be made in cash (现金结算起点); 0 leaves them apart.";
        pub per_payee: usize = 3, counted,
            "Leads of one list about one payee, those linked with it, and their payments at most.";
        pub random: f64 = 0.1, within(0.0..=1.0),
            "The share of the hours that goes to a random sample of payments, so that what audits find is not only what the list looks for.";
        pub hour_costs: f64 = 300.0, within(0.0..=1e12),
            "What an hour of audit costs, in yuan: a lead that cannot bring back as much in an hour is on no list.";
        pub trail_recovery: f64 = 100_000.0, within(0.0..=1e12),
            "What an irregularity brings back beside the payments of its own lead, in yuan: what is recovered along its trail. What audits brought back (the table `outcomes`) takes over.";
        pub recoverable: BTreeMap<Scheme, f64> = BTreeMap::new(), shares,
            "The share of the money behind a scheme that can be recovered, such as `splitting = 0.2`; all of it where a scheme is not named.";
        pub rules: Vec<Rule> = Rule::defaults(), complete,
            "Who verifies what, and in how many days from the as-of date, or on the next working day: the first rule that fits. Conditions are `grains`, `schemes`, `from` and `below` (yuan) and `probability` (at least); one that is not there is always met. `then` is the level below that takes what `level` has no hours for. What is about somebody who works for a township goes to the county.";
    }
    tables {
        pub hours: Hours, "Hours that each office of a level has.";
        pub minutes: Minutes, "Minutes that a lead takes.";
        pub prior: Priors,
            "The share of subjects at which audits of a random sample find something; what they find (the table `outcomes`, route `random`) takes over.";
    }
}

/// Every share is one.
fn shares(recoverable: &BTreeMap<Scheme, f64>) -> Result<(), Fault> {
    let wrong = |(scheme, share): (&Scheme, &f64)| {
        within(0.0..=1.0)(share).map_err(|fault| fault.below(scheme.word()))
    };
    recoverable.iter().try_for_each(wrong)
}

/// Every rule is right, and the last one has no condition.
fn complete(rules: &[Rule]) -> Result<(), Fault> {
    rules.iter().try_for_each(Rule::validate)?;
    let is_open = |rule: &Rule| {
        rule.grains.is_empty()
            && rule.schemes.is_empty()
            && rule.from.or(rule.below).or(rule.probability).is_none()
    };
    if rules.last().is_some_and(is_open) {
        return Ok(());
    }
    Err(Fault::new("a list whose last rule has no condition", "another one"))
}

impl Settings {
    /// The first rule that fits a point.
    pub fn rule(&self, point: &Point<'_>) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.fits(point))
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, Point, Settings};
    use crate::indicators::card::Scheme;
    use crate::ledger::contract::cell::Fen;
    use crate::ledger::subject::Grain;
    use crate::params::Params;

    #[test]
    fn the_default_rules_send_each_point_somewhere() {
        let settings = Settings::default();
        settings.validate().unwrap();
        let level = |grain, scheme, yuan: i64, probability_at_most| {
            let (scheme, money, village) = (Some(scheme), Fen(yuan * 100), "990101101201");
            let point =
                Point { grain, subject: 0.into(), scheme, money, probability_at_most, village };
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
        let wrong = |text: &str| {
            toml::from_str::<Settings>(text).unwrap().validate().unwrap_err().to_string()
        };
        assert!(wrong("random = 1.5").contains("random"));
        assert!(wrong("rules = []").contains("rules"));
        let rises = r#"rules = [{level = "township", then = "county", due_days = 1}]"#;
        assert!(wrong(rises).contains("`rules.then`"));
        let late = r#"rules = [{level = "township", due_days = -1}]"#;
        assert!(wrong(late).contains("`rules.due_days`"));
        assert!(wrong("reasons = 0").contains("`reasons`"));
        assert!(wrong("hours = {county = -1.0}").contains("hours.county"));
        assert!(wrong("recoverable = {ghost = 2.0}").contains("recoverable.ghost"));
    }
}
