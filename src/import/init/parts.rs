//! Parts of a drafted mapping, as it writes them.

/// A source of a column, as the mapping writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct DraftedSource {
    /// Keys with their values in TOML.
    pub(super) keys: Vec<(&'static str, String)>,
    /// What texts mean; the third says whether a person should look at it.
    pub(super) values: Vec<(String, String, bool)>,
}

/// How a column is made.
#[derive(Debug)]
pub(super) struct Column {
    /// The column of the contract.
    pub(super) field: &'static str,
    /// The sources, of which the first that a sheet has is used.
    pub(super) sources: Vec<DraftedSource>,
    /// What a person should know.
    pub(super) note: Option<String>,
}

/// A value that holds for all rows.
#[derive(Debug)]
pub(super) struct Constant {
    /// The column of the contract.
    pub(super) field: &'static str,
    /// The value.
    pub(super) value: String,
    /// What a person should know.
    pub(super) note: String,
}

/// A text as TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Names as TOML writes them: one, or a list.
pub(super) fn names(names: &[String]) -> String {
    match names {
        [one] => quoted(one),
        more => {
            format!("[{}]", more.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "))
        }
    }
}

impl DraftedSource {
    pub(super) fn column(name: &str) -> Self {
        Self { keys: vec![("column", quoted(name))], values: Vec::new() }
    }

    pub(super) fn with(mut self, key: &'static str, value: String) -> Self {
        self.keys.push((key, value));
        self
    }

    pub(super) fn joined(parts: &[String], join: &str) -> Self {
        let keys = vec![("columns", format!("[{}]", parts.join(", "))), ("join", quoted(join))];
        Self { keys, values: Vec::new() }
    }
}
