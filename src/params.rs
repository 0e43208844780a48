//! Declaration of settings: type, default, range and meaning of each key.
//!
//! [`params!`](crate::params::params) generates the struct, its defaults and its checks; the documentation and
//! `pipelines/nightly.toml` are generated from the same declaration. [`Params::validate`] is the only check; its error
//! names the key, the value found and the range.

use std::fmt::Display;
use std::ops::RangeInclusive;

use thiserror::Error;

/// A value outside its range.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{key}` must be {expected}, but is {found}")]
pub struct Fault {
    /// The key with the tables that contain it: `ranking.trees.share`.
    pub key: String,
    /// The allowed range as text.
    pub expected: String,
    /// The value found.
    pub found: String,
}

impl Fault {
    /// Creates a fault with an empty key; the caller adds the key with [`Self::below`].
    pub fn new(expected: impl Into<String>, found: impl Display) -> Self {
        Self { key: String::new(), expected: expected.into(), found: found.to_string() }
    }

    /// Prepends a key, or the name of the table that contains the key.
    #[must_use]
    pub fn below(mut self, key: &str) -> Self {
        let dot = if self.key.is_empty() { "" } else { "." };
        self.key = format!("{key}{dot}{}", self.key);
        self
    }
}

/// The description of one key of a settings table.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// The key with the tables that contain it.
    pub key: String,
    /// The default; `None` if the key has none.
    pub default: Option<toml::Value>,
    /// The meaning of the key.
    pub meaning: &'static str,
    /// The meaning in Chinese; empty if only the pipeline file shows it.
    pub meaning_zh: &'static str,
    /// How the key is shown in a pipeline file.
    pub shown: Shown,
}

/// How a key is shown in a pipeline file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// With its default.
    Default,
    /// Commented out with this example, because it has no default.
    Example(&'static str),
    /// As the header of a table; its keys follow.
    Table,
}

/// A struct of settings.
pub trait Params: Sized + Default {
    /// Checks that all settings are in range.
    ///
    /// # Errors
    /// If a setting is out of range; the fault names the first one.
    fn validate(&self) -> Result<(), Fault>;

    /// All keys in order; the keys of a table follow the table.
    fn settings() -> Vec<Setting>;
}

/// Declares a struct of settings, keys first, then tables:
///
/// ```ignore
/// params! {
///     /// The settings of a check.
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

/// The description of a key declared with [`params!`](crate::params::params).
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

/// The descriptions of a table and its keys declared with [`params!`](crate::params::params).
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

/// Fixes the type of a default.
#[doc(hidden)]
pub fn typed<T>(value: T) -> T {
    value
}

/// Accepts every value.
///
/// # Errors
/// Never.
pub fn any<T>(_: &T) -> Result<(), Fault> {
    Ok(())
}

fn held(is_in: bool, expected: impl FnOnce() -> String, found: &dyn Display) -> Result<(), Fault> {
    if is_in { Ok(()) } else { Err(Fault::new(expected(), found)) }
}

/// Accepts numbers in an inclusive range; NaN is rejected.
pub fn within<T: PartialOrd + Display>(
    range: RangeInclusive<T>,
) -> impl Fn(&T) -> Result<(), Fault> {
    move |found| {
        let expected = || format!("a number from {} to {}", range.start(), range.end());
        held(range.contains(found), expected, found)
    }
}

/// Accepts a share: above 0 and at most 1.
///
/// # Errors
/// If the value is outside this range.
pub fn share(found: &f64) -> Result<(), Fault> {
    held(*found > 0.0 && *found <= 1.0, || "above 0 and at most 1".to_owned(), found)
}

/// Accepts numbers above `least` and at most `most`.
pub fn above(least: f64, most: f64) -> impl Fn(&f64) -> Result<(), Fault> {
    move |found| {
        let expected = || format!("above {least} and at most {most}");
        held(*found > least && *found <= most, expected, found)
    }
}

/// Accepts numbers strictly between `least` and `most`.
pub fn inside(least: f64, most: f64) -> impl Fn(&f64) -> Result<(), Fault> {
    move |found| {
        let expected = || format!("between {least} and {most}");
        held(*found > least && *found < most, expected, found)
    }
}

/// Accepts finite numbers of at least `least`.
pub fn at_least(least: f64) -> impl Fn(&f64) -> Result<(), Fault> {
    move |found| {
        let expected = || format!("a finite number of at least {least}");
        held(found.is_finite() && *found >= least, expected, found)
    }
}

/// Accepts finite numbers above 0.
///
/// # Errors
/// If the value is not finite or not above 0.
pub fn above_zero(found: &f64) -> Result<(), Fault> {
    held(found.is_finite() && *found > 0.0, || "a finite number above 0".to_owned(), found)
}

/// Accepts counts of at least 1.
///
/// # Errors
/// If it is 0.
pub fn counted(found: &usize) -> Result<(), Fault> {
    held(*found > 0, || "at least 1".to_owned(), found)
}

/// Accepts non-empty, strictly increasing lists of integers in a range.
pub fn rising(range: RangeInclusive<i32>) -> impl Fn(&Vec<i32>) -> Result<(), Fault> {
    move |found| {
        let is_rising = found.is_sorted_by(|a, b| a < b);
        let is_good = !found.is_empty() && is_rising && found.iter().all(|one| range.contains(one));
        let (least, most) = (range.start(), range.end());
        let expected = || format!("a rising list of whole numbers from {least} to {most}");
        held(is_good, expected, &format!("{found:?}"))
    }
}
