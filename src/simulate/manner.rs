//! How an act or a look-alike is planted: with how much care to hide it, or for an honest reason.

use super::chance::{Dice, Draw};
use super::price::part;
use super::records::Kind;

/// How one act or look-alike is planted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) kind: Kind,
    /// From 0 (hides nothing) to 1 (hides all that can be hidden). For honest people: how orderly they are.
    care: f64,
}

/// Probability of a trace of the act: for an offender of care 0, an offender of care 1, and honest people.
pub(crate) type Trace = [f64; 3];

impl Manner {
    /// An offender with random care; `usual` is the mean, from 0 to 1.
    pub(crate) fn hidden(dice: &mut Dice, usual: f64) -> Self {
        // A uniform draw to this power has `usual` as its mean.
        let power = (1.0 - usual) / usual.max(1e-6);
        Self { kind: Kind::Act, care: dice.share(0.0, 1.0).powf(power) }
    }

    /// Honest people whose payments look like an act.
    pub(crate) fn honest(dice: &mut Dice) -> Self {
        Self { kind: Kind::LookAlike, care: dice.share(0.0, 1.0) }
    }

    pub(crate) fn is_act(&self) -> bool {
        self.kind == Kind::Act
    }

    /// For an offender, the value interpolated by care; for honest people, their own value.
    pub(crate) fn blend(&self, [careless, careful, honest]: Trace) -> f64 {
        if self.is_act() { careless + (careful - careless) * self.care } else { honest }
    }

    /// Whether a trace of the act is visible.
    pub(crate) fn leaves(&self, dice: &mut Dice, trace: Trace) -> bool {
        // Orderly honest people leave fewer traces.
        let order = if self.is_act() { 1.0 } else { 1.5 - self.care };
        dice.chance(self.blend(trace) * order)
    }

    /// A random count. Careful offenders and honest people repeat a payment less often.
    pub(crate) fn count(&self, dice: &mut Dice, least: usize, most: usize) -> usize {
        let count = i64::try_from(dice.count(least, most)).unwrap_or(1);
        let share = self.blend([1.0, 0.6, 0.75]) * dice.share(0.75, 1.25);
        let share = if self.is_act() { share } else { share * dice.share(0.5, 1.25) };
        usize::try_from(part(count, share)).unwrap_or(1).max(2.min(least))
    }

    /// Random days from the range of a careless offender, a careful offender, or honest people.
    pub(crate) fn days(&self, dice: &mut Dice, ranges: [(i64, i64); 3]) -> i32 {
        let [careless, careful, honest] = ranges;
        let (least, most) = match self.kind {
            Kind::LookAlike => honest,
            Kind::Act if dice.chance(self.care) => careful,
            Kind::Act => careless,
        };
        i32::try_from(dice.between(least, most)).unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::Manner;
    use crate::simulate::chance::{Draw, Purpose, dice};
    use crate::simulate::records::Kind;

    #[test]
    fn the_usual_care_is_the_mean_of_the_drawn_ones() {
        let mut dice = dice(1, Purpose::Act, &[]);
        for usual in [0.2, 0.5, 0.8] {
            let drawn = (0..4_000).map(|_| Manner::hidden(&mut dice, usual).care).sum::<f64>();
            assert!((drawn / 4_000.0 - usual).abs() < 0.03, "{usual}: {drawn}");
        }
        assert!(Manner::hidden(&mut dice, 0.0).care < 1e-6);
        assert!(Manner::hidden(&mut dice, 1.0).care > 0.999);
    }

    #[test]
    fn the_careful_leave_fewer_traces() {
        let mut dice = dice(1, Purpose::Act, &[]);
        let of = |care| Manner { kind: Kind::Act, care };
        let count = |manner: Manner, dice: &mut _| {
            (0..1_000).filter(|_| manner.leaves(dice, [0.9, 0.1, 0.5])).count()
        };
        let (careless, careful) = (count(of(0.0), &mut dice), count(of(1.0), &mut dice));
        assert!(careless > 850 && careful < 150, "{careless} {careful}");
        assert!(dice.chance(1.0));
    }
}
