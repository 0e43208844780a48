//! What offices are given: nothing of another office, nothing that runs, and a workbook that comes back.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fall over"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use calamine::{Data, Reader, Xlsx, open_workbook};
use mingzhang::ledger::decode::read::{ParquetFile, files};
use mingzhang::ledger::decode::write::TableWriter;
use mingzhang::simulate::dataset::simulate;
use mingzhang::simulate::settings::Settings;

fn mingzhang(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mingzhang")).args(words).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A published county whose purposes are what `purpose` makes of a line's village and number, and its payees' names
/// what it makes of no village and theirs.
fn published(folder: &Path, purpose: impl Fn(&str, usize) -> String) -> (PathBuf, PathBuf) {
    let (data, out) = (folder.join("data"), folder.join("out"));
    let settings =
        Settings { villages: 12, townships: 3, years: 2, lines: 400, ..Settings::default() };
    simulate(&settings, &data).unwrap();
    for path in files(&data.join("ledger")).unwrap() {
        rewrite(&path, "summary", |batch, row| purpose(&cell(batch, "village", row), row));
    }
    rewrite(&data.join("payees.parquet"), "name", |_, row| purpose("", row));
    let pipeline = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/demo.toml");
    let (data_word, out_word) = (data.to_str().unwrap(), out.to_str().unwrap());
    let longer = ["--set", "leads.hours.township=6.0", "--set", "leads.hours.village=2.0"];
    let mut words = vec!["run", pipeline, "--data", data_word, "--out", out_word];
    words.extend(longer);
    let ran = mingzhang(&words);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    (data, out.join("latest"))
}

fn cell(batch: &RecordBatch, column: &str, row: usize) -> String {
    let array = cast(batch.column_by_name(column).unwrap(), &DataType::Utf8).unwrap();
    array.as_string::<i32>().value(row).to_owned()
}

/// Puts other cells into a column of text.
fn rewrite(path: &Path, column: &str, cell: impl Fn(&RecordBatch, usize) -> String) {
    let batches = ParquetFile::open(path).unwrap().batches().unwrap();
    let mut changed = Vec::new();
    let mut before = 0;
    for batch in batches {
        let place = batch.schema().index_of(column).unwrap();
        let cells = (0..batch.num_rows()).map(|row| cell(&batch, row));
        let cells: ArrayRef = Arc::new(StringArray::from_iter_values(cells));
        let mut columns = batch.columns().to_vec();
        columns[place] = cast(&cells, batch.schema().field(place).data_type()).unwrap();
        before += batch.num_rows();
        changed.push(RecordBatch::try_new(batch.schema(), columns).unwrap());
    }
    assert!(before > 0);
    let mut writer = TableWriter::create(path, changed[0].schema()).unwrap();
    for batch in changed {
        writer.write(batch.columns().to_vec()).unwrap();
    }
    writer.finish().unwrap();
}

/// Every file below a folder with all its text, compressed parts opened.
fn texts(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let found = match path.extension().and_then(|it| it.to_str()) {
            None => {
                all.extend(texts(&path));
                continue;
            }
            Some("xlsx") => unzipped(&path).into_iter().map(|(_, text)| text).collect(),
            Some("parquet") => columns(&path),
            Some(_) => text(&fs::read(&path).unwrap()),
        };
        all.push((path, found));
    }
    all
}

fn unzipped(path: &Path) -> Vec<(String, String)> {
    let mut parts = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let count = parts.len();
    let part = |at: usize| {
        let mut bytes = Vec::new();
        let mut part = parts.by_index(at).unwrap();
        part.read_to_end(&mut bytes).unwrap();
        (part.name().unwrap().into_owned(), text(&bytes))
    };
    (0..count).map(part).collect()
}

fn columns(path: &Path) -> String {
    let mut all = text(&fs::read(path).unwrap());
    for batch in ParquetFile::open(path).unwrap().batches().unwrap() {
        for column in batch.columns() {
            let options = FormatOptions::default();
            let formatter = ArrayFormatter::try_new(column, &options).unwrap();
            (0..column.len()).for_each(|row| all += &formatter.value(row).to_string());
        }
    }
    all
}

