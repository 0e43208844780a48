//! The drawings of a dossier, as SVG that is legible in print and without colour.

use std::fmt::Write;

use crate::convert::float;
use crate::ledger::contract::cell::Day;
use crate::report::cells::short;
use crate::report::cells::thousands;

/// What a mark on the timeline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// Another payment that the approver signed.
    Approver,
    /// Another payment to the payee.
    Payee,
    /// A payment of the lead.
    Lead,
}

/// A payment on the timeline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) mark: Mark,
    pub(super) day: Day,
    pub(super) yuan: f64,
}

/// Text that stands between tags.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(letter),
        }
    }
    out
}

/// A drawing of this size with a name for those who do not see it.
fn drawing(width: u32, height: u32, name: &str, body: &str) -> String {
    let name = escaped(name);
    format!("<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{name}\">{body}</svg>")
}

// Writing into a string cannot fail.
macro_rules! add {
    ($to:expr, $($what:tt)*) => { _ = write!($to, $($what)*) };
}

/// Payments over time, on a logarithmic scale, with the approval limit as a dashed line.
pub(super) fn timeline(name: &str, points: &[Point], limit: Option<f64>) -> String {
    const WIDTH: f64 = 640.0;
    const HEIGHT: f64 = 170.0;
    const LEFT: f64 = 52.0;
    const BOTTOM: f64 = 18.0;
    let known: Vec<Point> = points.iter().copied().filter(|it| it.yuan > 0.0).collect();
    let days = known.iter().map(|it| it.day.0);
    let (Some(first), Some(last)) = (days.clone().min(), days.max()) else { return String::new() };
    let sizes = || known.iter().map(|it| it.yuan).chain(limit).map(f64::log10);
    let low = sizes().fold(f64::INFINITY, f64::min).floor();
    let high = sizes().fold(f64::NEG_INFINITY, f64::max).ceil().max(low + 1.0);
    let span = f64::from((last - first).max(1));
    let x = |day: i32| LEFT + 6.0 + (WIDTH - LEFT - 14.0) * f64::from(day - first) / span;
    let y = |yuan: f64| 8.0 + (HEIGHT - BOTTOM - 14.0) * (high - yuan.log10()) / (high - low);
    let mut body = String::new();
    #[expect(clippy::cast_possible_truncation, reason = "powers of ten of amounts")]
    for power in low as i32..=high as i32 {
        let yuan = 10_f64.powi(power);
        let (at, text) = (y(yuan), thousands(yuan));
        add!(body, "<path class=g d=\"M{LEFT} {at:.0}H{WIDTH}\"/>");
        add!(body, "<text x={:.0} y={:.0} class=e>{text}</text>", LEFT - 4.0, at + 4.0);
    }
    for year in Day(first).date().year()..=Day(last).date().year() {
        let start = Day::of(jiff::civil::date(year, 1, 1)).0;
        let (from, text) = (start.max(first), year);
        add!(body, "<text x={:.0} y={:.0}>{text}</text>", x(from), HEIGHT - 4.0);
        if start > first {
            add!(body, "<path class=g d=\"M{0:.0} 8V{1:.0}\"/>", x(start), HEIGHT - BOTTOM);
        }
    }
    if let Some(limit) = limit {
        add!(body, "<path class=l d=\"M{LEFT} {:.0}H{WIDTH}\"/>", y(limit));
    }
    // One path for each kind, a dot for each mark: a dossier with hundreds of them stays small.
    let dots = |mark: Mark| {
        let own = known.iter().filter(|it| it.mark == mark);
        own.fold(String::new(), |mut path, it| {
            add!(path, "M{:.0} {:.0}h0", x(it.day.0), y(it.yuan));
            path
        })
    };
    add!(body, "<path class=a d=\"{}\"/>", dots(Mark::Approver));
    add!(body, "<path class=p d=\"{}\"/>", dots(Mark::Payee));
    for Point { day, yuan, .. } in known.iter().filter(|it| it.mark == Mark::Lead) {
        let (x, y) = (x(day.0), y(*yuan));
        add!(body, "<path class=m d=\"M{x:.0} {y:.0}m0-6l6 6-6 6-6-6z\"/>");
    }
    drawing(640, 170, name, &body)
}

