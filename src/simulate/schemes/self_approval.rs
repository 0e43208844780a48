//! An officer approves his own claims. Look-alike: a payroll that he approves as a whole.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::{director, spaced};
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::manner::Manner;
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Document;

#[derive(Debug)]
pub(super) struct SelfApproval;

impl Scheme for SelfApproval {
    fn name(&self) -> &'static str {
        "self_approval"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Signer]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let payee = village.payee_of(officer)?;
        let act = village.begin(self.name(), manner.kind, &[Subject::Official(officer)]);
        let payments = manner.count(dice, 5, 12);
        for date in spaced(dice, from, to, payments) {
            let (usage, document, summary) = dice.one_of([
                (Use::Admin, Document::SelfMade, "报销差旅费"),
                (Use::Admin, Document::Receipt, "报销交通费"),
                (Use::Welfare, Document::List, "付防疫值守补助"),
                (Use::Production, Document::List, "付基地用工款"),
            ]);
            let usual = manner.blend([620.0, 260.0, 260.0]);
            let amount = free(dice, usual, 0.9, Habit::Yuan);
            let purchase = Purchase { usage, payee, amount, summary: summary.into(), document };
            village.spend_as(dice, date, purchase, (officer, act));
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let (officer, from, to) = director(village);
        let payee = village.payee_of(officer)?;
        let mut rolls: Vec<usize> = Vec::new();
        for (place, voucher) in village.vouchers.iter().enumerate() {
            let own = voucher.lines.iter().filter_map(|line| line.slip.as_ref());
            let own = own
                .filter(|slip| slip.payee == payee && slip.fixed_standard && slip.scheme.is_none());
            if own.count() > 0 && from <= voucher.date && voucher.date <= to {
                rolls.push(place);
            }
        }
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Official(officer)]);
        let months = dice.count(6, 12);
        for roll in rolls.into_iter().take(months) {
            let reviewer = dice.count(0, 1);
            for line in &mut village.voucher(roll).lines {
                let Some(slip) = line.slip.as_deref_mut() else { continue };
                slip.reviewer = Some(reviewer);
                slip.approver = Some(officer);
                if slip.payee == payee {
                    line.acts.push(act);
                }
            }
        }
        Some(())
    }
}
