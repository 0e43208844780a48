//! A ranking model fitted on other counties, for counties that are too small for planting.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::indicators::card::Scheme;
use crate::ledger::book::Book;
use crate::ledger::book::index::PaymentIx;
use crate::model::error::Error;
use crate::model::extra_trees::ExtraTrees;
use crate::model::extra_trees::codes::Cuts;
use crate::model::file::{Persisted, load_held};
use crate::params::{Fault, Params};
use crate::planting::Kind;
use crate::scoring::ranking_model::power::{Found, Shown, last_of};
use crate::scoring::ranking_model::reader::{Reader, read_columns};
use crate::scoring::ranking_model::rows::total;
use crate::scoring::ranking_model::settings::Settings;
use crate::scoring::ranking_model::training::{Training, Unrecorded};

/// The model embedded in the program: `models/ranking`.
const SHIPPED: &[u8] = include_bytes!("../../../models/ranking/model.json");

/// The share of tables and columns that are hidden in each draw of planting except a county's first, since a county
/// that uses the model may record less than the training counties.
const LEFT_OUT: f64 = 0.25;

/// A fitted ranking model with its power in counties not used for the fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pretrained {
    /// The training counties.
    pub counties: Vec<String>,
    /// The number of their payments.
    pub payments: usize,
    /// The acts of each kind found in the first hundredth of a county's payments, by trees not trained on the county.
    pub known: Vec<(Kind, Found)>,
    /// The cut points of each column that is used, with its name.
    columns: Vec<(String, Cuts)>,
    /// The schemes of the classes, starting with the second class.
    pub(super) schemes: Vec<Scheme>,
    /// The total weight of planted acts relative to that of honest payments.
    pub(super) weight: f64,
    pub(super) trees: ExtraTrees,
}

impl Persisted for Pretrained {
    fn check(&self) -> Result<(), Error> {
        let found: Vec<String> = self.columns.iter().map(|(name, _)| name.clone()).collect();
        let expected: Vec<String> = read_columns().map(|column| column.name.to_owned()).collect();
        if found != expected {
            return Err(Error::OtherColumns { expected: found, found: expected });
        }
        let holds = self.columns.iter().all(|(_, cuts)| cuts.is_sound())
            && self.trees.is_sound(self.columns.len())
            && self.trees.width() == self.schemes.len() + 1
            && self.weight > 0.0;
        if holds {
            Ok(())
        } else {
            Err(Error::Damaged { what: "the trees do not fit the columns" })
        }
    }
}

impl Pretrained {
    /// Loads the model of a folder, or the embedded one.
    ///
    /// # Errors
    /// If the folder does not match its digests, or holds a model of another version.
    pub fn of(folder: Option<&Path>) -> Result<Self, Error> {
        if let Some(folder) = folder {
            return load_held(folder);
        }
        let unreadable = |source| Error::Unreadable { path: "models/ranking".into(), source };
        let shipped: Self = serde_json::from_slice(SHIPPED).map_err(unreadable)?;
        shipped.check()?;
        Ok(shipped)
    }

    /// Fits a model on acts planted into several counties.
    ///
    /// # Errors
    /// If a setting is out of range, there are fewer than two counties, or no act can be planted into one of them.
    pub fn fit(books: &[Book], settings: &Settings, seed: u64) -> Result<Self, Error> {
        settings.validate()?;
        if books.len() < 2 {
            return Err(Fault::new("at least 2", books.len()).below("counties of --data").into());
        }
        let reader = Reader::of_all(books);
        let drawn = books.iter().zip(1..).map(|(book, number)| {
            let seed = seed.wrapping_add(number << 20);
            let unrecorded = |draw: usize| match draw as u64 {
                0 => Unrecorded::default(),
                draw => Unrecorded::drawn(LEFT_OUT, seed ^ draw),
            };
            let own = Training::drawn_with(book, &reader, (settings, seed), unrecorded);
            own.ok_or_else(|| Error::NothingPlanted { county: book.county.clone() })
        });
        let drawn = drawn.collect::<Result<Vec<_>, _>>()?;
        let known = known(books, (&reader, &drawn), settings, seed)?;
        let training = joined(drawn.iter()).ok_or(Error::Empty { rows: 0, columns: 0 })?;
        let trees = training.fit(|_| true, &settings.trees, seed)?;
        let named =
            read_columns().map(|column| column.name.to_owned()).zip(reader.cuts().iter().cloned());
        Ok(Self {
            counties: books.iter().map(|book| book.county.clone()).collect(),
            payments: books.iter().map(|book| book.payments.len()).sum(),
            known,
            columns: named.collect(),
            schemes: training.schemes,
            weight: settings.weight,
            trees,
        })
    }

    /// A reader that codes a county's columns with the cut points of the model.
    pub(super) fn reader(&self) -> Reader {
        Reader::new(self.columns.iter().map(|(_, cuts)| cuts.clone()).collect())
    }

    /// The power for a kind of act.
    pub fn known(&self, kind: Kind) -> Option<Found> {
        self.known.iter().find(|(known, _)| *known == kind).map(|(_, found)| *found)
    }
}

/// Two-fold cross-fitting by county: the acts of each part are scored by trees trained on the other part.
fn known(
    books: &[Book],
    (reader, drawn): (&Reader, &[Training]),
    settings: &Settings,
    seed: u64,
) -> Result<Vec<(Kind, Found)>, Error> {
    let mut shown: Vec<Shown> = Vec::new();
    for part in 0..2 {
        let others = drawn.iter().enumerate().filter(|(place, _)| place % 2 != part);
        let Some(training) = joined(others.map(|(_, own)| own)) else { continue };
        let trees = training.fit(|_| true, &settings.trees, seed)?;
        for (book, own) in books.iter().zip(drawn).skip(part).step_by(2) {
            let payments: Vec<PaymentIx> = book.payments.line.keys().collect();
            let told = trees.probabilities(&reader.read(book, &payments));
            let scores: Vec<f64> = told.chunks(trees.width()).map(total).collect();
            let last = last_of(&scores, scores.len() / 100).max(f64::MIN_POSITIVE);
            // Scores relative to the county's threshold, so that one threshold applies to all counties.
            let own = own.shown(&trees, |_| true);
            shown.extend(own.into_iter().map(|act| Shown { score: act.score / last, ..act }));
        }
    }
    let of = |kind: Kind| {
        let found = Found::of(shown.iter().filter(|act| act.kind == kind), 1.0);
        (found.acts > 0).then_some((kind, found))
    };
    Ok(Kind::all().filter_map(of).collect())
}

fn joined<'a>(mut drawn: impl Iterator<Item = &'a Training>) -> Option<Training> {
    let mut all = drawn.next()?.clone();
    drawn.for_each(|own| all.join(own.clone()));
    Some(all)
}
