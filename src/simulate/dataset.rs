//! Writes a dataset of the data contract, township by township.

use std::fs;
use std::path::Path;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::calendar::Span;
use super::chance::{Dice, Draw, Purpose, dice};
use super::closing;
use super::error::Error;
use super::manner::Manner;
use super::ordinary;
use super::plan::{Plan, plan, villages_of};
use super::policy::county_bands;
use super::schemes::SCHEMES;
use super::schemes::cover::cover;
use super::schemes::scheme::Scheme;
use super::settings::Settings;
use super::summary::Summary;
use super::tables::answers;
use super::tables::county;
use super::tables::ledger;
use super::tables::village as companions;
use super::township::{Township, county_code};
use super::village::Village;
use super::writing::{MARK, TownshipRows, Writing, file_of, schema};
use crate::ledger::contract::schema::{BANK, LEDGER, TABLES};
use crate::ledger::decode::write::TableWriter;

/// Townships whose companion rows are in memory at one time. It is fixed so that the output does not depend on the
/// number of threads.
const WAVE: usize = 8;

/// Writes a simulated dataset into a folder, which is created if needed.
///
/// The ledger and the bank journal are hive-partitioned by county with one part for each township, and are written
/// village by village; each other table is one file. The same settings give the same bytes, whatever the number of
/// threads.
///
/// # Errors
/// If a setting is out of its range, the folder is not empty, or writing fails.
pub fn simulate(settings: &Settings, folder: &Path) -> Result<Summary, Error> {
    settings.check()?;
    refuse_occupied(folder)?;
    let mut writing = Writing::new(folder)?;
    let span = Span::new(settings.first_year, settings.years);
    writing.add(county::calendar(span))?;
    writing.add(county::standards(span))?;
    for county in 0..settings.counties {
        simulate_county(settings, &mut writing, county, span)?;
    }
    writing.finish(settings)
}

/// Removes an earlier simulated dataset from a folder, and nothing else.
///
/// # Errors
/// If the folder is not empty and holds no simulated dataset, or if removal fails.
pub fn clear(folder: &Path) -> Result<(), Error> {
    if !is_occupied(folder)? {
        return Ok(());
    }
    if !folder.join(MARK).is_file() {
        let next =
            "it holds no simulated dataset, so nothing in it is replaced: name another folder";
        return Err(Error::Occupied { folder: folder.to_owned(), next });
    }
    for table in TABLES {
        let (file, parts) = (file_of(folder, table), folder.join(table.name));
        if file.is_file() {
            fs::remove_file(&file).map_err(|source| Error::Io { path: file, source })?;
        }
        if parts.is_dir() {
            fs::remove_dir_all(&parts).map_err(|source| Error::Io { path: parts, source })?;
        }
    }
    let mark = folder.join(MARK);
    fs::remove_file(&mark).map_err(|source| Error::Io { path: mark, source })
}

fn is_occupied(folder: &Path) -> Result<bool, Error> {
    if !folder.exists() {
        return Ok(false);
    }
    let entries = fs::read_dir(folder);
    let mut entries = entries.map_err(|source| Error::Io { path: folder.to_owned(), source })?;
    Ok(entries.next().is_some())
}

/// Returns an error if the folder is not empty.
fn refuse_occupied(folder: &Path) -> Result<(), Error> {
    if !is_occupied(folder)? {
        return Ok(());
    }
    let next = "name another folder, or let `--force` replace an earlier simulated dataset";
    Err(Error::Occupied { folder: folder.to_owned(), next })
}

fn simulate_county(
    settings: &Settings,
    writing: &mut Writing,
    county: u32,
    span: Span,
) -> Result<(), Error> {
    writing.add(county::limits(&county_bands(&county_code(county), span)))?;
    let plans = plan(settings, county);
    let townships: Vec<u32> = (0..settings.townships).collect();
    for wave in townships.chunks(WAVE) {
        let made: Vec<Result<TownshipRows, Error>> = wave
            .par_iter()
            .map(|index| {
                let township = Township::new(settings, county, *index, span);
                simulate_township(settings, &writing.folder, &township, &plans)
            })
            .collect();
        for rows in made {
            writing.add_township(rows?)?;
        }
    }
    Ok(())
}

