use super::template::{EXAMPLE, workbook};
use super::{Definition, OwnRules};
use crate::import::workbook::pages;
use crate::words::table::Lang;

fn example() -> OwnRules {
    toml::from_str(EXAMPLE).unwrap()
}

/// A rule with this condition, and with other keys changed.
fn rule(changed: &str, condition: &str) -> anyhow::Result<()> {
    let keys = [
        ("id", "\"a_rule\""),
        ("name", "\"规则\""),
        ("basis", "\"县级规定\""),
        ("level", "\"乡镇\""),
        ("scheme", "\"procedure\""),
    ];
    let key = changed.split(" =").next().unwrap();
    let kept = keys.iter().filter(|(own, _)| *own != key);
    let kept: Vec<String> = kept.map(|(key, value)| format!("{key} = {value}")).collect();
    let text = format!("[[rules]]\n{}\n{changed}\nwhere = [{condition}]\n", kept.join("\n"));
    toml::from_str::<OwnRules>(&text)?.rules().map(|_| ())
}

const AMOUNT: &str = "{ column = \"amount\", from = 10 }";

#[test]
fn a_workbook_reads_as_what_was_written_in_either_language() {
    for lang in [Lang::En, Lang::Zh] {
        let bytes = workbook(&example(), lang).unwrap();
        let read = OwnRules::of_pages(&pages(&bytes).unwrap()).unwrap();
        assert_eq!(read.rules().unwrap(), example().rules().unwrap(), "{lang:?}");
        assert_eq!(read.indicators, example().indicators);
    }
}

#[test]
fn what_is_wrong_is_named_with_what_to_do() {
    let wrong =
        |changed: &str, condition: &str| format!("{:#}", rule(changed, condition).unwrap_err());
    for (changed, condition, told) in [
        ("id = \"A rule\"", AMOUNT, "`id` must be lower-case"),
        ("name = \" \"", AMOUNT, "`name` must be one line"),
        ("level = \"省\"", AMOUNT, "`level` must be one of county (县)"),
        ("scheme = \"theft\"", AMOUNT, "`scheme` must be one of splitting"),
        ("most = 5", AMOUNT, "`most` must be a share"),
        ("most = 0.1", "", "one condition at least"),
        ("most = 0.1", "{ column = \"amont\", from = 1 }", "is `amount` meant?"),
        ("most = 0.1", "{ column = \"amount\", form = 1 }", "is `from` meant?"),
        (
            "most = 0.1",
            "{ column = \"amount\" }",
            "a condition needs a test: use one of from, below",
        ),
        ("most = 0.1", "{ column = \"amount\", contains = \"1\" }", "holds money"),
        ("most = 0.1", "{ column = \"amount\", from = \"much\" }", "`from` must be a number"),
        ("most = 0.1", "{ column = \"date\", from = \"2024-13-01\" }", "must be a day"),
        ("most = 0.1", "{ column = \"document\", is = \"bill\" }", "it holds one of invoice"),
        ("most = 0.1", "{ column = \"summary\", is = \"a\", starts = \"a\" }", "has one test"),
        (
            "most = 0.1",
            "{ column = \"approved\", days_after = \"amount\", from = 3 }",
            "column of days",
        ),
        (
            "most = 0.1",
            "{ column = \"approved\", days_after = \"date\" }",
            "needs `from` or `below`",
        ),
    ] {
        let error = wrong(changed, condition);
        assert!(error.contains(told), "{changed} {condition}: {error}");
    }
    rule("most = 0.1", "{ column = \"原始凭证种类\", is = \"发票\" }").unwrap();
}

#[test]
fn a_rule_that_changed_under_the_same_version_is_known() {
    let (old, mut new) = (example(), example());
    assert!(new.changed(&old).is_empty());
    let Definition { most, name, version, .. } = &mut new.rules[0];
    *most = Some(0.2);
    let told = (name.clone(), *version);
    assert_eq!(new.changed(&old), [told]);
    new.rules[0].version = 2;
    assert!(new.changed(&old).is_empty());
}
