//! All digit tests of a column of amounts, and how they are printed.

use std::io::{self, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use serde::Serialize;

use crate::features::amount_column::{Counts, Sign};
use crate::stats::combine::benjamini_hochberg;
use crate::stats::digits::Digits;
use crate::stats::mantissa::{Distortion, Mantissas};
use crate::stats::profile::{Distances, Profile, Test, fewest};

/// The tests of the rows that share one value of the column that groups them.
#[derive(Debug, Serialize)]
pub struct DigitGroup {
    /// The value; none where the cell is empty or nothing groups the rows.
    pub value: Option<String>,
    /// The tests.
    pub profile: Profile,
}

/// All digit tests of a column of amounts.
#[derive(Debug, Serialize)]
pub struct DigitTables {
    /// The column of amounts.
    pub column: String,
    /// Which of them were tested.
    pub sign: Sign,
    /// The column that groups them.
    pub by: Option<String>,
    /// What the column holds.
    pub counts: Counts,
    /// The groups, the largest first.
    pub groups: Vec<DigitGroup>,
}

/// Prints the counts and then all tests of a single list, or one line for each group.
///
/// # Errors
/// If the output cannot be written.
pub fn print(tables: &DigitTables, out: &mut dyn Write) -> io::Result<()> {
    let sign = match tables.sign {
        Sign::Positive => "",
        Sign::Negative => ", amounts below zero without their sign",
        Sign::Both => ", all amounts without their sign",
    };
    writeln!(out, "column {}{sign}", tables.column)?;
    counts(&tables.counts, tables.sign, out)?;
    match (&tables.by, tables.groups.as_slice()) {
        (None, [group]) => profile(&group.profile, out),
        (by, groups) => group_lines(by.as_deref().unwrap_or_default(), groups, out),
    }
}

fn counts(counts: &Counts, sign: Sign, out: &mut dyn Write) -> io::Result<()> {
    let Counts { rows, negative, zero, empty, below_min, unreadable, .. } = counts;
    let positive = counts.positive.unwrap_or(0);
    let other_side = match sign {
        Sign::Positive => *negative,
        Sign::Negative => positive,
        Sign::Both => 0,
    };
    let tested = rows - other_side - zero - empty - below_min - unreadable;
    let side = if sign == Sign::Negative { "positive" } else { "negative" };
    let beside = if sign == Sign::Negative { &positive } else { negative };
    let mut table = table(&["rows", "tested", side, "zero", "below --min", "empty", "unreadable"]);
    table.add_row([rows, &tested, beside, zero, below_min, empty, unreadable]);
    write(&table, out)?;
    if let Some(converted) = &counts.converted {
        writeln!(out, "converted: {converted}")?;
    }
    for example in &counts.examples {
        writeln!(out, "unreadable: {example}")?;
    }
    Ok(())
}

fn profile(profile: &Profile, out: &mut dyn Write) -> io::Result<()> {
    let mut tests =
        table(&["digits", "n", "MAD", "chi-square", "df", "p", "KS D", "Nigrini's label"]);
    for test in &profile.tests {
        tests.add_row([
            name(test.digits).to_owned(),
            test.n.to_string(),
            distance(test, |it| format!("{:.6}", it.mean_absolute_deviation)),
            distance(test, |it| format!("{:.2}", it.chi_square)),
            test.degrees.to_string(),
            p_or_why(test),
            distance(test, |it| format!("{:.6}", it.kolmogorov_smirnov)),
            label(test),
        ]);
    }
    if let Some(words) = tests.column_mut(7) {
        words.set_cell_alignment(CellAlignment::Left);
    }
    section("Digits against their laws (p at this very n)", &tests, out)?;
    section("Bins that stand out (p times the number of bins)", &bins(profile), out)?;
    if let Some(found) = &profile.mantissas {
        section("Mantissas", &mantissas(found), out)?;
    }
    if let Some(found) = &profile.distortion {
        distortion(found, out)?;
    }
    let gaps = &profile.second_order;
    writeln!(
        out,
        "\nSecond order: {} gaps between sorted amounts; first two digits: chi-square {:.2}, MAD {:.6}",
        gaps.n, gaps.chi_square, gaps.mean_absolute_deviation
    )?;
    let mut sums = table(&["first two", "sum less mean sum"]);
    sums.add_rows(profile.summation.iter().map(|(digits, gap)| [digits.to_string(), yuan(*gap)]));
    section("Summation: digits whose amounts add up to too much or too little", &sums, out)?;
    let mut repeated = table(&["amount", "rows"]);
    let lines =
        profile.duplicates.iter().map(|(amount, rows)| [amount.to_string(), rows.to_string()]);
    repeated.add_rows(lines);
    section("Amounts that occur most often", &repeated, out)?;
    writeln!(out, "an amount occurs {:.2} times on average over the rows", profile.mean_frequency)?;
    Ok(())
}

fn bins(profile: &Profile) -> Table {
    let mut bins = table(&["digits", "bin", "rows", "expected", "p"]);
    for test in &profile.tests {
        for bin in &test.bins {
            let width = if test.digits == Digits::LastTwo { 2 } else { 1 };
            bins.add_row([
                name(test.digits).to_owned(),
                format!("{:0width$}", bin.digits),
                bin.count.to_string(),
                format!("{:.1}", bin.expected),
                chance(bin.p),
            ]);
        }
    }
    bins
}

fn mantissas(found: &Mantissas) -> Table {
    let mut table =
        table(&["", "mean", "variance", "skewness", "excess kurtosis", "arc", "p of arc"]);
    let figures = [found.mean, found.variance, found.skewness, found.excess_kurtosis, found.arc];
    let figures = figures.map(|figure| format!("{figure:.6}"));
    table.add_row(["found".to_owned()].into_iter().chain(figures).chain([chance(found.arc_p())]));
    table.add_row(["law", "0.500000", "0.083333", "0.000000", "-1.200000", "0.000000", ""]);
    table
}

fn distortion(found: &Distortion, out: &mut dyn Write) -> io::Result<()> {
    let (percent, spread) = (found.factor() * 100.0, found.spread() * 100.0);
    let n = found.n;
    writeln!(
        out,
        "\nDistortion factor: {percent:.4} % over {n} amounts of 10 yuan or more (standard deviation \
         under the law {spread:.4} %)"
    )?;
    Ok(())
}

fn group_lines(by: &str, groups: &[DigitGroup], out: &mut dyn Write) -> io::Result<()> {
    let first = groups.first().map(|group| group.profile.tests.as_slice()).unwrap_or_default();
    let digits: Vec<_> = first.iter().map(|test| test.digits).collect();
    let adjusted: Vec<_> = (0..digits.len()).map(|place| adjusted(groups, place)).collect();
    let words = digits
        .iter()
        .flat_map(|digits| [format!("MAD {}", name(*digits)), format!("p {}", name(*digits))]);
    let head: Vec<_> = [by.to_owned(), "n".to_owned()].into_iter().chain(words).collect();
    let mut table = table(&head.iter().map(String::as_str).collect::<Vec<_>>());
    for (row, group) in groups.iter().enumerate() {
        let value = group.value.clone().unwrap_or_else(|| "(empty)".to_owned());
        let tests = group.profile.tests.iter().zip(&adjusted).flat_map(|(test, adjusted)| {
            let p = adjusted.get(row).copied().flatten().map_or("-".to_owned(), chance);
            [distance(test, |it| format!("{:.6}", it.mean_absolute_deviation)), p]
        });
        table.add_row([value, group.profile.n.to_string()].into_iter().chain(tests));
    }
    section(
        "p is adjusted over all groups (Benjamini-Hochberg); - means too few amounts",
        &table,
        out,
    )?;
    let needed: Vec<_> =
        digits.iter().map(|digits| format!("{} {}", name(*digits), fewest(*digits))).collect();
    writeln!(out, "fewest amounts: {}", needed.join(", "))?;
    let tests = || groups.iter().flat_map(|group| &group.profile.tests);
    let left_out = tests().filter(|test| test.left_out.is_some()).count();
    if left_out > 0 {
        writeln!(
            out,
            "last two digits left out in {left_out} of {} groups, whose amounts are whole or not exact to the fen",
            groups.len()
        )?;
    }
    Ok(())
}

/// The adjusted p-values of one test over the groups that have one.
fn adjusted(groups: &[DigitGroup], place: usize) -> Vec<Option<f64>> {
    let p = groups.iter().map(|group| group.profile.tests.get(place).and_then(|test| test.p));
    let p: Vec<_> = p.collect();
    let mut adjusted =
        benjamini_hochberg(&p.iter().copied().flatten().collect::<Vec<_>>()).into_iter();
    p.into_iter().map(|p| p.and_then(|_| adjusted.next())).collect()
}

fn name(digits: Digits) -> &'static str {
    match digits {
        Digits::First => "first",
        Digits::Second => "second",
        Digits::FirstTwo => "first-two",
        Digits::LastTwo => "last-two",
    }
}

/// A distance from the law as it is shown; a dash where there is none.
fn distance(test: &Test, show: impl Fn(&Distances) -> String) -> String {
    test.distances.as_ref().map_or_else(|| "-".to_owned(), show)
}

fn p_or_why(test: &Test) -> String {
    if test.left_out.is_some() {
        return "-".to_owned();
    }
    test.p.map_or_else(|| format!("below {}", fewest(test.digits)), chance)
}

fn label(test: &Test) -> String {
    let label = test.label.map(|label| label.to_string());
    let told = label.or_else(|| test.unlabelled.clone()).or_else(|| test.left_out.clone());
    told.unwrap_or_default()
}

fn chance(p: f64) -> String {
    if p < 1e-300 {
        "<1e-300".to_owned()
    } else if p < 0.001 {
        format!("{p:.1e}")
    } else {
        format!("{p:.3}")
    }
}

fn yuan(fen: f64) -> String {
    format!("{:.2}", fen / 100.0)
}

fn section(title: &str, table: &Table, out: &mut dyn Write) -> io::Result<()> {
    if table.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    write(table, out)
}

fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(head);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn write(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
