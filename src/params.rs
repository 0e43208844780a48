//! Settings that are declared once: each key with its type, default, range and meaning.
//!
//! [`params!`](crate::params::params) writes the struct, its defaults and its checks; pages and `pipelines/nightly.toml` are
//! generated from the same declaration. Parameters become valid ones in one way, [`Params::validate`], whose fault
//! names the key, the value found and the range.

use std::fmt::Display;
use std::ops::RangeInclusive;

use thiserror::Error;

/// A value outside its range.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{key}` must be {expected}, but is {found}")]
pub struct Fault {
    /// The key, with the tables that it stands in: `ranking.trees.share`.
    pub key: String,
    /// The range in words.
    pub expected: String,
    /// The value.
    pub found: String,
}

impl Fault {
    /// A value that is not what was expected; the key is that of the caller.
    pub fn new(expected: impl Into<String>, found: impl Display) -> Self {
        Self { key: String::new(), expected: expected.into(), found: found.to_string() }
    }

    /// The same fault, seen from the table that holds the key or the table.
    #[must_use]
    pub fn below(mut self, key: &str) -> Self {
        let dot = if self.key.is_empty() { "" } else { "." };
        self.key = format!("{key}{dot}{}", self.key);
        self
    }
}

/// One key of a table of settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// The key, with the tables that it stands in.
    pub key: String,
    /// The default; none where the key has none.
    pub default: Option<toml::Value>,
    /// What it means.
    pub meaning: &'static str,
    /// The same in Chinese; empty where only the pipeline shows it.
    pub meaning_zh: &'static str,
    /// What a key without a default may be set to, and whether the key is a table of its own.
    pub shown: Shown,
}

/// How a key is shown in a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// With its default.
    Default,
    /// Behind a `#`, with this example, because it has no default.
    Example(&'static str),
    /// As the head of a table, whose keys follow.
    Table,
}

/// A struct of settings.
pub trait Params: Sized + Default {
    /// Names the first setting that is out of its range.
    ///
    /// # Errors
    /// If there is one.
    fn validate(&self) -> Result<(), Fault>;

    /// Every key in its order, those of a table behind the table.
    fn settings() -> Vec<Setting>;
}

