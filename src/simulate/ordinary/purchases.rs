//! Everyday purchases: goods, suppliers, prices and seasons.

use crate::ledger::contract::cell::Day;
use crate::simulate::calendar::Span;
use crate::simulate::chance::{self, Dice, Draw, Purpose};
use crate::simulate::chart::Use;
use crate::simulate::payee::Trade;
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, finish, free, part};
use crate::simulate::records::Post;
use crate::simulate::village::Village;
use crate::simulate::voucher::{Document, Words};

/// The season in which a need is most frequent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Season {
    Always,
    Farming,
    Dry,
    Festival,
}

/// Goods or services that villages buy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    usage: Use,
    trade: Trade,
    weight: i64,
    median: f64,
    sigma: f64,
    habit: Habit,
    document: Document,
    season: Season,
    summaries: [&'static str; 3],
}

macro_rules! needs {
    ($($usage:ident $trade:ident $weight:literal $median:literal $sigma:literal $habit:ident
        $document:ident $season:ident [$one:literal $two:literal $three:literal];)*) => {
        [$(Need {
            usage: Use::$usage,
            trade: Trade::$trade,
            weight: $weight,
            median: $median,
            sigma: $sigma,
            habit: Habit::$habit,
            document: Document::$document,
            season: Season::$season,
            summaries: [$one, $two, $three],
        },)*]
    };
}

const NEEDS: [Need; 21] = needs! {
    Admin Shop 12 190.0 1.15 Yuan Invoice Always ["付办公用品款" "付日用品款" "付茶水用品款"];
    Admin Print 8 420.0 1.1 Yuan Invoice Always ["付打印复印费" "付宣传栏制作费" "付横幅标语款"];
    Admin Restaurant 4 330.0 0.75 Yuan Receipt Always ["付工作餐费" "付会议用餐" "付防汛值班用餐"];
    Admin Labour 5 110.0 1.0 Metered SelfMade Always ["报销差旅费" "报销交通费" "报销误餐费"];
    Admin Repair 5 520.0 1.2 Tens Invoice Always ["付办公室维修费" "付打印机维修" "付水管维修费"];
    Admin Office 2 900.0 0.9 Metered Invoice Always ["付报刊费" "付代理服务费" "付培训资料费"];
    Admin Appliance 1 1600.0 0.9 Points Invoice Always ["付办公设备款" "付空调维修配件" "付电脑耗材款"];
    Welfare Labour 9 420.0 0.9 Tens List Always ["付保洁用工款" "付治安巡逻补助" "付防疫值守补助"];
    Welfare Shop 5 800.0 1.15 Yuan Invoice Festival ["付慰问品款" "付重阳节活动用品" "付困难户慰问款物"];
    Welfare Repair 3 900.0 1.1 Tens Invoice Always ["付路灯维修费" "付健身器材维修" "付沟渠清淤维修"];
    Other Labour 4 650.0 1.3 Metered List Always ["付青苗补偿款" "付占地补偿款" "付村民误工补助"];
    Production Farm 9 1250.0 1.35 Metered Invoice Farming ["付化肥款" "付种子款" "付农药款"];
    Production Machine 6 1500.0 1.15 Tens Receipt Farming ["付机耕费" "付抽水机租用费" "付收割费"];
    Production Labour 7 560.0 0.95 Tens List Farming ["付基地用工款" "付除草用工款" "付采摘用工款"];
    Production Repair 2 700.0 1.2 Yuan Invoice Farming ["付水泵维修费" "付农机维修费" "付渠闸维修费"];
    Stores Farm 2 2100.0 1.2 Metered Invoice Farming ["购入农资入库" "购入种苗入库" "购入饲料入库"];
    Works Materials 6 3600.0 1.45 Metered Invoice Dry ["付水泥款" "付砂石料款" "付钢材款"];
    Works Labour 4 1400.0 1.1 Tens List Dry ["付修路用工款" "付修渠用工款" "付砌石用工款"];
    Works Machine 3 2600.0 1.1 Tens Receipt Dry ["付挖机台班费" "付运输费" "付压路机租用费"];
    Works Builder 2 7800.0 1.2 Tens Invoice Dry ["付零星工程款" "付路面修补款" "付护坡工程款"];
    Equipment Appliance 1 2300.0 1.0 Points Invoice Always ["购置办公电脑" "购置监控设备" "购置音响设备"];
};

/// Share of purchases that come in parts, with a supplement, or twice.
const IN_PARTS: f64 = 0.02;

/// The needs and suppliers of one village, preferred suppliers first.
#[derive(Debug)]
pub(crate) struct Market {
    by_trade: Vec<(Trade, Vec<usize>)>,
    /// Relative frequency of each need.
    weights: Vec<i64>,
    /// Share of purchases postponed to the last weeks of the year.
    postponed: f64,
}

impl Market {
    pub(crate) fn of(village: &Village<'_>, dice: &mut Dice) -> Self {
        let mut by_trade: Vec<(Trade, Vec<usize>)> = Vec::new();
        for need in &NEEDS {
            if by_trade.iter().all(|(trade, _)| *trade != need.trade) {
                let mut payees = village.of_trade(need.trade);
                payees.retain(|payee| {
                    let person = village.payee(*payee).person.map(|who| village.person(who));
                    person.is_none_or(|person| person.age(2022) < 72 && person.death.is_none())
                });
                dice.shuffle(&mut payees);
                by_trade.push((need.trade, payees));
            }
        }
        let place = [u64::from(village.township.county_index), u64::from(village.index)];
        let mut taste = chance::dice(village.township.seed, Purpose::Taste, &place);
        let weight = |need: &Need| part(need.weight * 100, taste.log_normal(1.0, 0.3)).max(1);
        let weights = NEEDS.iter().map(weight).collect();
        let postponed = taste.log_normal(0.03, 0.5);
        Self { by_trade, weights, postponed }
    }

