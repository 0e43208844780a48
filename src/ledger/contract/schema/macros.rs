//! What is generated from the list of tables: descriptions, and structs of typed columns.

/// The type of a cell of a kind.
macro_rules! cell {
    (Text) => {
        Id
    };
    (List) => {
        Id
    };
    (Day) => {
        Day
    };
    (Moment) => {
        Moment
    };
    (Money) => {
        Fen
    };
    (Int) => {
        Int
    };
    (Real) => {
        Real
    };
    (Flag) => {
        Flag
    };
}
pub(super) use cell;

/// The tables of a list: their descriptions, their structs, and all of them.
macro_rules! tables {
    ($(
        $static:ident $struct:ident $table:literal [$($key:literal),*] $about:literal $about_zh:literal {
            $($field:ident $kind:ident $need:ident $en:literal $zh:literal $example:literal $([$($value:literal),*])?;)*
        }
    )*) => {
        $(
            #[doc = $about]
            pub static $static: Table = Table {
                name: $table,
                about: $about,
                about_zh: $about_zh,
                key: &[$($key),*],
                fields: &[$(Field {
                    name: stringify!($field),
                    kind: Kind::$kind,
                    need: Need::$need,
                    en: $en,
                    zh: $zh,
                    example: $example,
                    values: &[$($($value),*)?],
                }),*],
            };

            #[doc = $about]
            #[derive(Debug, Clone, Default)]
            pub struct $struct {
                /// The number of rows.
                pub rows: usize,
                $(#[doc = $en] pub $field: Col<cell!($kind)>,)*
            }

            impl $struct {
                /// Builds the columns of `rows` rows, fetching each by name.
                pub(crate) fn from_cells(
                    rows: usize,
                    mut fetch: impl FnMut(&'static str) -> Option<Cells>,
                ) -> Self {
                    Self { rows, $($field: FromCells::from_cells(fetch(stringify!($field))),)* }
                }

                /// The column of a field.
                pub fn column(&self, field: &str) -> Option<AnyCol<'_>> {
                    $(if field == stringify!($field) {
                        return Some((&self.$field).into());
                    })*
                    None
                }

                /// The given rows in the given order, column by column.
                #[must_use]
                pub fn gather(self, rows: &[u32]) -> Self {
                    Self { rows: rows.len(), $($field: self.$field.gather(rows),)* }
                }

                /// Appends a copy of a row.
                pub fn push_copy(&mut self, row: usize) {
                    self.rows += 1;
                    $(let cell = self.$field.at(row); self.$field.push(cell);)*
                }

                /// A range of the rows.
                #[must_use]
                pub fn slice(&self, rows: &std::ops::Range<usize>) -> Self {
                    Self { rows: rows.len(), $($field: self.$field.slice(rows),)* }
                }

                /// Whether two rows hold the same cells.
                pub fn is_same(&self, a: usize, b: usize) -> bool {
                    true $(&& self.$field.at(a) == self.$field.at(b))*
                }

                /// For each field, the number of rows that hold a value.
                pub fn filled(&self) -> Vec<(&'static str, usize)> {
                    vec![$((stringify!($field), self.$field.filled())),*]
                }

                /// For each field, the number of rows in a range that hold a value.
                pub fn filled_in(
                    &self,
                    rows: &std::ops::Range<usize>,
                ) -> Vec<(&'static str, usize)> {
                    vec![$((stringify!($field), self.$field.filled_in(rows))),*]
                }
            }
        )*

        /// All tables of the contract, the ledger first.
        pub static TABLES: &[&Table] = &[$(&$static),*];
    };
}
pub(super) use tables;