/// A mark of a village that no mask hides: its digits as letters.
fn canary(village: &str) -> String {
    let letter =
        |digit: char| char::from(b'a' + u8::try_from(digit.to_digit(10).unwrap()).unwrap());
    format!("暗记{}", village.chars().map(letter).collect::<String>())
}

#[test]
fn an_office_sees_nothing_of_villages_that_are_not_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (_, out) = published(folder.path(), |village, row| format!("{}-{row}", canary(village)));
    let everything: String = texts(&out.join("county")).into_iter().map(|(_, text)| text).collect();
    let villages = columns(&out.join("villages.parquet"));
    let villages: BTreeSet<String> = villages
        .split("990101")
        .skip(1)
        .filter_map(|rest| Some(format!("990101{}", rest.get(..6)?)))
        .filter(|code| everything.contains(&canary(code)))
        .collect();
    assert!(villages.len() > 6, "{villages:?}");
    let mut looked_at = 0;
    for level in ["township", "village"] {
        for office in fs::read_dir(out.join(level)).unwrap() {
            let office = office.unwrap().path();
            let code = office.file_name().unwrap().to_str().unwrap().to_owned();
            for (path, text) in texts(&office) {
                looked_at += 1;
                for village in villages.iter().filter(|village| !village.starts_with(&code)) {
                    let canary = canary(village);
                    assert!(!text.contains(&canary), "{}: {canary}", path.display());
                    assert!(!text.contains(village.as_str()), "{}: {village}", path.display());
                }
            }
        }
    }
    assert!(looked_at > 12, "{looked_at}");
    // A village sees facts and questions, and no score of anybody.
    let village = fs::read_dir(out.join("village")).unwrap().next().unwrap().unwrap().path();
    assert!(!village.join("leads.parquet").exists());
    for (path, text) in texts(&village) {
        for word in ["概率上限", "p 值", "可追回上限", "probability", "score"] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
}

/// Two hundred texts that want to be something else.
fn payload(row: usize) -> String {
    let evil = [
        "=HYPERLINK(\"http://evil.example/\",\"x\")",
        "=cmd|'/C calc'!A0",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\"><svg onload=alert(1)>",
        "</style><script>1</script>",
        "</script><script>1</script>",
        "javascript:alert(1)",
        "{{ 7*7 }}{% raw %}",
        "<!--",
        "]]><x>",
        "\u{202e}drop\u{202c}",
        "one\ntwo\rthree",
        "nul\u{0}bell\u{7}esc\u{1b}[2J",
        "&lt;script&gt;&#60;b&#62;",
        "';--",
        "a' onmouseover='x",
        "\u{2028}\u{2029}\u{feff}",
        "<iframe srcdoc=\"x\">",
        "LONG",
    ];
    let turn = row / evil.len() % 8;
    let own = evil[row % evil.len()].replace("LONG", &"很长".repeat(20_000));
    match turn {
        0 => own,
        1 => format!("{own}{own}"),
        2 => format!(" {own}"),
        3 => format!("'{own}"),
        4 => format!("\"{own}"),
        5 => format!("付{own}款"),
        6 => format!("［{own}］"),
        _ => own.chars().flat_map(|letter| [letter, '\u{200b}']).collect(),
    }
}

/// The tags of a page with their attributes, read as a browser reads them; style and script are skipped.
fn tags(page: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once('<') {
        let mut quote = None;
        let end = after.find(|letter| match quote {
            None if letter == '>' => true,
            None => {
                quote = Some(letter).filter(|it| *it == '"');
                false
            }
            Some(open) => {
                quote = Some(open).filter(|open| *open != letter);
                false
            }
        });
        let (tag, after) = after.split_at(end.unwrap_or_else(|| panic!("a tag that never ends")));
        let name = tag.split([' ', '>']).next().unwrap();
        found.insert(name.to_owned());
        let bare: String = tag.split('"').step_by(2).collect();
        let attributes = bare.split(' ').skip(1).filter_map(|it| it.split('=').next());
        found.extend(attributes.filter(|it| it.starts_with("on")).map(str::to_owned));
        rest = match name {
            "style" | "script" => after.split_once("</").unwrap().1,
            _ => after,
        };
    }
    found
}

