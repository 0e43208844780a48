//! `docs/data-dictionary.md`: every table that is read and every table that is published, from the code.

use std::fmt::Write as _;

use arrow::datatypes::{DataType, Field as Column};
use mingzhang::evaluate::scored::Scored;
use mingzhang::features::subjects::Subjects;
use mingzhang::indicators::CATALOGUE;
use mingzhang::indicators::card::Scheme;
use mingzhang::ledger::book::Book;
use mingzhang::ledger::contract::schema::TABLES;
use mingzhang::ledger::contract::table::{Field, Kind, Need, Table};
use mingzhang::ledger::subject::Grain;
use mingzhang::planting::kinds;
use mingzhang::report::evaluated::score_table;
use mingzhang::report::feature_tables;
use mingzhang::report::party::Parties;
use mingzhang::report::tables::{County, SHEETS, quarantine};
use mingzhang::scoring::ranking::Ranking;

use self::words::{CHINESE, PUBLISHED, Published, RESEARCH};

mod words;

const HEAD: &str = "# Data dictionary 数据字典

Every table that `mingzhang` reads and every table that it publishes. This page is generated from the code
(`UPDATE_DOCS=1 cargo test --test generated`). All examples are simulated. 本页由程序生成，示例均为模拟数据。

- [What you deliver](#what-you-deliver-输入表): only the table `ledger` is required, and of it only the columns `village`, `voucher`, `date`,
  `account`, `side` and `amount`. 只有 `ledger` 表及其中标“是”的列必填。
  [Bring in your county](bring-in-your-county.md) makes these tables from the exports of an accounting program.
- [What each table and column makes possible](#what-each-table-and-column-makes-possible-各表各列的用途)
- [What a run publishes](#what-a-run-publishes-输出表)
- [What researchers' commands write](#what-researchers-commands-write-研究用表)

A **dataset** is a folder of Parquet tables: `NAME.parquet`, or a folder `NAME/` of parts (`ledger/county=990101/part-0.parquet`).
Other columns than these are ignored, and `mingzhang check` lists them. Types may be wider or narrower than written here: codes as
numbers or text, amounts as decimals, integers or text, days as dates, timestamps or text such as `2024-03-08`; `check` says what
it converted. Amounts are yuan with two decimals. A division code (统计用区划代码) has 12 digits for a village, its first 9 are
the township and its first 6 the county.
";

/// The page.
pub(crate) fn dictionary() -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n## What you deliver 输入表\n");
    for table in TABLES {
        delivered(&mut page, table);
    }
    page.push_str(
        "\n## What each table and column makes possible 各表各列的用途\n\n\
         An indicator is computed only if all that it needs is recorded ([all indicators](indicators.md)). An act is planted into a copy of \
         the book, so that the ranking learns to see its like, only if its columns are recorded ([planting](planting.md)).\n",
    );
    for table in TABLES {
        possible(&mut page, table.name);
        for field in table.fields {
            possible(&mut page, &format!("{}.{}", table.name, field.name));
        }
    }
    page.push_str(
        "\n## What a run publishes 输出表\n\n\
         `OUT/latest/` links to the newest run, `OUT/<as-of date>/` to the run of that day. Where a dataset holds several counties, a table is a\n\
         folder with a part for each (`payments/county=990101/part-0.parquet`). The files of each office (`leads.xlsx`, `report.html`) are described in\n\
         [the lists](lists.md). In `coverage.json` stands which indicators could be computed and how far each column is filled; in `quality.json`\n\
         the control totals, refusals and conversions; in `power.json` which share of planted acts the list would show; in `run.json` the inputs\n\
         with their SHA-256, all settings and the seconds of each stage; in `drift.json` (with a trained model only) how far each column has moved.\n",
    );
    published(&mut page, PUBLISHED, &of_run());
    page.push_str(
        "\n## What researchers' commands write 研究用表\n\n\
         How they are used: [research](research.md).\n",
    );
    published(&mut page, RESEARCH, &of_research());
    page
}

fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text 文本",
        Kind::Day => "date 日期",
        Kind::Moment => "date and time 日期时间",
        Kind::Money => "decimal(18,2), yuan 金额（元）",
        Kind::Int => "whole number 整数",
        Kind::Real => "number 数值",
        Kind::Flag => "yes/no 是否",
        Kind::List => "list of text 文本列表",
    }
}

/// A table that is read.
fn delivered(page: &mut String, table: &Table) {
    let need = if table.name == "ledger" { "required 必填" } else { "optional 选填" };
    let key: Vec<String> = table.key.iter().map(|key| format!("`{key}`")).collect();
    write!(
        page,
        "\n### `{}` {need}\n\n{} {} Key 主键: {}.{}\n\n\
         | column 列 | 中文 | type 类型 | required 必填 | meaning 含义 | known words 取值 | example 示例 | makes possible 用途 |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n",
        table.name,
        table.about,
        table.about_zh,
        key.join(", "),
        of_whole(table.name),
    )
    .unwrap();
    for field in table.fields {
        row(page, table, field);
    }
}

/// What asks for a table as a whole.
fn of_whole(table: &str) -> String {
    let made = link(table);
    if made.is_empty() {
        made
    } else {
        format!(" The table as a whole makes possible 整表用途: {made}.")
    }
}

fn row(page: &mut String, table: &Table, field: &Field) {
    let need = if field.need == Need::Required { "**yes 是**" } else { "" };
    let words: Vec<String> = field.values.iter().map(|word| format!("`{word}`")).collect();
    writeln!(
        page,
        "| `{}` | {} | {} | {need} | {} | {} | `{}` | {} |",
        field.name,
        field.zh,
        type_of(field.kind),
        field.en,
        words.join(" "),
        field.example,
        link(&format!("{}.{}", table.name, field.name)),
    )
    .unwrap();
}

/// The indicators and the planted kinds that name a table or a column.
fn makers(needed: &str) -> (Vec<&'static str>, Vec<&'static str>) {
    let named = |all: &[&str]| all.contains(&needed);
    let indicators = CATALOGUE.iter().map(|it| &it.card).filter(|it| named(it.requires));
    let planted = kinds().iter().filter(|it| named(it.needs));
    (indicators.map(|it| it.name).collect(), planted.map(|it| it.name).collect())
}

/// How much a table or a column makes possible, with a link to what it is.
fn link(needed: &str) -> String {
    let (indicators, planted) = makers(needed);
    if indicators.is_empty() && planted.is_empty() {
        return String::new();
    }
    let place: String = needed.chars().filter(|letter| *letter != '.').collect();
    let told = |count: usize, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        more => Some(format!("{more} {one}s")),
    };
    let told = [told(indicators.len(), "indicator"), told(planted.len(), "planted kind")];
    let told: Vec<String> = told.into_iter().flatten().collect();
    format!("[{}](#{place})", told.join(", "))
}