    /// Books purchases of a year until the village has this many lines.
    pub(crate) fn buy(
        &mut self,
        village: &mut Village<'_>,
        dice: &mut Dice,
        year: i16,
        until: usize,
    ) {
        while village.lines < until {
            let month = i8::try_from(dice.between(1, 12)).unwrap_or(1);
            let month = if dice.chance(self.postponed) { 12 } else { month };
            let Some(need) = self.need(dice, month) else { continue };
            let date = Span::claim_day(dice, year, month);
            let Some(purchase) = self.purchase(village, dice, &need, date) else { continue };
            if dice.chance(IN_PARTS) {
                again(village, dice, date, &purchase);
                continue;
            }
            let in_cash = village.pays_in_cash(dice, date, &purchase);
            let mut lines = vec![village.signed(dice, date, purchase)];
            // Clerks sometimes put small claims of one day into one voucher.
            while lines.len() < 4 && dice.chance(0.14) {
                let Some(need) = self.need(dice, month) else { continue };
                let Some(more) = self.purchase(village, dice, &need, date) else { continue };
                lines.push(village.signed(dice, date, more));
            }
            village.pay(date, lines, in_cash);
        }
    }

    /// A random need of this month.
    fn need(&self, dice: &mut Dice, month: i8) -> Option<Need> {
        let mut ticket = dice.between(1, self.weights.iter().sum());
        let mut drawn = None;
        for (need, weight) in NEEDS.iter().zip(&self.weights) {
            ticket -= weight;
            if ticket <= 0 {
                drawn = Some(*need);
                break;
            }
        }
        let share = match (drawn?.season, month) {
            (Season::Farming, 3..=6 | 9..=10)
            | (Season::Dry, 1..=3 | 10..=12)
            | (Season::Festival, 1 | 9 | 12) => 1.0,
            (Season::Always, _) => 0.7,
            _ => 0.35,
        };
        drawn.filter(|_| dice.chance(share))
    }

    fn purchase(
        &self,
        village: &Village<'_>,
        dice: &mut Dice,
        need: &Need,
        date: Day,
    ) -> Option<Purchase> {
        let (_, payees) = self.by_trade.iter().find(|(trade, _)| *trade == need.trade)?;
        let payee = if need.usage == Use::Admin && need.trade == Trade::Labour {
            traveller(village, dice, date)?
        } else {
            dice.favourite(payees)?
        };
        let amount = price(village, dice, need, date);
        let summary = Words::Borrowed(dice.one_of(need.summaries));
        Some(Purchase { usage: need.usage, payee, amount, summary, document: need.document })
    }
}

/// Pays a purchase in two or three deliveries, with a later supplement, or again at the same price.
fn again(village: &mut Village<'_>, dice: &mut Dice, date: Day, purchase: &Purchase) {
    let whole = purchase.amount;
    let (shares, gap): (&[f64], i64) = match dice.count(0, 3) {
        0 => (&[0.55, 0.45], 12),
        1 => (&[0.4, 0.35, 0.25], 9),
        2 => (&[1.0, 0.15], 45),
        _ => (&[1.0, 1.0], 90),
    };
    let mut day = date;
    for (number, share) in shares.iter().enumerate() {
        let amount = if *share < 1.0 { finish(part(whole, *share), Habit::Yuan) } else { whole };
        let mut next = Purchase { amount, ..purchase.clone() };
        if number > 0 && dice.chance(0.2) {
            next.summary = format!("{}（补）", next.summary).into();
        }
        if village.span.holds(day) {
            village.spend(dice, day, next);
        }
        day = Day(day.0 + i32::try_from(dice.between(1, gap)).unwrap_or(7));
    }
}

/// An officer who claims travel costs.
fn traveller(village: &Village<'_>, dice: &mut Dice, date: Day) -> Option<usize> {
    let (post, seat) = dice.one_of([
        (Post::Secretary, 0),
        (Post::Director, 0),
        (Post::Committee, 0),
        (Post::Committee, 1),
        (Post::Committee, 2),
        (Post::Clerk, 0),
    ]);
    village.payee_of(village.holder(post, seat, date))
}

/// A random price; rounded where the township does so, and sometimes bargained down to a limit.
fn price(village: &Village<'_>, dice: &mut Dice, need: &Need, date: Day) -> i64 {
    let habits = village.township.habits;
    let mut amount = free(dice, need.median, need.sigma, need.habit);
    if dice.chance(habits.rounding) {
        amount = finish(amount, dice.one_of([Habit::Tens, Habit::Tens, Habit::Hundreds]));
    } else if need.trade == Trade::Shop && dice.chance(0.06) {
        amount = finish(amount, Habit::Points);
    }
    let limits = village.township.policy.limits(need.usage.class(), date);
    let over = |limit: &&i64| **limit <= amount && amount < part(**limit, 1.06);
    match limits.iter().find(over) {
        Some(limit) if dice.chance(habits.bargains) => part(*limit, dice.share(0.97, 0.999)),
        _ => amount,
    }
}
