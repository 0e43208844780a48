//! The head of a list, and one lead, as a person reads them on a terminal.

use std::collections::BTreeSet;
use std::io::{self, Write};

use comfy_table::Table;
use comfy_table::presets::NOTHING;

use crate::ledger::level::Level;
use crate::report::cells::{format_message, money, percent, plain, short};
use crate::report::dossier::LeadView;
use crate::report::party::{PartyView, VillageView};
use crate::report::results::{Line, TITLES};
use crate::words::table::{Lang, Word, grain, level, scheme};

/// Writes the lists of a county: the head of the county's own, and how many leads the offices below it have.
///
/// # Errors
/// If the output cannot be written.
pub fn write_lists(
    out: &mut dyn Write,
    (lang, head): (Lang, usize),
    leads: &[LeadView],
) -> io::Result<()> {
    for own in Level::ALL {
        let of_level = || leads.iter().filter(|lead| lead.level == own);
        let offices: BTreeSet<&str> = of_level().map(|lead| lead.office.as_str()).collect();
        let cells = [
            ("level", level(own).to(lang).to_owned()),
            ("leads", of_level().count().to_string()),
            ("offices", offices.len().to_string()),
        ];
        writeln!(out, "\n{}", format_message(Word::ListOf, lang, &cells))?;
        if own == Level::County {
            write_list(out, lang, of_level().take(head))?;
        }
    }
    Ok(())
}

/// Writes leads: one line for each, its reasons below it.
fn write_list<'a>(
    out: &mut dyn Write,
    lang: Lang,
    leads: impl IntoIterator<Item = &'a LeadView>,
) -> io::Result<()> {
    for lead in leads {
        writeln!(
            out,
            "{:>4}  {}  {:>14} {}  {}  {}  {}",
            lead.place,
            lead.id,
            money(lead.money),
            Word::Yuan.to(lang),
            lead.village,
            scheme(lead.scheme).to(lang),
            lead.name,
        )?;
        for sentence in lead.sentences(lang) {
            writeln!(out, "      {sentence}")?;
        }
    }
    Ok(())
}

/// Writes the results of audits as a table.
///
/// # Errors
/// If the output cannot be written.
pub fn write_results(out: &mut dyn Write, lines: &[Line], lang: Lang) -> io::Result<()> {
    if lines.iter().all(|line| line.tally.concluded == 0) {
        writeln!(out, "{}", Word::NoResults.to(lang))?;
    }
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(TITLES.map(|word| word.to(lang)));
    for line in lines {
        let Line { title, tally, overdue } = line;
        table.add_row([
            title.clone(),
            tally.concluded.to_string(),
            tally.confirmed.to_string(),
            line.rate(lang),
            money(tally.money()),
            tally.unrectified.to_string(),
            overdue.map_or_else(String::new, |it| it.to_string()),
        ]);
    }
    writeln!(out, "{table}")
}