/// What a table or a column makes possible, by name.
fn possible(page: &mut String, needed: &str) {
    let (indicators, planted) = makers(needed);
    let line = |title: &str, names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        if names.is_empty() { String::new() } else { format!("{title}: {}\n", names.join(", ")) }
    };
    let lines =
        [line("- Indicators 指标", &indicators), line("- Planted kinds 植入类型", &planted)];
    if lines.iter().any(|line| !line.is_empty()) {
        write!(page, "\n#### `{needed}`\n\n{}", lines.concat()).unwrap();
    }
}

/// A published table with its columns.
type Columns = (String, Vec<Column>);

/// What a run publishes of a county.
fn of_run() -> Vec<Columns> {
    let rankings: Vec<Ranking> = Grain::ALL.into_iter().map(Ranking::of_nobody).collect();
    let book = Book::default();
    let county = County {
        book: &book,
        measured: &[],
        rankings: &rankings,
        dossiers: &[],
        parties: &Parties::default(),
        notices: &[],
        dropped: &[],
        dues: &[],
    };
    let tables = SHEETS.iter().map(|(name, sheet)| ((*name).to_owned(), sheet(county)));
    let all = tables.chain([("quarantine".to_owned(), quarantine(&[]))]);
    all.map(|(name, sheet)| (name, sheet.fields().to_vec())).collect()
}

/// What `features` and `evaluate model` write.
fn of_research() -> Vec<Columns> {
    let features = feature_tables::table(&Subjects::default());
    let labels = feature_tables::label_table(&[]);
    let scores = score_table(&Scored::of(Vec::new()).unwrap());
    let all = [("features", features), ("labels", labels), ("scores", scores)];
    all.map(|(name, sheet)| (name.to_owned(), sheet.fields().to_vec())).into()
}

fn published(page: &mut String, told: &[Published], tables: &[Columns]) {
    assert_eq!(told.len(), tables.len(), "tests/dictionary/words.rs names every published table");
    for it in told {
        let (_, columns) = tables.iter().find(|(name, _)| name == it.name).unwrap();
        write!(
            page,
            "\n### `{}`\n\n{} {}\n\nKey 主键: {}. Joins 关联: {}.\n\n\
             | column 列 | 中文 | type 类型 | unit 单位 | meaning 含义 |\n| --- | --- | --- | --- | --- |\n",
            it.file, it.about, it.about_zh, it.key, it.joins
        )
        .unwrap();
        for column in columns {
            cells(page, "", column);
        }
    }
}

/// The rows of one column: a column for each scheme is told once, a list with the columns of its rows.
fn cells(page: &mut String, above: &str, column: &Column) {
    let told = |key: &str| column.metadata().get(key).map_or("", String::as_str);
    let Some(name) = told_once(column.name()) else { return };
    let (_, zh) = CHINESE
        .iter()
        .find(|(own, _)| *own == name)
        .unwrap_or_else(|| panic!("tests/dictionary/words.rs has no Chinese name of `{name}`"));
    writeln!(
        page,
        "| `{above}{name}` | {zh} | {} | {} | {} |",
        written(column.data_type()),
        told("unit"),
        told("description")
    )
    .unwrap();
    if let DataType::List(rows) = column.data_type()
        && let DataType::Struct(columns) = rows.data_type()
    {
        for inner in columns {
            cells(page, &format!("{name}."), inner);
        }
    }
}

/// The name by which a column is told; nothing for the columns of other schemes than the first.
fn told_once(name: &str) -> Option<String> {
    for prefix in ["p_", "likely_"] {
        if let Some(scheme) = name.strip_prefix(prefix).and_then(Scheme::of) {
            return (Some(&scheme) == Scheme::ALL.first()).then(|| format!("{prefix}<scheme>"));
        }
    }
    Some(name.to_owned())
}

fn written(kind: &DataType) -> &'static str {
    match kind {
        DataType::Utf8 => "text",
        DataType::UInt32 | DataType::Int32 => "whole number",
        DataType::Float32 => "number (float32)",
        DataType::Float64 => "number (float64)",
        DataType::Date32 => "date",
        DataType::Decimal128(..) => "decimal(18,2)",
        DataType::Boolean => "yes/no",
        DataType::List(_) => "list of rows",
        other => panic!("the dictionary has no word for {other}"),
    }
}