/// Declares a struct of settings. Keys come first, tables behind them:
///
/// ```ignore
/// params! {
///     /// What it is.
///     pub struct Settings {
///         days: i32 = 30, within(0..=366), "days between two payments", "两笔付款相隔的天数";
///         pub folder: Option<PathBuf> = None, any, "where to publish" => "\"/srv/lists\"";
///     }
///     tables { pub trees: trees::Settings, "how the trees are grown"; }
/// }
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! params_ {
    (
        $(#[$about:meta])*
        $vis:vis struct $name:ident {
            $(
                $(#[$attribute:meta])*
                $key_vis:vis $key:ident: $kind:ty = $default:expr, $bound:expr, $meaning:literal $(, $zh:literal)? $(=> $example:literal)?;
            )*
        }
        $(tables {
            $($table_vis:vis $table:ident: $table_kind:ty, $table_meaning:literal;)*
        })?
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        $vis struct $name {
            $(#[doc = $meaning] $(#[$attribute])* $key_vis $key: $kind,)*
            $($(#[doc = $table_meaning] $table_vis $table: $table_kind,)*)?
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $($key: $default,)*
                    $($($table: <$table_kind>::default(),)*)?
                }
            }
        }

        impl $crate::params::Params for $name {
            fn validate(&self) -> Result<(), $crate::params::Fault> {
                $(($bound)(&self.$key).map_err(|fault| fault.below(stringify!($key)))?;)*
                $($(
                    $crate::params::Params::validate(&self.$table)
                        .map_err(|fault| fault.below(stringify!($table)))?;
                )*)?
                Ok(())
            }

            fn settings() -> Vec<$crate::params::Setting> {
                let own = vec![$($crate::params::setting(
                    stringify!($key),
                    toml::Value::try_from(&$crate::params::typed::<$kind>($default)).ok(),
                    [$meaning, concat!($($zh)?)],
                    concat!($($example)?),
                )),*];
                [
                    own,
                    $($($crate::params::table::<$table_kind>(stringify!($table), $table_meaning),)*)?
                ]
                .concat()
            }
        }
    };
}
pub use crate::params_ as params;

/// A key as [`params!`](crate::params::params) declares it.
#[doc(hidden)]
pub fn setting(
    key: &str,
    default: Option<toml::Value>,
    [meaning, meaning_zh]: [&'static str; 2],
    example: &'static str,
) -> Setting {
    let shown = if example.is_empty() { Shown::Default } else { Shown::Example(example) };
    Setting { key: key.to_owned(), default, meaning, meaning_zh, shown }
}

/// A table with its keys as [`params!`](crate::params::params) declares them.
#[doc(hidden)]
pub fn table<P: Params>(key: &str, meaning: &'static str) -> Vec<Setting> {
    let head = Setting {
        key: key.to_owned(),
        default: None,
        meaning,
        meaning_zh: "",
        shown: Shown::Table,
    };
    let inner =
        P::settings().into_iter().map(|it| Setting { key: format!("{key}.{}", it.key), ..it });
    std::iter::once(head).chain(inner).collect()
}

/// A default with its type.
#[doc(hidden)]
pub fn typed<T>(value: T) -> T {
    value
}

/// Every value is in range.
///
/// # Errors
/// None.
pub fn any<T>(_: &T) -> Result<(), Fault> {
    Ok(())
}

fn held(is_in: bool, expected: impl FnOnce() -> String, found: &dyn Display) -> Result<(), Fault> {
    if is_in { Ok(()) } else { Err(Fault::new(expected(), found)) }
}

/// A number from the first to the last of a range; not a number is in none.
pub fn within<T: PartialOrd + Display>(
    range: RangeInclusive<T>,
) -> impl Fn(&T) -> Result<(), Fault> {
    move |found| {
        let expected = || format!("a number from {} to {}", range.start(), range.end());
        held(range.contains(found), expected, found)
    }
}

/// A width or a share: above 0, and 1 at most.
///
/// # Errors
/// If it is none.
pub fn share(found: &f64) -> Result<(), Fault> {
    held(*found > 0.0 && *found <= 1.0, || "above 0 and at most 1".to_owned(), found)
}

/// A number above the first, and at most the second.
pub fn above(least: f64, most: f64) -> impl Fn(&f64) -> Result<(), Fault> {
    move |found| {
        let expected = || format!("above {least} and at most {most}");
        held(*found > least && *found <= most, expected, found)
    }
}

/// A number between two others.
pub fn inside(least: f64, most: f64) -> impl Fn(&f64) -> Result<(), Fault> {
    move |found| {
        let expected = || format!("between {least} and {most}");
        held(*found > least && *found < most, expected, found)
    }
}

/// A finite number that is not below another.
pub fn at_least(least: f64) -> impl Fn(&f64) -> Result<(), Fault> {
    move |found| {
        let expected = || format!("a finite number of at least {least}");
        held(found.is_finite() && *found >= least, expected, found)
    }
}

/// A finite number above 0.
///
/// # Errors
/// If it is none.
pub fn above_zero(found: &f64) -> Result<(), Fault> {
    held(found.is_finite() && *found > 0.0, || "a finite number above 0".to_owned(), found)
}

/// A count that is not 0.
///
/// # Errors
/// If it is 0.
pub fn counted(found: &usize) -> Result<(), Fault> {
    held(*found > 0, || "at least 1".to_owned(), found)
}

/// Whole numbers of a range, each larger than the one before, and at least one of them.
pub fn rising(range: RangeInclusive<i32>) -> impl Fn(&Vec<i32>) -> Result<(), Fault> {
    move |found| {
        let is_rising = found.is_sorted_by(|a, b| a < b);
        let is_good = !found.is_empty() && is_rising && found.iter().all(|one| range.contains(one));
        let (least, most) = (range.start(), range.end());
        let expected = || format!("a rising list of whole numbers from {least} to {most}");
        held(is_good, expected, &format!("{found:?}"))
    }
}
