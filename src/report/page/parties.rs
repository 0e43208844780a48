//! Persons and firms across villages on the county's page.

use minijinja::{Environment, Value, context};

use crate::ledger::level::Level;
use crate::report::cells::{count, format_message, money};
use crate::report::dossier::LeadView;
use crate::report::names::village;
use crate::report::office::Office;
use crate::report::party::{PartyView, VillageView};
use crate::words::table::{Lang, Word, level, scheme};
use crate::worklist::party::Sum;

/// The template of one of them.
pub(super) const TEMPLATE: &str = include_str!("parties.html");

/// Bytes of the section at most; whoever would make it longer is left to the workbook.
pub(super) const LIMIT: usize = 200_000;

/// Villages of one that are shown at most.
const VILLAGES: usize = 15;

/// The parties of an office in at most so many bytes, and how many are left out. Leads that are `told` have their details
/// on the page.
pub(super) fn parties(
    all: &Environment<'_>,
    office: &Office<'_>,
    (told, most): (usize, usize),
) -> Result<(Vec<String>, usize), minijinja::Error> {
    let (mut texts, mut length) = (Vec::new(), 0);
    for party in office.parties() {
        let text = one(all, office, party, told)?;
        length += text.len();
        if length > most {
            break;
        }
        texts.push(text);
    }
    let left_out = office.parties().len() - texts.len();
    Ok((texts, left_out))
}

fn one(
    all: &Environment<'_>,
    office: &Office<'_>,
    party: &PartyView,
    told: usize,
) -> Result<String, minijinja::Error> {
    let lang = office.run.lang;
    let has = |of: fn(&VillageView) -> Sum| party.villages.iter().any(|it| of(it).payments > 0);
    let more = party.villages.len().saturating_sub(VILLAGES);
    let more =
        (more > 0).then(|| format_message(Word::PartiesMore, lang, &[("count", more.to_string())]));
    let villages = party.villages.iter().take(VILLAGES);
    let leads = office.leads.iter().map(|(_, it)| it).enumerate();
    let leads: Vec<(usize, &LeadView)> =
        leads.filter(|(_, it)| party.leads.contains(&it.id)).collect();
    let own: Vec<&LeadView> = leads.iter().map(|(_, it)| *it).collect();
    all.get_template("parties.html")?.render(context! {
        words => words(lang),
        id => &*party.id,
        title => party.title(lang),
        received => has(|it| it.received),
        signed => has(|it| it.signed),
        villages => villages.map(|it| row(it, lang)).collect::<Vec<Value>>(),
        total => party.total().map(|it| row(&it, lang)),
        more,
        links => party.links.iter().map(|it| it.sentence(lang)).collect::<Vec<String>>(),
        spread => party.spread(&own, lang),
        leads => leads.iter().map(|(at, it)| lead(office, it, *at < told)).collect::<Vec<Value>>(),
    })
}

fn row(it: &VillageView, lang: Lang) -> Value {
    let payments = |sum: Sum| count(sum.payments as u64);
    context! {
        name => &*it.name,
        code => &*it.code,
        roles => it.roles(lang),
        received_payments => payments(it.received),
        received => money(it.received.money),
        signed_payments => payments(it.signed),
        signed => money(it.signed.money),
        first => it.first.to_string(),
        last => it.last.to_string(),
        lead_payments => payments(it.in_leads),
        lead_money => money(it.in_leads.money),
    }
}

fn lead(office: &Office<'_>, it: &LeadView, told: bool) -> Value {
    let lang = office.run.lang;
    let place = match it.level {
        Level::Village => village(office.run.book, &it.office),
        own => format!("{} {}", level(own).to(lang), it.office),
    };
    context! {
        told,
        id => &*it.id,
        office => place,
        scheme => scheme(it.scheme).to(lang),
        money => money(it.money),
        status => it.status(office.run.as_of, lang),
        facts => it.facts(lang),
    }
}

fn words(lang: Lang) -> Value {
    let to = |word: Word| word.to(lang);
    context! {
        village => to(Word::VillageName),
        roles => to(Word::PartyRoles),
        received_payments => to(Word::ReceivedPayments),
        received => to(Word::Received),
        signed_payments => to(Word::SignedPayments),
        signed => to(Word::Signed),
        first => to(Word::FirstDay),
        last => to(Word::LastDay),
        lead_payments => to(Word::LeadPayments),
        lead_money => to(Word::LeadMoney),
        total => to(Word::Total),
        linked_by => to(Word::LinkedBy),
        leads => to(Word::PartyLeads),
        yuan => to(Word::Yuan),
    }
}
