//! `report.html`: one file for an office, without a network, with or without scripts.
//!
//! The policy in its head allows for its own style and its own script, by their digests, and for nothing else:
//! what comes from the data is text, escaped by the template.

mod charts;
mod drawings;
mod parties;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::{Environment, Value, context};
use sha2::{Digest, Sha256};

use crate::ledger::contract::cell::{Cell, Fen};
use crate::ledger::level::Level;
use crate::report::cells::{format_message, money, percent, short};
use crate::report::dossier::LeadView;
use crate::report::names::village;
use crate::report::office::{Office, VillageSum};
use crate::report::results::Line;
use crate::words::table::{Lang, Word, grain, level, scheme};
use crate::worklist::lead::Lead;
use crate::worklist::previous::{Dropped, Listed};

const PAGE: &str = include_str!("page.html");
const DOSSIER: &str = include_str!("dossier.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("list.js");

/// Bytes of a page at most; dossiers that would make it longer are left to the workbook.
const LIMIT: usize = 2_000_000;

/// Rows that a dossier shows at most.
const ROWS: usize = 40;

/// The page of an office.
///
/// # Errors
/// If a template is wrong, which would be a fault of ours.
pub fn page(office: &Office<'_>) -> Result<String, minijinja::Error> {
    let mut all = Environment::new();
    all.add_template("page.html", PAGE)?;
    all.add_template("dossier.html", DOSSIER)?;
    all.add_template("parties.html", parties::TEMPLATE)?;
    let mut details = Vec::new();
    // The list first, as if no lead had its details: what is left is theirs, after the persons and firms.
    let list = render(&all, office, &[], (0, 0))?.len();
    let for_parties = LIMIT.saturating_sub(list + 1_000).min(parties::LIMIT);
    let mut length = list;
    if !office.parties().is_empty() {
        length = render(&all, office, &[], (0, for_parties))?.len();
    }
    for (lead, dossier) in &office.leads {
        let text = article(&all, office, lead, dossier)?;
        // A line of the list with its first reason and its parties is longer than one without, and some bytes say how
        // many are left out.
        let why = office.reasons(dossier).first().map_or(0, String::len);
        let line = 400 + why + 100 * office.parties_of(&dossier.id).len();
        if length + text.len() + line + 1_000 > LIMIT {
            break;
        }
        length += text.len() + line;
        details.push(text);
    }
    render(&all, office, &details, (details.len(), for_parties))
}

fn render(
    all: &Environment<'_>,
    office: &Office<'_>,
    dossiers: &[String],
    (told, for_parties): (usize, usize),
) -> Result<String, minijinja::Error> {
    let lang = office.run.lang;
    let (parties, more_parties) = parties::parties(all, office, (told, for_parties))?;
    let more_parties = (more_parties > 0)
        .then(|| format_message(Word::PartiesMore, lang, &[("count", more_parties.to_string())]));
    let left_out = office.leads.len() - told;
    let left_out = (left_out > 0)
        .then(|| format_message(Word::Elsewhere, lang, &[("count", left_out.to_string())]));
    let leads: Vec<Value> =
        (0..).zip(&office.leads).map(|(at, (_, it))| line(office, it, at < told)).collect();
    let villages = if office.level == Level::Village { Vec::new() } else { office.villages() };
    let towns = towns(&villages);
    let mut codes: Vec<(String, String)> = office
        .leads
        .iter()
        .map(|(_, it)| (it.office.clone(), it.level))
        .map(|(code, own)| {
            let name = match own {
                Level::Village => format!("{} {code}", village(office.run.book, &code)),
                _ => format!("{} {code}", level(own).to(lang)),
            };
            (code, name)
        })
        .collect();
    codes.sort();
    codes.dedup();
    let offices: Vec<Value> =
        codes.into_iter().map(|(code, name)| context! { code, name }).collect();
    let mut schemes: Vec<&str> =
        office.leads.iter().map(|(_, it)| scheme(it.scheme).to(lang)).collect();
    schemes.sort_unstable();
    schemes.dedup();
    all.get_template("page.html")?.render(context! {
        lang => lang.tag(),
        title => office.title(),
        as_of => office.run.as_of.to_string(),
        preface => office.preface(),
        notes => office.notes(),
        results => office.results.iter().map(|it| result(it, lang)).collect::<Vec<_>>(),
        dropped => office.dropped().map(|it| dropped(it, lang)).collect::<Vec<_>>(),
        scores => office.sees_scores(),
        words => words(lang),
        style => STYLE,
        style_hash => digest(STYLE),
        script => SCRIPT,
        script_hash => digest(SCRIPT),
        has_below => office.own().count() < office.leads.len(),
        towns, offices, schemes, leads, dossiers => dossiers.to_vec(), left_out, parties, more_parties,
    })
}

fn digest(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

fn result(it: &Line, lang: Lang) -> Value {
    context! {
        title => &*it.title,
        concluded => it.tally.concluded,
        confirmed => it.tally.confirmed,
        rate => it.rate(lang),
        recovered => money(it.tally.money()),
        unrectified => it.tally.unrectified,
        overdue => it.overdue,
    }
}

fn dropped(it: &Dropped, lang: Lang) -> Value {
    let Listed { id, name, first_listed, .. } = &it.listed;
    let why = if it.is_concluded { Word::DroppedConcluded } else { Word::DroppedOther };
    context! { id, name, since => first_listed.to_string(), why => why.to(lang) }
}

/// A line of the list.
fn line(office: &Office<'_>, it: &LeadView, told: bool) -> Value {
    let lang = office.run.lang;
    context! {
        told,
        id => &*it.id,
        place => it.place,
        office => &*it.office,
        village => &*it.village,
        village_name => village(office.run.book, &it.village),
        level => level(it.level).to(lang),
        subject => format!("{} {}", grain(it.grain).to(lang), it.name),
        scheme => scheme(it.scheme).to(lang),
        parties => if told { named(office, it) } else { Vec::new() },
        why => told.then(|| office.reasons(it).into_iter().next()).flatten(),
        fen => it.money.some().map_or(0, |money| money.0),
        money => money(it.money),
        recoverable => money(it.recoverable),
        probability => percent(it.probability_at_most),
        due => it.due.to_string(),
        status => it.status(office.run.as_of, lang),
    }
}

/// The parties that a lead names: their ids and names.
fn named(office: &Office<'_>, it: &LeadView) -> Vec<Value> {
    let all = office.parties_of(&it.id).into_iter();
    all.map(|party| context! { id => &*party.id, name => party.name() }).collect()
}

fn article(
    all: &Environment<'_>,
    office: &Office<'_>,
    lead: &Lead,
    it: &LeadView,
) -> Result<String, minijinja::Error> {
    let (lang, book) = (office.run.lang, office.run.book);
    let (peers, peers_title) = drawings::peers(office.run, it).unwrap_or_default();
    let rows: Vec<Value> = it
        .rows
        .iter()
        .take(ROWS)
        .zip(it.marks())
        .map(|(row, marked)| {
            let recorded = row.all_shown(lang).map(|(column, title, cell)| {
                context! { title, cell, marked => marked.contains(column) }
            });
            context! {
                recorded => recorded.collect::<Vec<Value>>(),
                marked => marked.iter().map(|it| (*it).to_owned()).collect::<Vec<String>>(),
                account => row.account_named(lang),
                date => row.date.to_string(),
                voucher => &*row.voucher,
                amount => money(row.amount),
                payee => &*row.payee,
                approver => &*row.approver,
                summary => &*row.summary,
                belongs => row.belongs,
            }
        })
        .collect();
    let more = more_rows(it.rows.len(), lang);
    all.get_template("dossier.html")?.render(context! {
        words => words(lang),
        scores => office.sees_scores(),
        id => &*it.id,
        is_below => it.office != office.code,
        subject => format!("{} {}", grain(it.grain).to(lang), it.name),
        level => level(it.level).to(lang),
        village => &*it.village,
        village_name => village(book, &it.village),
        scheme => scheme(it.scheme).to(lang),
        money => money(it.money),
        recoverable => money(it.recoverable),
        order_value => money(it.order_value),
        probability => percent(it.probability_at_most),
        p_value => short(it.p_value),
        due => it.due.to_string(),
        status => it.status(office.run.as_of, lang),
        selection => it.selection.label().to(lang),
        parties => named(office, it),
        reasons => office.reasons(it),
        payments => it.payments(),
        has_others => it.rows.iter().any(|row| !row.belongs),
        questions => it.questions(lang),
        timeline => drawings::timeline(office, lead, it),
        digits => drawings::digits(office.run, lead),
        kin => drawings::kin(office.run, lead),
        peers => if office.sees_scores() { peers } else { String::new() },
        peers_title,
        rows,
        more,
        records => it.records.iter().take(ROWS).map(|record| context! {
            table => record.title(lang),
            line => record.line(lang),
            money => if record.money == Fen(0) { String::new() } else { money(record.money) },
        }).collect::<Vec<Value>>(),
        more_records => more_rows(it.records.len(), lang),
        causes => it.causes(lang),
        clears => it.clears(lang),
        rules => it.rules(lang),
        looked_for => it.looked_for(lang),
    })
}

/// How many rows are not shown; none if all are.
fn more_rows(all: usize, lang: Lang) -> Option<String> {
    let more = all.saturating_sub(ROWS);
    (more > 0).then(|| format_message(Word::MoreRows, lang, &[("count", more.to_string())]))
}

/// The villages of each township, with how dark their tiles are.
fn towns(villages: &[VillageSum]) -> Vec<Value> {
    // By rank and not by money: one village of a large project would leave all others pale.
    let mut sums: Vec<Fen> =
        villages.iter().filter(|it| it.leads > 0).map(|it| it.recoverable).collect();
    sums.sort_unstable();
    let depth = |it: &VillageSum| match sums.partition_point(|sum| *sum < it.recoverable) {
        _ if it.leads == 0 => 0,
        below => 1 + 4 * below / sums.len().max(1),
    };
    let tile = |it: &VillageSum, town: &str| {
        context! {
            code => &*it.code,
            name => &*it.name,
            short => it.name.strip_prefix(town).unwrap_or(&it.name),
            leads => it.leads,
            recoverable => money(it.recoverable),
            depth => depth(it),
        }
    };
    let towns = villages
        .chunk_by(|a, b| Level::Township.office(&a.code) == Level::Township.office(&b.code));
    towns
        .map(|all| {
            let code = all.first().map_or("", |it| Level::Township.office(&it.code));
            let name = town_name(all);
            let villages: Vec<Value> = all.iter().map(|it| tile(it, &name)).collect();
            let name = if name.is_empty() { code } else { &name };
            context! { code, name, villages }
        })
        .collect()
}

/// The name of a township: what the names of its villages begin with, up to 镇, 乡 or 街道; empty where there is none.
fn town_name(villages: &[VillageSum]) -> String {
    let Some(first) = villages.first() else { return String::new() };
    let ends = first.name.char_indices().filter(|(_, letter)| "镇乡道".contains(*letter));
    let mut names = ends.filter_map(|(at, letter)| first.name.get(..at + letter.len_utf8()));
    let is_shared = |name: &&str| villages.iter().all(|it| it.name.starts_with(name));
    names.find(is_shared).unwrap_or_default().to_owned()
}

/// The words of both templates.
fn words(lang: Lang) -> Value {
    let to = |word: Word| word.to(lang);
    context! {
        product => to(Word::Product),
        point => to(Word::PointToVerify),
        as_of => to(Word::AsOf),
        leads => to(Word::Leads),
        own_leads => to(Word::OwnLeads),
        overview => to(Word::Overview),
        overview_tell => to(Word::OverviewTell),
        no_lead => to(Word::NoLead),
        depth_least => to(Word::DepthLeast),
        depth_less => to(Word::DepthLess),
        depth_more => to(Word::DepthMore),
        depth_most => to(Word::DepthMost),
        order_value => to(Word::OrderValue),
        office => to(Word::Office),
        all => to(Word::All),
        sort => to(Word::Sort),
        sort_place => to(Word::SortPlace),
        sort_money => to(Word::SortMoney),
        sort_due => to(Word::SortDue),
        search => to(Word::Search),
        shown => to(Word::Shown),
        no_leads => to(Word::NoLeads),
        place => to(Word::Place),
        lead => to(Word::Lead),
        level => to(Word::LevelOf),
        village => to(Word::VillageName),
        subject => to(Word::Subject),
        scheme => to(Word::SchemeOf),
        payments => to(Word::Payments),
        register_rows => to(Word::RegisterRows),
        register_of => to(Word::RegisterOf),
        register_says => to(Word::RegisterSays),
        register_money => to(Word::RegisterMoney),
        bold_rows => to(Word::BoldRows),
        marked_cells => to(Word::MarkedCells),
        account => to(Word::Account),
        notes => to(Word::Notes),
        results => to(Word::Results),
        results_tell => to(Word::ResultsTell),
        concluded => to(Word::Concluded),
        confirmed => to(Word::Confirmed),
        hit_rate => to(Word::HitRate),
        recovered => to(Word::Recovered),
        unrectified => to(Word::Unrectified),
        overdue => to(Word::Overdue),
        status => to(Word::Status),
        dropped => to(Word::DroppedLeads),
        stop => lang.of([". ", "。"]),
        colon => lang.of([": ", "："]),
        money => to(Word::Money),
        recoverable => to(Word::Recoverable),
        probability => to(Word::Probability),
        p_value => to(Word::PValue),
        due => to(Word::Due),
        picked_by => to(Word::PickedBy),
        dossier => to(Word::LeadView),
        reasons => to(Word::Reasons),
        questions => to(Word::Questions),
        timeline => to(Word::Timeline),
        timeline_tell => to(Word::TimelineTell),
        digits => to(Word::Digits),
        digits_tell => to(Word::DigitsTell),
        peers => to(Word::Peers),
        peers_tell => to(Word::PeersTell),
        kin => to(Word::KinPath),
        vouchers => to(Word::Vouchers),
        date => to(Word::Date),
        voucher => to(Word::VoucherNo),
        amount => to(Word::Amount),
        payee => to(Word::Payee),
        approver => to(Word::Approver),
        summary => to(Word::Summary),
        causes => to(Word::ElseCause),
        clears => to(Word::Clears),
        basis => to(Word::Basis),
        looked_for => to(Word::LookedFor),
        printed => to(Word::Printed),
        back => to(Word::BackToList),
        parties => to(Word::Parties),
        parties_tell => to(Word::PartiesTell),
        party_id => to(Word::PartyId),
        yuan => to(Word::Yuan),
    }
}