#[test]
fn two_hundred_payloads_stay_text_in_every_output() {
    assert_eq!((0..200).map(payload).collect::<BTreeSet<_>>().len(), 200);
    let folder = tempfile::tempdir().unwrap();
    let (_, out) = published(folder.path(), |_, row| payload(row));
    let known: BTreeSet<&str> = [
        "!DOCTYPE",
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "h1",
        "h2",
        "h3",
        "h4",
        "small",
        "p",
        "strong",
        "main",
        "section",
        "div",
        "ul",
        "ol",
        "li",
        "a",
        "span",
        "form",
        "label",
        "select",
        "option",
        "input",
        "output",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "article",
        "dl",
        "dt",
        "dd",
        "figure",
        "figcaption",
        "svg",
        "path",
        "text",
        "rect",
        "footer",
        "script",
    ]
    .into();
    let (mut pages, mut sheets) = (0, 0);
    let mut all = vec![out.join("county")];
    for level in ["township", "village"] {
        all.extend(fs::read_dir(out.join(level)).unwrap().map(|office| office.unwrap().path()));
    }
    for office in all {
        let page = fs::read_to_string(office.join("report.html")).unwrap();
        let opened: BTreeSet<String> =
            tags(&page).into_iter().filter(|it| !it.starts_with('/')).collect();
        let strange: Vec<&String> =
            opened.iter().filter(|it| !known.contains(it.as_str())).collect();
        assert!(strange.is_empty(), "{}: {strange:?}", office.display());
        assert_eq!(page.matches("<script").count(), 1);
        let moves = |it: char| {
            matches!(it, '\u{0}' | '\u{7}' | '\u{1b}' | '\u{202e}' | '\u{2028}' | '\u{200b}')
        };
        assert!(!page.contains(moves), "{}", office.display());
        assert!(page.len() <= 2_000_000);
        pages += 1;
        for (name, part) in unzipped(&office.join("leads.xlsx")) {
            assert!(!part.contains("<f>") && !part.contains("<f "), "{name}: a formula");
            assert!(!part.contains("TargetMode"), "{name}: leads out of the workbook");
            assert!(!part.contains(moves), "{name}");
        }
        let mut book: Xlsx<_> = open_workbook(office.join("leads.xlsx")).unwrap();
        let list = book.worksheet_range("风险清单").unwrap();
        sheets += usize::from(list.rows().skip(1).all(|row| matches!(row[4], Data::String(_))));
    }
    assert!(pages > 4 && sheets == pages, "{pages} pages, {sheets} sheets");
    let id = fs::read_to_string(out.join("county/report.html")).unwrap();
    let id = id.split("<article id=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let shown = mingzhang(&["show", &id, "--out", out.to_str().unwrap(), "--lang", "zh"]);
    assert!(shown.status.success(), "{}", text(&shown.stderr));
    let shown = text(&shown.stdout);
    assert!(!shown.chars().any(|it| it.is_control() && it != '\n'), "{shown}");
}

#[test]
fn the_terminal_tells_the_same_as_the_page_and_an_office_can_show_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (_, out) = published(folder.path(), |_, row| format!("用途{row}"));
    let township = fs::read_dir(out.join("township")).unwrap().next().unwrap().unwrap().path();
    let page = fs::read_to_string(township.join("report.html")).unwrap();
    let id = page.split("<article id=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    for place in [&out, &township] {
        let shown = mingzhang(&["show", &id, "--out", place.to_str().unwrap(), "--lang", "zh"]);
        let shown = text(&shown.stdout);
        let article = page.split(&format!("<article id=\"{id}\"")).nth(1).unwrap();
        let article = article.split("</article>").next().unwrap();
        let reasons = article.split("<ol>").nth(1).unwrap().split("</ol>").next().unwrap();
        for reason in reasons.split("<li>").skip(1) {
            let reason = reason.split("</li>").next().unwrap().replace("&#x2f;", "/");
            assert!(shown.contains(&reason), "{reason}\n{shown}");
        }
    }
    let none = mingzhang(&["show", "T-00000000", "--out", out.to_str().unwrap()]);
    assert_eq!(none.status.code(), Some(2));
}