/// Writes one lead: what it is about, why, what else could explain it, what would clear it, and its rows.
///
/// # Errors
/// If the output cannot be written.
pub fn write_dossier(
    out: &mut dyn Write,
    lead: &LeadView,
    (lang, most): (Lang, usize),
) -> io::Result<()> {
    writeln!(out, "{} · {}\n", lead.id, Word::PointToVerify.to(lang))?;
    let office = format!("{} {}", level(lead.level).to(lang), lead.office);
    let cells = [
        (Word::Subject, format!("{} {}", grain(lead.grain).to(lang), lead.name)),
        (Word::Key, plain(&lead.shown_key())),
        (Word::VillageCode, lead.village.clone()),
        (Word::SchemeOf, scheme(lead.scheme).to(lang).to_owned()),
        (Word::Payments, lead.payments().to_string()),
        (Word::Money, lead.money.to_string()),
        (Word::Recoverable, lead.recoverable.to_string()),
        (Word::OrderValue, lead.order_value.to_string()),
        (Word::Probability, percent(lead.probability_at_most)),
        (Word::PValue, short(lead.p_value)),
        (Word::Office, office),
        (Word::Due, lead.due.to_string()),
        (Word::PickedBy, lead.selection.label().to(lang).to_owned()),
    ];
    for (word, cell) in cells {
        writeln!(out, "{}: {cell}", word.to(lang))?;
    }
    let clears = lead.clears(lang).into_iter().map(str::to_owned).collect();
    let parts = [
        (Word::Reasons, lead.sentences(lang)),
        (Word::ElseCause, lead.causes(lang)),
        (Word::Clears, clears),
        (Word::Basis, lead.rules(lang)),
        (Word::LookedFor, vec![lead.looked_for(lang)]),
    ];
    for (word, lines) in parts {
        let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        if !lines.is_empty() {
            writeln!(out, "\n{}", word.to(lang))?;
        }
        for line in lines {
            writeln!(out, "  - {line}")?;
        }
    }
    writeln!(out, "\n{}", Word::Vouchers.to(lang))?;
    let mut table = Table::new();
    table.load_style(NOTHING);
    let titles = [
        Word::Date,
        Word::VillageCode,
        Word::VoucherNo,
        Word::Amount,
        Word::Payee,
        Word::Approver,
        Word::Summary,
    ];
    table.set_header(titles.map(|word| word.to(lang)));
    for row in lead.rows.iter().take(most) {
        let (date, amount) = (row.date.to_string(), row.amount.to_string());
        let cells =
            [&date, &row.village, &row.voucher, &amount, &row.payee, &row.approver, &row.summary];
        table.add_row(cells.map(|cell| plain(cell)));
    }
    writeln!(out, "{table}")?;
    for row in lead.rows.iter().take(most).filter(|row| row.belongs) {
        writeln!(out, "\n {} · {}", plain(&row.voucher), plain(&row.recorded_line(lang)))?;
    }
    if !lead.records.is_empty() {
        writeln!(out, "\n{}", Word::RegisterRows.to(lang))?;
    }
    for record in lead.records.iter().take(most) {
        writeln!(out, "  - {} · {}", record.title(lang), plain(&record.line(lang)))?;
    }
    let more = lead.rows.len().max(lead.records.len()).saturating_sub(most);
    if more > 0 {
        writeln!(out, "{}", format_message(Word::MoreRows, lang, &[("count", more.to_string())]))?;
    }
    Ok(())
}

/// Writes a person or firm across villages: its villages, what links its members, and the leads that name it.
///
/// # Errors
/// If the output cannot be written.
pub fn write_party(
    out: &mut dyn Write,
    (party, leads): (&PartyView, &[LeadView]),
    lang: Lang,
) -> io::Result<()> {
    writeln!(out, "{} · {}\n", party.id, Word::PointToVerify.to(lang))?;
    writeln!(out, "{}: {}", Word::PartyName.to(lang), party.title(lang))?;
    let keys: Vec<String> = party.masked().members.iter().map(|it| plain(&it.key)).collect();
    writeln!(out, "{}: {}", Word::Key.to(lang), keys.join(lang.of([", ", "、"])))?;
    writeln!(out, "{}\n", party.spread(&leads.iter().collect::<Vec<_>>(), lang))?;
    let mut table = Table::new();
    table.load_style(NOTHING);
    let titles = [
        Word::VillageCode,
        Word::VillageName,
        Word::PartyRoles,
        Word::ReceivedPayments,
        Word::Received,
        Word::SignedPayments,
        Word::Signed,
        Word::FirstDay,
        Word::LastDay,
        Word::LeadPayments,
        Word::LeadMoney,
    ];
    table.set_header(titles.map(|word| word.to(lang)));
    let total = party.total();
    let total = total.map(|it| VillageView { name: Word::Total.to(lang).to_owned(), ..it });
    for it in party.villages.iter().chain(&total) {
        let sums = [it.received, it.signed, it.in_leads];
        let [received, signed, in_leads] =
            sums.map(|sum| [sum.payments.to_string(), money(sum.money)]);
        let days = [it.first.to_string(), it.last.to_string()];
        let names = [it.code.clone(), plain(&it.name), it.roles(lang)];
        table.add_row(names.into_iter().chain(received).chain(signed).chain(days).chain(in_leads));
    }
    writeln!(out, "{table}")?;
    if !party.links.is_empty() {
        writeln!(out, "\n{}", Word::LinkedBy.to(lang))?;
    }
    for link in &party.links {
        writeln!(out, "  - {}", plain(&link.sentence(lang)))?;
    }
    writeln!(out, "\n{}", Word::PartyLeads.to(lang))?;
    for lead in leads {
        writeln!(
            out,
            "  {}  {} {}  {}  {} {}  {}",
            lead.id,
            level(lead.level).to(lang),
            lead.office,
            scheme(lead.scheme).to(lang),
            money(lead.money),
            Word::Yuan.to(lang),
            lead.name,
        )?;
        for fact in lead.facts(lang) {
            writeln!(out, "      {fact}")?;
        }
    }
    Ok(())
}
