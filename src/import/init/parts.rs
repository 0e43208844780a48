//! Parts of a drafted mapping.

/// A source of a column in the mapping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct DraftedSource {
    /// Keys with their values in TOML.
    pub(super) keys: Vec<(&'static str, String)>,
    /// Text, meaning, and whether a person should check it.
    pub(super) values: Vec<(String, String, bool)>,
}

/// A column of the mapping.
#[derive(Debug)]
pub(super) struct Column {
    /// The column of the contract.
    pub(super) field: &'static str,
    /// The sources; the first that a sheet has is used.
    pub(super) sources: Vec<DraftedSource>,
    /// A remark for the person who checks the draft.
    pub(super) note: Option<String>,
}

/// A constant value for all rows.
#[derive(Debug)]
pub(super) struct Constant {
    /// The column of the contract.
    pub(super) field: &'static str,
    /// The value.
    pub(super) value: String,
    /// A remark for the person who checks the draft.
    pub(super) note: String,
}

/// A text as a TOML string.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Names in TOML: a string, or a list of strings.
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
