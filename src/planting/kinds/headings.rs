//! Spending booked under a wrong heading or without documents.

use super::card::KindCard;
use crate::indicators::card::Scheme;
use crate::ledger::book::chart::Class;
use crate::ledger::book::index::LineIx;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::planting::dice::scaled;
use crate::planting::draft::{Draft, Field};
use crate::planting::site::Site;

pub(super) const DISGUISED: KindCard = KindCard {
    name: "disguised_spending",
    title: "private spending under another heading",
    title_zh: "招待、私人消费变通列支",
    scheme: Scheme::Misposting,
    is_act: true,
    edits: "one to ten meals, gifts or other purchases get the text and the account of something else",
    needs: &["ledger.payee", "ledger.summary"],
    plant: disguised,
};

pub(super) const NO_PAPERS: KindCard = KindCard {
    name: "without_papers",
    title: "purchase without papers",
    title_zh: "白条列支",
    scheme: Scheme::Misposting,
    is_act: true,
    edits: "one to eight purchases, new or rewritten, have no document or a self-made one, and a vague text",
    needs: &["ledger.document"],
    plant: without_papers,
};

pub(super) const SERVICE_FEE: KindCard = KindCard {
    name: "service_fee",
    title: "fee for a service nobody saw",
    title_zh: "虚列服务、咨询费",
    scheme: Scheme::Misposting,
    is_act: true,
    edits: "one to five round fees for services to a payee who sells something else, or to a new firm",
    needs: &["ledger.payee", "ledger.summary"],
    plant: service_fee,
};

pub(super) const YEAR_END: KindCard = KindCard {
    name: "year_end_rush",
    title: "rush at the year's end",
    title_zh: "年底突击花钱",
    scheme: Scheme::UnusualSpending,
    is_act: true,
    edits: "two to eight purchases in the last days of December, larger than usual, papers often missing",
    needs: &["ledger.payee"],
    plant: year_end,
};

/// Words of meals, gifts and entertainment.
const MEALS: [&str; 8] = ["餐", "招待", "接待", "烟", "酒", "茶", "礼品", "住宿"];
/// Summaries that do not say what was bought.
const VAGUE: [&str; 6] = ["支付费用", "其他支出", "杂费", "支付材料款", "付款", "零星开支"];
/// Services without a tangible result.
const SERVICES: [&str; 8] = [
    "咨询服务费",
    "技术服务费",
    "劳务服务费",
    "宣传服务费",
    "设计费",
    "资料整理费",
    "培训费",
    "管理服务费",
];

fn is_meal(draft: &Draft<'_>, line: LineIx) -> bool {
    let text = draft.text(line, Field::Summary);
    MEALS.iter().any(|word| text.contains(word))
}

fn disguised(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let count = site.dice.count(1, 10);
    let is_copied = site.dice.happens(0.5);
    let meal = site.purchase(is_meal).filter(|_| site.dice.happens(0.8));
    let template =
        meal.or_else(|| site.purchase(|draft, line| draft.class(line) == Class::NonProduction))?;
    let payee = site.draft.payee(template);
    let mut lines = site.purchases_from(payee);
    site.dice.shuffle(&mut lines);
    lines.truncate(count);
    if is_copied {
        let models = std::mem::take(&mut lines);
        for model in models {
            let day = site.day_after(site.draft.day(model), 1, 60);
            let factor = site.dice.factor(0.6, 2.5);
            let amount = scaled(site.draft.amount(model), factor);
            lines.push(site.pay(model, day, amount));
        }
    }
    let mut heading = None;
    for line in &lines {
        // If careful, use several headings.
        if heading.is_none() || site.careful() {
            heading = site.another_heading(*line).or(heading);
        }
        let Some((account, text, chart)) = heading else { continue };
        let is_same_chart = site.draft.at(*line, Field::Chart) == chart;
        if is_same_chart && site.dice.happens(0.8) {
            site.draft.write(*line, Field::Account, account);
        }
        site.draft.write(*line, Field::Summary, text);
    }
    heading.map(|_| lines)
}

