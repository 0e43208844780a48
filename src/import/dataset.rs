//! Runs several mappings. All tables are written to a temporary folder, which is then renamed.

use std::fs;
use std::path::{Path, PathBuf};

use super::corrections::Corrections;
use super::error::Error;
use super::identity::{Register, Spellings};
use super::mapping::Mapping;
use super::refused::Rejected;
use super::report::Report;
use super::table_import::{Shared, TableImport};

/// The file of refused rows and cells, next to the tables.
pub const REJECTED: &str = "import_rejected.csv";

/// The import report, next to the tables.
pub const TOLD: &str = "import.json";

/// The arguments of an import.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// One mapping for each table.
    pub mappings: &'a [PathBuf],
    /// The folder of the sources; by default each mapping's own folder.
    pub data: Option<&'a Path>,
    /// The folder to create.
    pub out: &'a Path,
    /// A file of refused rows with corrected cells.
    pub corrected: Option<&'a Path>,
    /// If true, nothing is published.
    pub dry_run: bool,
}

/// Runs the mappings and publishes the folder `out`.
///
/// `out` must be empty or not exist. The tables, `import.json` and, after refusals, `import_rejected.csv` are written
/// to a new folder next to `out`, which is renamed at the end.
///
/// # Errors
/// If a mapping or a source is invalid, no row of a table can be parsed, more rows are refused than the mapping allows,
/// a file occurs twice among the sources, or the file system fails. Nothing is published then.
pub fn import(request: Request<'_>) -> Result<Vec<Report>, Error> {
    let Request { mappings, data, out, corrected, dry_run } = request;
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Io { path, source }
    };
    let plans = mappings.iter().map(|path| Ok((path, Mapping::read(path)?)));
    let mut plans: Vec<_> = plans.collect::<Result<_, Error>>()?;
    for (place, (_, plan)) in plans.iter().enumerate() {
        if plans.iter().take(place).any(|(_, before)| before.table.name == plan.table.name) {
            return Err(Error::Twice { table: plan.table.name });
        }
    }
    if !dry_run && out.exists() && out.read_dir().map_err(io(out))?.next().is_some() {
        return Err(Error::Occupied { path: out.to_owned() });
    }
    let above =
        out.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let above = if dry_run { std::env::temp_dir() } else { above.to_owned() };
    fs::create_dir_all(&above).map_err(io(&above))?;
    let folder =
        tempfile::Builder::new().prefix(".import-").tempdir_in(&above).map_err(io(&above))?;
    let fresh = folder.path().join("dataset");
    fs::create_dir(&fresh).map_err(io(&fresh))?;
    // The people table must be first: names in other tables are replaced by its ids.
    plans.sort_by_key(|(_, plan)| plan.table.name != "people");
    let mut shared = Shared {
        rejected: Rejected::at(fresh.join(REJECTED)),
        corrections: corrected.map(Corrections::read).transpose()?.unwrap_or_default(),
        register: Register::default(),
        spellings: Spellings::default(),
    };
    let mut reports = Vec::new();
    for (path, plan) in &plans {
        let beside = path.parent().unwrap_or(Path::new("."));
        let target = fresh.join(format!("{}.parquet", plan.table.name));
        reports.push(TableImport::new(plan, &target)?.run(data.unwrap_or(beside), &mut shared)?);
    }
    shared.corrections.finish()?;
    shared.rejected.finish()?;
    if dry_run {
        return Ok(reports);
    }
    let told: Vec<_> = reports.iter().map(Report::as_json).collect();
    let path = fresh.join(TOLD);
    let told = format!("{:#}\n", serde_json::json!({ "tables": told }));
    fs::write(&path, told).map_err(io(&path))?;
    if out.exists() {
        fs::remove_dir(out).map_err(io(out))?;
    }
    fs::rename(&fresh, out).map_err(io(out))?;
    Ok(reports)
}