fn simulate_township(
    settings: &Settings,
    folder: &Path,
    township: &Township,
    plans: &[Plan],
) -> Result<TownshipRows, Error> {
    let part = format!("county={}/part-{}.parquet", township.county, township.index);
    let mut lines = TableWriter::create(&folder.join(LEDGER.name).join(&part), schema(&LEDGER))?;
    let mut bank = TableWriter::create(&folder.join(BANK.name).join(&part), schema(&BANK))?;
    let shared = if township.index == 0 { 0 } else { township.county_payees };
    let own = township.payees.get(shared..).unwrap_or_default();
    let mut rows = TownshipRows {
        companions: vec![
            county::limits(&township.own_bands),
            companions::people(&township.people, None),
            companions::payees(own, &township.people),
        ],
        planted: Vec::new(),
        lines: 0,
        bank: 0,
    };
    let (first, count) = villages_of(settings, township.index);
    for number in 0..count {
        let index = first + number;
        let nothing = Plan::default();
        let plan =
            usize::try_from(index).ok().and_then(|index| plans.get(index)).unwrap_or(&nothing);
        let village = live(settings, township, (number, index), plan);
        let (columns, count) = ledger::ledger(&village);
        lines.write(columns)?;
        rows.lines += u64::try_from(count).unwrap_or(0);
        let (columns, count) = ledger::bank(&village);
        bank.write(columns)?;
        rows.bank += u64::try_from(count).unwrap_or(0);
        rows.companions.extend(companions::rows(&village));
        rows.planted.extend(answers::planted(&village));
    }
    lines.finish()?;
    bank.finish()?;
    Ok(rows)
}

/// Share of look-alikes planted in the form of the act; the others have their papers in order.
const TWINS: f64 = 0.7;

/// Plants a scheme, then changes the column families that the scheme does not set itself.
fn plant(
    village: &mut Village<'_>,
    dice: &mut Dice,
    scheme: &dyn Scheme,
    manner: &Manner,
) -> Option<()> {
    let act = village.acts.len();
    scheme.act(village, dice, manner)?;
    cover(village, dice, act, (manner, scheme.own()));
    Some(())
}

/// Plants a look-alike: honest behaviour in the form of the act, or one with its papers in order.
fn look_alike(village: &mut Village<'_>, dice: &mut Dice, scheme: &dyn Scheme) -> Option<()> {
    if scheme.has_twin() && dice.chance(TWINS) {
        let manner = Manner::honest(dice);
        if plant(village, dice, scheme, &manner).is_some() {
            return Some(());
        }
    }
    scheme.look_alike(village, dice)
}

/// Simulates a village: its ordinary transactions, its acts and look-alikes, and the closing of its books.
fn live<'a>(
    settings: &Settings,
    township: &'a Township,
    (number, index): (u32, u32),
    plan: &Plan,
) -> Village<'a> {
    let mut village = Village::new(settings, township, number, index);
    ordinary::live(&mut village, settings);
    let kinds = [(Purpose::LookAlike, &plan.look_alikes), (Purpose::Act, &plan.acts)];
    for (purpose, schemes) in kinds {
        for (turn, (place, scheme)) in
            schemes.iter().filter_map(|place| Some((*place, SCHEMES.get(*place)?))).enumerate()
        {
            let place = u64::try_from(place).unwrap_or(0);
            let turn = u64::try_from(turn).unwrap_or(0);
            let stream = [u64::from(township.county_index), u64::from(index), place, turn];
            let mut dice = dice(settings.seed, purpose, &stream);
            let before = village.acts.len();
            let planted = match purpose {
                Purpose::Act => {
                    let manner = Manner::hidden(&mut dice, settings.care);
                    plant(&mut village, &mut dice, *scheme, &manner)
                }
                _ => look_alike(&mut village, &mut dice, *scheme),
            };
            debug_assert!(
                planted.is_some() || village.acts.len() == before,
                "{} stopped half way",
                scheme.name()
            );
        }
    }
    closing::close(&mut village);
    village
}
