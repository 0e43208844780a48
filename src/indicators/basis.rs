//! The written rules that indicators rest on, and the days on which each was in force.

use std::ops::RangeInclusive;

use jiff::civil::{Date, date};
use serde::Serialize;

use crate::ledger::contract::cell::Day;

/// A written rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// Its title in English.
    pub title: &'static str,
    /// Its title and number in Chinese.
    pub title_zh: &'static str,
    /// The first day on which it was in force.
    pub from: Date,
    /// The last day; none while it still is.
    pub to: Option<Date>,
}

impl Basis {
    const fn since(title: &'static str, title_zh: &'static str, from: Date) -> Self {
        Self { title, title_zh, from, to: None }
    }

    /// The days on which it was in force.
    pub fn days(&self) -> RangeInclusive<Day> {
        Day::of(self.from)..=self.to.map_or(Day(i32::MAX), Day::of)
    }
}

/// The limits of the county and its townships; each row of the table `limits` carries its own days.
pub(super) const LOCAL_LIMITS: Basis = Basis::since(
    "Approval limits of the county and its townships, as its table of limits gives them",
    "县、乡镇制定的审批限额（限额表各行自带有效期）",
    Date::MIN,
);

/// Duties that exclude each other are parted, and handling, approval and booking check each other.
pub(super) const ACCOUNTING_LAW: Basis = Basis::since(
    "Accounting Law, on internal supervision (revision in force from 2000-07-01)",
    "《中华人民共和国会计法》内部会计监督条款（1999年修订，2000年7月1日起施行）",
    date(2000, 7, 1),
);

/// How vouchers are made out, numbered, signed and corrected.
pub(super) const ACCOUNTING_BASICS: Basis = Basis::since(
    "Standards for basic accounting work, 1996",
    "《会计基础工作规范》（财会字〔1996〕19号）",
    date(1996, 6, 17),
);

/// How collectives approve, document and disclose what they spend and take in.
pub(super) const COLLECTIVE_FINANCE: Basis = Basis::since(
    "Financial rules for rural collective economic organisations, 2021",
    "《农村集体经济组织财务制度》（财农〔2021〕121号）",
    date(2022, 1, 1),
);

/// What villagers decide together, what is disclosed, and who supervises.
pub(super) const VILLAGERS_LAW: Basis = Basis::since(
    "Organic Law of Villagers' Committees (revision of 2010)",
    "《中华人民共和国村民委员会组织法》（2010年修订）",
    date(2010, 10, 28),
);

/// What village cadres may not do with collective money.
pub(super) const CADRE_CONDUCT: Basis = Basis::since(
    "Provisions on the honest performance of duties by rural grass-roots cadres (trial), 2011",
    "《农村基层干部廉洁履行职责若干规定（试行）》（2011年）",
    date(2011, 5, 23),
);

/// Who gives an invoice, and what it must say.
pub(super) const INVOICES: Basis = Basis::since(
    "Measures for the administration of invoices",
    "《中华人民共和国发票管理办法》",
    date(1993, 12, 23),
);

/// What may be paid in cash, and up to which sum.
pub(super) const CASH_RULES: Basis = Basis::since(
    "Provisional regulations on the control of cash",
    "《现金管理暂行条例》（国务院令第12号）",
    date(1988, 10, 1),
);

/// Subsidies are paid by their standard, and to those for whom they are meant.
pub(super) const MISUSE_RULES: Basis = Basis::since(
    "Regulations on penalties for fiscal violations",
    "《财政违法行为处罚处分条例》（国务院令第427号）",
    date(2005, 2, 1),
);

/// Who gets relief, and that it reaches them.
pub(super) const SOCIAL_RELIEF: Basis = Basis::since(
    "Interim measures for social relief",
    "《社会救助暂行办法》（国务院令第649号）",
    date(2014, 5, 1),
);

/// From which sums on works and purchases are put out to tender.
pub(super) const TENDER_LAW: Basis =
    Basis::since("Law on tenders and bids", "《中华人民共和国招标投标法》", date(2000, 1, 1));

/// How long collective land is let, and by whose decision.
pub(super) const RURAL_LAND: Basis = Basis::since(
    "Law on rural land contracts",
    "《中华人民共和国农村土地承包法》",
    date(2003, 3, 1),
);

/// A lease lasts twenty years at most (article 214).
pub(super) const CONTRACT_LAW: Basis = Basis {
    to: Some(date(2020, 12, 31)),
    ..Basis::since(
        "Contract Law, on leases (until 2020-12-31)",
        "《中华人民共和国合同法》第二百一十四条（2020年12月31日止）",
        date(1999, 10, 1),
    )
};

/// The same, in the Civil Code (article 705).
pub(super) const CIVIL_CODE: Basis =
    Basis::since("Civil Code, on leases", "《中华人民共和国民法典》第七百零五条", date(2021, 1, 1));

/// What organisations of the collective economy own, and who decides about it.
pub(super) const COLLECTIVE_ECONOMY_LAW: Basis = Basis::since(
    "Law on rural collective economic organisations",
    "《中华人民共和国农村集体经济组织法》",
    date(2025, 5, 1),
);

/// What collectives post of their finances, and how often.
pub(super) const DISCLOSURE_RULES: Basis = Basis::since(
    "Provisions on the disclosure of finances of rural collective economic organisations, 2011",
    "《农村集体经济组织财务公开规定》（农经发〔2011〕13号）",
    date(2011, 11, 21),
);

/// What of a person everybody may be shown.
pub(super) const PIPL: Basis = Basis::since(
    "Personal Information Protection Law",
    "《中华人民共和国个人信息保护法》",
    date(2021, 11, 1),
);

#[cfg(test)]
mod tests {
    use super::{Basis, Day, date};

    #[test]
    fn a_rule_holds_from_its_first_day_to_its_last() {
        let basis =
            Basis { to: Some(date(2023, 12, 31)), ..Basis::since("", "", date(2005, 1, 1)) };
        let days = basis.days();
        let holds = |year, month, day| days.contains(&Day::of(date(year, month, day)));
        assert!(holds(2005, 1, 1) && holds(2023, 12, 31));
        assert!(!holds(2004, 12, 31) && !holds(2024, 1, 1));
    }
}
