//! One village as edits see it: its payments, its lists, and its usual practice near a day.

use std::ops::Range;

use super::dice::Dice;
use super::draft::{Draft, Field};
use super::numbers::split;
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, PaymentIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::subject::payment_of_line;

/// The fewest lines of a list voucher.
const LIST: usize = 3;
/// Neighbouring payments examined on each side for signers and clerks.
const NEIGHBOURS: usize = 60;
/// The largest distance in time of a neighbour, in days.
const NEAR: i32 = 120;

/// The payments of a village.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) village: VillageIx,
    pub(super) code: Id,
    payments: Range<PaymentIx>,
    /// Payments that are alone in their voucher.
    pub(super) singles: Vec<PaymentIx>,
    /// The payments of each voucher that is a list.
    pub(super) lists: Vec<Vec<PaymentIx>>,
    /// Bookings per day off, relative to an ordinary day.
    days_off: f64,
}

impl Place {
    /// Every village of a book.
    pub(super) fn all(book: &Book) -> IxVec<VillageIx, Self> {
        let payment_of = payment_of_line(book);
        let of_village = |(village, code): (VillageIx, &Id)| {
            let payments = book.by_village().group(village);
            let from = payments.first().copied().unwrap_or(PaymentIx::from(0));
            let mut place = Self {
                village,
                code: *code,
                payments: from..PaymentIx::from(usize::from(from) + payments.len()),
                singles: Vec::new(),
                lists: Vec::new(),
                days_off: 0.0,
            };
            for voucher in book.vouchers_of(village) {
                let lines = LineIx::within(&book.voucher(voucher));
                let paid: Vec<PaymentIx> = lines.filter_map(|line| payment_of[line]).collect();
                match paid.as_slice() {
                    [] => {}
                    [one] => place.singles.push(*one),
                    _ if paid.len() >= LIST => place.lists.push(paid),
                    _ => {}
                }
            }
            place.singles.sort_unstable();
            place.days_off = place.share_of_days_off(book);
            place
        };
        book.villages.iter_enumerated().map(of_village).collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of vouchers and days")]
    fn share_of_days_off(&self, book: &Book) -> f64 {
        let (first, last) = self.span(book);
        let days = (first.0..=last.0.min(first.0.saturating_add(1_100))).map(Day);
        let (mut closed, mut open) = (1.0_f64, 1.0_f64);
        for day in days {
            *(if book.calendar.is_day_off(day) { &mut closed } else { &mut open }) += 1.0;
        }
        let day = |payment: &PaymentIx| book.payments.day[*payment];
        let booked = self.singles.iter().take(400).map(day);
        let is_off: Vec<bool> = booked.map(|day| book.calendar.is_day_off(day)).collect();
        let off = is_off.iter().filter(|is_off| **is_off).count() as f64;
        let on = is_off.len() as f64 - off;
        (off / closed / (on / open).max(1e-9)).clamp(0.0, 1.0)
    }

    pub(super) fn len(&self) -> usize {
        PaymentIx::within(&self.payments).len()
    }

    fn days<'b>(&self, book: &'b Book) -> &'b [Day] {
        book.payments.day.within(&self.payments)
    }

    /// The first and last day of payments in the village.
    pub(super) fn span(&self, book: &Book) -> (Day, Day) {
        let days = self.days(book);
        let none = Day::NONE;
        (days.first().copied().unwrap_or(none), days.last().copied().unwrap_or(none))
    }

    /// Payments in order of distance from a day, with a maximum on each side.
    fn around<'p>(&self, book: &'p Book, day: Day) -> impl Iterator<Item = PaymentIx> + use<'p> {
        let days = self.days(book);
        let (from, count) = (usize::from(self.payments.start), days.len());
        let mut after = days.partition_point(|other| *other < day);
        let mut before = after;
        let least = before.saturating_sub(NEIGHBOURS);
        let most = (after + NEIGHBOURS).min(count);
        std::iter::from_fn(move || {
            let distance =
                |place: usize| days.get(place).map_or(i32::MAX, |it| (it.0 - day.0).abs());
            let left = if before > least { distance(before - 1) } else { i32::MAX };
            let right = if after < most { distance(after) } else { i32::MAX };
            if left == i32::MAX && right == i32::MAX {
                return None;
            }
            let place = if left < right {
                before -= 1;
                before
            } else {
                after += 1;
                after - 1
            };
            Some(PaymentIx::from(from + place))
        })
    }

    /// A day on which the village books: the given day or one near it.
    ///
    /// Days off occur as often as in the village's books. A day with other vouchers is no likelier than one without, so
    /// that an added voucher cannot be recognised by its day.
    pub(super) fn booking_day(&self, book: &Book, day: Day, dice: &mut Dice) -> Day {
        let (first, last) = self.span(book);
        for reach in [0, 1, 1, 2, 2, 3, 4, 5, 6] {
            let near = Day(day.0.saturating_add(dice.between(-reach, reach))).clamp(first, last);
            let is_off = book.calendar.is_day_off(near);
            if self.pays_in_month_of(book, near) && (!is_off || dice.happens(self.days_off)) {
                return near;
            }
        }
        let near = self.around(book, day.clamp(first, last)).next();
        near.map_or(first, |payment| book.payments.day[payment])
    }

    fn pays_in_month_of(&self, book: &Book, day: Day) -> bool {
        let days = self.days(book);
        let place = days.partition_point(|other| *other < day);
        let month = day.month();
        let is_in = |place: usize| days.get(place).is_some_and(|other| other.month() == month);
        is_in(place) || place.checked_sub(1).is_some_and(is_in)
    }

    /// A line near a day in the same month, preferably in a series of the same kind as that of `like`.
    pub(super) fn beside(&self, draft: &Draft<'_>, like: LineIx, day: Day) -> Option<LineIx> {
        let book = draft.book;
        let month = day.month();
        let head = |line: LineIx| {
            let (before, ..) = split(book.names.get(book.lines.voucher.at(line)));
            before.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '-')
        };
        let like = draft.names.get(draft.lines.voucher.at(like));
        let (like, ..) = split(like);
        let like = like.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '-');
        let in_month = self.around(book, day).map(|payment| draft.line(payment));
        let in_month: Vec<LineIx> =
            in_month.filter(|line| draft.day(*line).month() == month).collect();
        let alike = in_month.iter().find(|line| head(**line) == like);
        alike.or(in_month.first()).copied()
    }

    /// A payment near a line's day, of the same class and the same band of the limits.
    pub(super) fn signed_like(
        &self,
        draft: &Draft<'_>,
        line: LineIx,
        dice: &mut Dice,
    ) -> Option<LineIx> {
        let book = draft.book;
        let class = draft.class(line);
        let day = draft.day(line);
        let band = self.band(draft, line);
        let is_single = draft.voucher_lines(line).len() <= 2;
        let is_like = |payment: &PaymentIx| {
            let payments = &book.payments;
            payments.class[*payment] == class
                && self.singles.binary_search(payment).is_ok() == is_single
                && book.limit_row(*payment) == band
                && (payments.day[*payment].0 - day.0).abs() <= NEAR
                && payments.amount[*payment] > Fen(0)
        };
        let near: Vec<PaymentIx> = self.around(book, day).filter(is_like).take(5).collect();
        // Prefer payments to the same payee: they often have the same handler.
        let payee = draft.payee(line);
        let of_payee = |it: &&PaymentIx| draft.payee(draft.line(**it)) == payee;
        let of_payee: Vec<PaymentIx> = near.iter().filter(of_payee).copied().collect();
        let near = if of_payee.is_empty() { near } else { of_payee };
        dice.pick(&near).map(|payment| draft.line(payment))
    }

    /// The row of the limits whose band holds a payment.
    pub(super) fn band(&self, draft: &Draft<'_>, line: LineIx) -> Option<usize> {
        let village = draft.names.get(self.code);
        draft.book.limits.row(village, draft.class(line), draft.day(line), draft.amount(line))
    }

    /// Whether the village approved payments of other days together with a payment.
    pub(super) fn approves_together(&self, draft: &Draft<'_>, line: LineIx) -> bool {
        let (day, approved) = (draft.day(line), draft.lines.approved.at(line));
        let near = self.around(draft.book, day).take(12).map(|it| draft.line(it));
        let with_it =
            near.filter(|it| draft.day(*it) != day && draft.lines.approved.at(*it) == approved);
        with_it.count() > 2
    }

    /// A payment near a day from which clerk and entry time are copied.
    pub(super) fn keyed_near(
        &self,
        draft: &Draft<'_>,
        day: Day,
        dice: &mut Dice,
    ) -> Option<LineIx> {
        let near: Vec<PaymentIx> = self.around(draft.book, day).take(8).collect();
        dice.pick(&near).map(|payment| draft.line(payment))
    }

    /// Persons who signed payments near a day in this column, without repeats, nearest first.
    pub(super) fn signers(&self, draft: &Draft<'_>, field: Field, day: Day) -> Vec<Id> {
        let mut signers = Vec::new();
        for payment in self.around(draft.book, day) {
            let signer = draft.at(draft.line(payment), field);
            if signer != Id::NONE && !signers.contains(&signer) {
                signers.push(signer);
            }
        }
        signers
    }
}
