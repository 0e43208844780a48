//! What fitting and scoring hold beside the matrix. `PyOD`'s ECOD keeps five copies of it, in `f64`.

use mingzhang::matrix::Matrix;
use mingzhang::model::detectors::name::Name;
use mingzhang::model::settings::Settings;
use peak_alloc::PeakAlloc;
use rayon::ThreadPoolBuilder;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

#[test]
fn fitting_and_scoring_never_hold_a_copy_of_the_matrix() {
    let (rows, columns) = (60_000_u32, 40_u32);
    let mut matrix = Matrix::new(rows as usize);
    for column in 0..columns {
        let mixed = |row: u32| (row + 7 * column + 1).wrapping_mul(0x9E37_79B9) >> 16;
        let cell = |row: u32| f32::from(u16::try_from(mixed(row)).unwrap());
        matrix.push(&column.to_string(), (0..rows).map(|row| Some(cell(row)))).unwrap();
    }
    let size = 4 * rows as usize * columns as usize;
    let pool = ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    // Views and dense halves are found in a sample, which is most of so small a matrix.
    for name in [Name::Iforest, Name::FairForest, Name::Ecod, Name::Hbos] {
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        pool.install(|| {
            let model = Settings::with(&[name]).fit(&matrix, 1).unwrap();
            model.score(&matrix).unwrap()
        });
        let extra = MEMORY.peak_usage() - before;
        assert!(extra < size, "{name}: {extra} bytes beside {size}");
    }
}