const LIST: &str = "风险清单";

/// A cell of a workbook: its sheet, title and row, and what stands in it.
type Filled<'a> = (&'a str, &'a str, usize, &'a str);

/// The cells of a row with a conclusion, and others that come before them.
fn concluded<'a>(row: usize, others: &[Filled<'a>]) -> Vec<Filled<'a>> {
    let own = [
        (LIST, "核查结论", row, "违规"),
        (LIST, "追回金额（元）", row, "1,200.50"),
        (LIST, "办结日期", row, "2024/12/31"),
        (LIST, "核查人", row, "模拟核查人"),
    ];
    [others, &own].concat()
}

/// A cell as an office would see it.
fn as_text(cell: &Data) -> String {
    let Data::DateTime(date) = cell else { return cell.to_string() };
    let (year, month, day, ..) = date.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}

#[test]
fn what_was_closed_does_not_come_back_and_what_is_wrong_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = published(folder.path(), |_, row| format!("用途{row}"));
    let into = data.to_str().unwrap();
    // The office's workbook, filled in by a program: the titles are what counts, not the places.
    let path = folder.path().join("back.xlsx");
    let filled = |cells: &[Filled<'_>]| {
        let mut book: Xlsx<_> = open_workbook(out.join("county/leads.xlsx")).unwrap();
        let mut copy = rust_xlsxwriter::Workbook::new();
        for name in [LIST, "凭证明细"] {
            let range = book.worksheet_range(name).unwrap();
            let sheet = copy.add_worksheet();
            sheet.set_name(name).unwrap();
            let titles: Vec<String> =
                range.rows().next().unwrap().iter().map(ToString::to_string).collect();
            for (row, own) in range.rows().enumerate() {
                for (column, cell) in own.iter().enumerate() {
                    let place = (name, titles[column].as_str(), row);
                    let new =
                        cells.iter().find(|(sheet, title, row, _)| (*sheet, *title, *row) == place);
                    let text = new.map_or_else(|| as_text(cell), |(.., text)| (*text).to_owned());
                    let (row, column) =
                        (u32::try_from(row).unwrap(), u16::try_from(column).unwrap());
                    sheet.write_string(row, column, text).unwrap();
                }
            }
        }
        copy.save(&path).unwrap();
    };
    let file = path.to_str().unwrap();
    let import = || mingzhang(&["--lang", "zh", "outcomes", "import", file, "--into", into]);
    // The first line again in the second row.
    let mut book: Xlsx<_> = open_workbook(out.join("county/leads.xlsx")).unwrap();
    let range = book.worksheet_range(LIST).unwrap();
    let titles: Vec<String> =
        range.rows().next().unwrap().iter().map(ToString::to_string).collect();
    let first = |title: &str| {
        let column = titles.iter().position(|it| it == title).unwrap();
        range.rows().nth(1).unwrap()[column].to_string()
    };
    let (id, count) = (first("疑点编号"), first("付款笔数"));
    let key = first("对象标识");
    let again = [
        (LIST, "疑点编号", 2, id.as_str()),
        (LIST, "付款笔数", 2, count.as_str()),
        (LIST, "对象标识", 2, key.as_str()),
    ];
    let twice = [concluded(1, &[]), concluded(2, &again)].concat();
    for (cells, expected) in [
        (concluded(1, &[(LIST, "核查结论", 1, "有问题")]), "`有问题`"),
        (concluded(1, &[(LIST, "追回金额（元）", 1, "-5")]), "`-5`"),
        (concluded(1, &[(LIST, "办结日期", 1, "")]), "缺少办结日期"),
        (concluded(1, &[(LIST, "办结日期", 1, "2021-01-01")]), "早于凭证日期"),
        (concluded(1, &[(LIST, "疑点编号", 1, "T-deadbeef")]), "B2 `T-deadbeef`"),
        (concluded(1, &[(LIST, "疑点编号", 1, "")]), "数据中没有这一对象"),
        (concluded(1, &[(LIST, "对象标识", 1, "xx")]), "数据中没有这一对象"),
        (concluded(1, &[("凭证明细", "属于本疑点", 1, "也许")]), "凭证明细!B2 `也许`"),
        (concluded(1, &[("凭证明细", "对象标识", 1, "xx")]), "`xx`"),
        (concluded(1, &[("凭证明细", "属于本疑点", 1, "否")]), "笔数不符"),
        (twice, "填报了两次"),
    ] {
        filled(&cells);
        let refused = import();
        assert_eq!(refused.status.code(), Some(2), "{expected}");
        let told = text(&refused.stdout);
        assert!(told.contains(expected), "{expected}: {told}");
        assert!(!data.join("outcomes.parquet").exists());
    }
    filled(&[]);
    assert_eq!(import().status.code(), Some(2), "nothing is concluded");
    filled(&concluded(1, &[]));
    let taken = import();
    assert!(taken.status.success(), "{}", text(&taken.stderr));
    assert!(text(&taken.stdout).contains("已填结论 1 条"), "{}", text(&taken.stdout));
    let found = columns(&data.join("outcomes.parquet"));
    assert!(
        ["irregularity", "1200.50", "2024-12-31", "模拟核查人", &id]
            .iter()
            .all(|it| found.contains(it)),
        "{found}"
    );
    let again = folder.path().join("again");
    let pipeline = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/demo.toml");
    let ran = mingzhang(&["run", pipeline, "--data", into, "--out", again.to_str().unwrap()]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let page = fs::read_to_string(again.join("latest/county/report.html")).unwrap();
    assert!(!page.contains(&format!("<article id=\"{id}\"")), "{id} came back");
    let wrong = mingzhang(&["outcomes", "import", into, "--into", into]);
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn what_the_county_has_no_hours_for_goes_on_to_the_township() {
    let folder = tempfile::tempdir().unwrap();
    let (data, _) = published(folder.path(), |_, row| format!("用途{row}"));
    // How many leads of at least one in two each level has.
    let likely = |hours: &str| {
        let out = folder.path().join(hours);
        let pipeline = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/demo.toml");
        let (data, out_word) = (data.to_str().unwrap(), out.to_str().unwrap());
        let (county, township) =
            (format!("leads.hours.county={hours}"), "leads.hours.township=6.0");
        // Of so few villages hardly a lead is as likely, unless finds are frequent.
        let prior = "leads.prior.payment=0.1";
        let words = ["--set", &county, "--set", township, "--set", prior];
        let run = [&["run", pipeline, "--data", data, "--out", out_word], &words[..]].concat();
        let ran = mingzhang(&run);
        assert!(ran.status.success(), "{}", text(&ran.stderr));
        let all = ParquetFile::open(&out.join("latest/leads.parquet")).unwrap().batches().unwrap();
        let mut found = [0, 0];
        for (batch, row) in all.iter().flat_map(|it| (0..it.num_rows()).map(move |row| (it, row))) {
            let is_likely = cell(batch, "probability_at_most", row).parse::<f64>().unwrap() >= 0.5;
            let place =
                ["county", "township"].iter().position(|it| *it == cell(batch, "level", row));
            if let Some(place) =
                place.filter(|_| is_likely && cell(batch, "grain", row) == "payment")
            {
                found[place] += 1;
            }
        }
        found
    };
    let ([of_county, none], [no_hours, of_townships]) = (likely("20.0"), likely("0.0"));
    assert!(of_county > 0, "nothing likely in this county");
    assert_eq!((none, no_hours), (0, 0));
    assert!(
        of_townships > 0,
        "{of_county} likely leads of the county are on no list without its hours"
    );
}
