//! What programs of the same kind got wrong, and must not happen here.
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use mingzhang::matrix::Matrix;
use mingzhang::model::detectors::{hbos, name::Name};
use mingzhang::model::settings::Settings;
use mingzhang::scoring::ranks::ranking;

/// A number from 0 to 1 that looks random.
fn mixed(row: u32, column: u32) -> f32 {
    let mixed =
        (row * 7 + column + 1).wrapping_mul(0x9E37_79B9) ^ (row + 3).wrapping_mul(0x85EB_CA6B);
    f32::from(u16::try_from((mixed ^ (mixed >> 15)).wrapping_mul(0xC2B2_AE35) >> 16).unwrap())
        / 65_536.0
}

fn table(rows: u32, columns: &[&dyn Fn(u32) -> f32]) -> Matrix {
    let mut matrix = Matrix::new(rows as usize);
    for (index, cell) in columns.iter().enumerate() {
        matrix.push(&format!("c{index}"), (0..rows).map(|row| Some(cell(row)))).unwrap();
    }
    matrix
}

fn scores(name: Name, matrix: &Matrix) -> Vec<f64> {
    Settings::with(&[name]).fit(matrix, 1).unwrap().score(matrix).unwrap()
}

/// `PyOD` 3.6.7's LODA reads the density of the next bin, so that the edge of a dense region looks empty.
#[test]
fn loda_reads_the_bin_that_a_row_lies_in() {
    // Dense from 0 to 1 up to a cliff, thin from 1 to 3; and the same mirrored.
    let thin = |row: u32| row >= 1900;
    let cell = |row: u32| if thin(row) { 1.1 + 1.9 * mixed(row, 0) } else { mixed(row, 0) };
    for sign in [1.0, -1.0] {
        let scores = scores(Name::Loda, &table(2000, &[&|row| sign * cell(row)]));
        let near_cliff = (0..1900).filter(|&row| (0.9..0.97).contains(&cell(row)));
        let most = near_cliff.map(|row| scores[row as usize]).fold(0.0, f64::max);
        let least = scores[1900..].iter().copied().fold(f64::INFINITY, f64::min);
        assert!(most < least, "{most} {least}");
    }
}

/// `PyOD`'s PCA divides by eigenvalues of zero and gave no finite score on four of 43 sets.
#[test]
fn constant_and_repeated_columns_leave_distances_finite_and_useful() {
    let size = |row: u32| mixed(row, 0);
    let broken = |row: u32| if row == 77 { 1.0 - size(row) } else { size(row) };
    assert!((size(77) - 0.5).abs() > 0.2, "row 77 must break the relation");
    let scores_of = |name| scores(name, &table(1000, &[&size, &broken, &|_| 3.5, &size]));
    for name in [Name::Mahalanobis, Name::Mcd] {
        let scores = scores_of(name);
        assert!(scores.iter().all(|score| score.is_finite()));
        assert_eq!(ranking(&scores)[0], 77, "{name}");
    }
}

/// A flag that no row of the dense half carries must not be infinitely rare to it.
#[test]
fn a_rare_flag_does_not_drown_a_broken_relation() {
    let size = |row: u32| mixed(row, 0);
    let broken = |row: u32| if row == 77 { 1.0 - size(row) } else { size(row) };
    let flag = |row: u32| f32::from(u8::from(row % 25 == 1));
    let first = ranking(&scores(Name::Mcd, &table(1000, &[&size, &broken, &flag])));
    assert!(first[..5].contains(&77), "{:?}", &first[..5]);
}

/// `PyOD`'s ECOD and COPOD mix new rows with the old and fit again, so that a row's score hangs on its company.
#[test]
fn the_score_of_a_row_does_not_hang_on_the_rows_it_is_scored_with() {
    let matrix = table(600, &[&|row| mixed(row, 0), &|row| mixed(row, 1), &|row| mixed(row, 2)]);
    let far = table(300, &[&|row| 50.0 + mixed(row, 0), &|_| -9.0, &|_| 1e9]);
    for name in Name::ALL.iter().copied() {
        let model = Settings::with(&[name]).fit(&matrix, 1).unwrap();
        let before = model.score(&matrix).unwrap();
        let far_scores = model.score(&far).unwrap();
        assert_eq!(model.score(&matrix).unwrap(), before, "{name}");
        for row in [0, 17, 299] {
            assert_eq!(model.score(&matrix.select(&[row])).unwrap(), [before[row as usize]]);
            assert_eq!(model.score(&far.select(&[row])).unwrap(), [far_scores[row as usize]]);
        }
        // Three hundred equal strangers do not make each other ordinary.
        let most = before.iter().copied().fold(0.0, f64::max);
        assert!(far_scores.iter().all(|&score| score >= 0.9 * most), "{name}: {most}");
    }
}

/// `PyOD`'s HBOS with bins of its own choice fell over on new rows outside the range until October 2025.
#[test]
fn histograms_take_rows_outside_all_that_was_seen() {
    let matrix = table(1000, &[&|row| mixed(row, 0), &|row| f32::from(u8::from(row % 3 == 0))]);
    let model = Settings::with(&[Name::Hbos]).fit(&matrix, 1).unwrap();
    let inside = model.score(&matrix).unwrap().into_iter().fold(0.0, f64::max);
    let cells = [-1e30, -5.0, 5.0, 50.0, f32::MAX];
    let new = table(5, &[&|row| cells[row as usize], &|_| 0.0]);
    let scores = model.score(&new).unwrap();
    assert!(scores.iter().all(|&it| it.is_finite() && it > inside), "{scores:?}");
    assert!(scores[2] < scores[3] && scores[3] < scores[4] && scores[1] < scores[0]);
    // A kind of value never seen, too.
    let new = table(1, &[&|_| 0.5, &|_| 7.0]);
    let parts = model.contributions(&new, &[0]).unwrap();
    assert!(parts[0][1] > parts[0][0]);
}

/// Bins of equal width between the extremes collapse when one cell is wild: everything else shares one bin.
#[test]
fn one_wild_cell_leaves_the_histogram_its_detail() {
    let cell = |row: u32| match row {
        0 => 1e12,
        1 => 3.0,
        _ => mixed(row, 0),
    };
    let first = ranking(&scores(Name::Hbos, &table(1000, &[&cell, &|row| mixed(row, 1)])));
    assert!(first[..2].contains(&0) && first[..2].contains(&1), "{:?}", &first[..5]);
}

/// Bins that are stored can be counted again later.
#[test]
fn bins_are_there_for_a_later_comparison() {
    let matrix = table(3000, &[&|row| mixed(row, 0), &|row| f32::from(u8::from(row % 3 == 0))]);
    let fitted = hbos::Settings::default().fit(&DatasetBase::new(&matrix, ())).unwrap();
    for bins in fitted.columns() {
        let (edges, shares, atoms) = (bins.edges(), bins.shares(), bins.atoms());
        assert_eq!(shares.len(), edges.len() + 1);
        let all: f64 = shares.iter().chain(atoms.iter().map(|(_, share)| share)).sum();
        assert!((all - 1.0).abs() < 1e-12);
    }
    assert_eq!(fitted.columns()[1].atoms().len(), 2);
}
