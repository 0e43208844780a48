//! The words of the page for training, English first.

use super::table::Lang;

/// A text of the page.
pub type Text = [&'static str; 2];

/// The title.
pub const TITLE: Text = ["Most frequent correctable errors", "最常见的可纠正差错"];
/// The name of the sheet, which may have 31 letters.
pub const SHEET: Text = ["Correctable errors", "可纠正差错"];
/// What the page is for.
pub const ABOUT: Text = [
    "For training: which errors of form and procedure occur most often in payments, what the rule asks for, and what is right. \
     No person, payee, village or voucher is named; an error of form is no sign of anything else.",
    "供培训使用：付款中哪些手续和形式上的差错最常见、规定怎样要求、正确做法是什么。不点名任何人员、收款人、村或凭证；手续差错不说明其他问题。",
];
/// The days that are counted.
pub const SPAN: Text = [
    "Payments from {from} to {to}; in brackets the year before.",
    "付款日期 {from} 至 {to}；比较对象为上一年同期。",
];
/// What is not shown.
pub const SUPPRESSED: Text = [
    "Numbers under {least} are not shown, and sums are those of the numbers that are shown.",
    "少于 {least} 的数不列出；合计只含列出的数。",
];
/// Where nothing can be shown.
pub const NOTHING: Text = [
    "No kind of error occurs {least} times or more, or what it takes to see them is not recorded.",
    "没有任何一类差错达到 {least} 次，或缺少判断所需的记录。",
];
/// Titles of columns.
pub const OFFICE: Text = ["Township", "乡镇"];
/// The kind of error.
pub const KIND: Text = ["Kind of error", "差错类型"];
/// The number.
pub const COUNT: Text = ["Payments with it", "差错笔数"];
/// Of how many payments.
pub const ASKED: Text = ["Payments looked at", "查看笔数"];
/// The share.
pub const SHARE: Text = ["Share", "占比"];
/// The share a year before.
pub const BEFORE: Text = ["Year before", "上年占比"];
/// The change of the share.
pub const CHANGE: Text = ["Change (points)", "增减（百分点）"];
/// The rule.
pub const RULE: Text = ["What the rule asks for", "规定要求"];
/// The written rules.
pub const BASIS: Text = ["Basis", "依据"];
/// A right example.
pub const EXAMPLE: Text = ["A right example (simulated)", "正确示例（模拟）"];
/// All townships.
pub const ALL: Text = ["All", "合计"];

/// A number that is not shown.
pub fn under(least: u32, lang: Lang) -> String {
    lang.of([format!("under {least}"), format!("少于{least}")])
}