fn vague(site: &mut Site<'_, '_>, line: LineIx) {
    if site.draft.world.is_chinese
        && let Some(text) = site.dice.pick(&VAGUE)
    {
        site.draft.write_text(line, Field::Summary, text);
    }
}

fn without_papers(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let count = site.dice.count(1, 8);
    let is_copied = site.dice.happens(0.6);
    let factor = site.dice.factor(0.8, 4.0);
    let mut lines = Vec::new();
    for _ in 0..count {
        let Some(model) = site.purchase(|draft, line| draft.amount(line) > Fen(10_000)) else {
            break;
        };
        site.draft.reserve(model);
        let line = if is_copied {
            let day = site.day_after(site.draft.day(model), 1, 90);
            let amount = scaled(site.draft.amount(model), factor);
            site.pay(model, day, amount)
        } else {
            model
        };
        site.strip_papers(line);
        if site.careless() {
            vague(site, line);
        }
        lines.push(line);
    }
    (!lines.is_empty()).then_some(lines)
}

fn service_fee(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let template = site.purchase(|draft, line| {
        draft.class(line) == Class::NonProduction && draft.amount(line) > Fen(20_000)
    })?;
    let start = site.any_day();
    let firm = if site.dice.happens(0.5) && !site.draft.world.firms.is_empty() {
        let lead = site.dice.days(5, 700);
        let owner = site.some_owner();
        site.new_firm(owner, Day(start.0 - lead), Id::NONE)
    } else {
        Some(site.draft.payee(template))
    }?;
    let factor = site.dice.factor(1.0, 8.0);
    let base = scaled(site.draft.amount(template), factor);
    let unit = site.dice.pick(&[10_000_i64, 50_000, 100_000]).unwrap_or(10_000);
    let mut day = start;
    let mut lines = Vec::new();
    let word = site.dice.pick(&SERVICES);
    for _ in 0..site.dice.count(1, 5) {
        let own = site.dice.real(0.8, 1.2);
        let raw = scaled(base, own);
        let amount = if site.careful() { raw } else { Fen((raw.0 / unit).max(1) * unit) };
        let line = site.pay(template, day, amount);
        site.pay_to(line, firm);
        site.draft.number_document(line, site.dice);
        site.draft.write(line, Field::Contract, Id::NONE);
        if let Some(word) = word.filter(|_| site.draft.world.is_chinese) {
            site.draft.write_text(line, Field::Summary, word);
        }
        lines.push(line);
        day = site.day_after(day, 5, 120);
    }
    Some(lines)
}

fn year_end(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let day = december(site)?;
    let count = site.dice.count(2, 8);
    let factor = site.dice.factor(1.1, 5.0);
    let payee = site.purchase(|_, _| true).map(|line| site.draft.payee(line))?;
    let is_one = site.dice.happens(0.4);
    let mut lines = Vec::new();
    for _ in 0..count {
        let template = site.purchase(|draft, line| !is_one || draft.payee(line) == payee);
        let Some(template) = template else { break };
        let before = site.dice.between(0, 14);
        let own = site.place.booking_day(site.draft.book, Day(day.0 - before), site.dice);
        let amount = scaled(site.draft.amount(template), factor);
        let line = site.pay(template, own, amount);
        if site.careless() {
            site.strip_papers(line);
        }
        lines.push(line);
    }
    (!lines.is_empty()).then_some(lines)
}

/// The last day of some year in the village's books.
pub(super) fn december(site: &mut Site<'_, '_>) -> Option<Day> {
    let (first, last) = site.place.span(site.draft.book);
    let year = site.dice.between(first.year(), last.year());
    let end = jiff::civil::Date::new(i16::try_from(year).ok()?, 12, 31).ok()?;
    Some(Day::of(end)).filter(|end| *end <= last && *end >= first)
}