/// Counts of leading digits 1 to 9 as bars, and what Benford's law expects as a line.
pub(super) fn digits(name: &str, counts: &[u64]) -> String {
    let total: u64 = counts.iter().sum();
    if total == 0 {
        return String::new();
    }
    let share = |count: u64| float(count) / float(total);
    let law = |digit: u32| (1.0 + 1.0 / f64::from(digit)).log10();
    let most = counts.iter().map(|count| share(*count)).fold(law(1), f64::max);
    let y = |share: f64| 112.0 - 100.0 * share / most;
    let (mut body, mut line) = (String::new(), String::new());
    for (digit, count) in (1_u32..).zip(counts) {
        let (x, top) = (30 * digit - 10, y(share(*count)));
        add!(body, "<path class=b d=\"M{x} 112V{top:.0}h18V112z\"/>");
        add!(body, "<text x={} y=126>{digit}</text>", x + 6);
        add!(line, "{}{} {:.0}", if digit == 1 { "M" } else { "L" }, x + 9, y(law(digit)));
    }
    add!(body, "<path class=l d=\"{line}\"/>");
    drawing(300, 130, name, &body)
}

/// Persons in a row, each tied to the next by a relation.
pub(super) fn path(name: &str, persons: &[String], ties: &[String]) -> String {
    if persons.len() < 2 {
        return String::new();
    }
    let mut body = String::new();
    for (place, person) in (0_u32..).zip(persons) {
        let x = 170 * place + 2;
        let cut: String = person.chars().take(10).collect();
        add!(body, "<rect class=n x={x} y=18 width=110 height=28 rx=6 />");
        add!(body, "<text x={} y=37 class=c>{}</text>", x + 55, escaped(&cut));
    }
    for (place, tie) in (0_u32..).zip(ties) {
        let x = 170 * place + 112;
        add!(body, "<path class=t d=\"M{x} 32h60\"/>");
        add!(body, "<text x={} y=26 class=c>{}</text>", x + 30, escaped(tie));
    }
    let width = 170 * u32::try_from(persons.len()).unwrap_or(2) - 54;
    drawing(width, 52, name, &body)
}

/// How many subjects read as much, with one of them marked.
pub(super) fn peers(name: &str, readings: &[f64], own: f64, mark: &str) -> String {
    const BINS: usize = 32;
    let most = readings.iter().copied().fold(own, f64::max);
    let least = readings.iter().copied().fold(own, f64::min);
    if readings.is_empty() || most <= least {
        return String::new();
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of the bins"
    )]
    let bin = |value: f64| (((value - least) / (most - least) * 32.0) as usize).min(BINS - 1);
    let mut counts = [0_u32; BINS];
    for value in readings {
        if let Some(count) = counts.get_mut(bin(*value)) {
            *count += 1;
        }
    }
    // Of the root, so that a few high ones stay visible beside thousands of low ones.
    let top = f64::from(counts.iter().copied().max().unwrap_or(1)).sqrt();
    let mut body = String::new();
    for (place, count) in (0_u32..).zip(counts).filter(|(_, count)| *count > 0) {
        let (x, height) = (9 * place + 6, 80.0 * f64::from(count).sqrt() / top);
        add!(body, "<path class=b d=\"M{x} 96v-{height:.1}h8v{height:.1}z\"/>");
    }
    let x = 9.0 * (own - least) / (most - least) * 31.0 + 10.0;
    let (anchor, shift) = if x > 200.0 { ("e", -6.0) } else { ("", 6.0) };
    add!(body, "<path class=k d=\"M{x:.0} 8V96\"/>");
    add!(body, "<text x={:.0} y=14 class=\"{anchor}\">{}</text>", x + shift, escaped(mark));
    add!(body, "<path class=g d=\"M4 96H296\"/>");
    add!(body, "<text x=4 y=110>{}</text>", short(least));
    add!(body, "<text x=296 y=110 class=e>{}</text>", short(most));
    drawing(300, 114, name, &body)
}

#[cfg(test)]
mod tests {
    use super::{Mark, Point, digits, escaped, path, peers, timeline};
    use crate::ledger::contract::cell::Day;

    #[test]
    fn the_limit_is_drawn_where_it_belongs() {
        let point = |yuan| Point { mark: Mark::Lead, day: Day(19_000), yuan };
        let drawn = timeline("t", &[point(10.0), point(1_000.0)], Some(100.0));
        // Half way between 10 and 1,000 on a logarithmic scale: 8 + 138 / 2.
        assert!(drawn.contains("class=l d=\"M52 77H640\""), "{drawn}");
        assert_eq!(drawn.matches("class=m").count(), 2);
        assert_eq!(timeline("t", &[], Some(1.0)), "");
    }

    #[test]
    fn nothing_from_the_data_becomes_a_tag() {
        let evil = "</text><script>x</script>".to_owned();
        for drawn in [
            path(&evil, &[evil.clone(), evil.clone()], std::slice::from_ref(&evil)),
            peers(&evil, &[0.0, 1.0, 2.0], 2.0, &evil),
            digits(&evil, &[1; 9]),
        ] {
            assert!(!drawn.contains("<script"), "{drawn}");
        }
        assert_eq!(escaped("a\"b'c&"), "a&quot;b&#39;c&amp;");
    }
}
